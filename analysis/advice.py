"""What figures say in plain words, with the threshold of each sentence and where it comes from. Pure."""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from string import ascii_uppercase

from analysis.figures import Advice, LevelFigures, QuestionFigures, QuizFigures
from analysis.rules import LEAST

# Thresholds without a source are our own.
ENOUGH = 30  # answers before single options, or a weak discrimination, are spoken of
NEARLY_ALL = 0.95  # right: such a question tells nobody apart
FEW = 0.30  # right: hard
EMPTY = 0.10  # of the answers
# T. M. Haladyna and S. M. Downing, "How many options is enough for a multiple-choice test item?", Educ. Psychol.
# Meas. 53 (1993): a wrong option that fewer choose does no work.
RARE = 0.05
# R. L. Ebel and D. A. Frisbie, "Essentials of Educational Measurement" (1991): a poor upper-lower index.
POOR = 0.20
# S. M. Downing, "Reliability: on the reproducibility of assessment data", Medical Education 38 (2004): what alpha is
# enough for a quiz within a course, for what ends one, and where much hangs on it.
FAIR, STRONG, STRICT = 0.70, 0.80, 0.90
# Gardner-Medwin (1995): right among those who were sure; below, saying so costs them marks.
SURE = 0.80

Key = Sequence[bool]
"""Which options are right, in the order of their author."""


def advise(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    """What to look at in a question, the gravest first; nothing below LEAST answers."""
    if figures.n >= LEAST:
        for rule in RULES:
            yield from rule(figures, key)


def letter(number: int) -> str:
    """The letter of an option in its author's order: A for 0; beyond Z its number."""
    return ascii_uppercase[number] if number < len(ascii_uppercase) else str(number + 1)


def in_hundred(share: float) -> str:
    """`62 in 100`."""
    return f"{round(share * 100)} in 100"


def _stronger_do_worse(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    """Below zero by more than chance allows: two standard errors of a correlation of nothing, 1 / sqrt(n)."""
    found = figures.rest_correlation
    if found is not None and found < -2 / sqrt(figures.n):
        yield Advice("bad", "Stronger learners do worse: check the key.")


def _rival_of_the_key(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    """Among the top third a wrong option is chosen more often than the one right one."""
    if figures.n < ENOUGH or sum(key) != 1 or not figures.options:
        return
    top = [counts[-1] for counts in figures.options]
    best = max(range(len(top)), key=top.__getitem__)
    right = list(key).index(True)
    if top[best] > top[right]:
        name = letter(best)
        words = f"In the top third, {top[best]} chose option {name} and {top[right]} the key: is {name} right as well?"
        yield Advice("bad", words)


def _sure_and_wrong(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    yield from _too_sure(figures.certainty)


def _hard(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    share = figures.facility
    if share is None or share > FEW:
        return
    if share < _by_guessing(figures, key):
        yield Advice(
            "warn", f"{in_hundred(share)} are right, fewer than by guessing: does the prompt mislead?"
        )
    else:
        yield Advice("warn", f"Only {in_hundred(share)} are right: is it taught before it is asked?")


def _by_guessing(figures: QuestionFigures, key: Key) -> float:
    """The share that blind guessing earns where one option is right; 0 for kinds of which that cannot be said.

    With `truefalse` the verdict is guessed too, one of two.
    """
    ways = {"choice": 1, "truefalse": 2}.get(figures.kind, 0)
    return 1 / (ways * len(key)) if ways and sum(key) == 1 else 0.0


def _tells_little(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    index, share = figures.upper_lower, figures.facility
    if figures.n < ENOUGH or index is None or share is None or share >= NEARLY_ALL:
        return
    if 0 <= index < POOR:
        yield Advice(
            "warn", f"It hardly tells stronger learners from weaker ones ({index:.2f}; below 0.20 is poor)."
        )


def _easy(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    share = figures.facility
    if share is not None and share >= NEARLY_ALL:
        yield Advice("info", "Nearly everybody is right. Good, if all should know it; it tells nobody apart.")


def _idle_options(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    """Wrong options that hardly anybody takes, unless nobody is wrong at all."""
    share = figures.facility
    if figures.n < ENOUGH or share is None or share >= NEARLY_ALL:
        return
    chosen = [(place, sum(counts)) for place, counts in enumerate(figures.options) if not key[place]]
    for said, idle in (("never", _those(chosen, 0, 0)), ("hardly ever", _those(chosen, 1, RARE * figures.n))):
        if idle:
            options, verb = ("Option", "is") if len(idle) == 1 else ("Options", "are")
            remedy = "write what a learner might believe, or leave it out"
            yield Advice("info", f"{options} {' and '.join(idle)} {verb} {said} chosen: {remedy}.")


def _those(chosen: Sequence[tuple[int, int]], least: int, most: float) -> list[str]:
    """The letters of the options that so many chose; `most` itself is not among them, but where it is `least`."""
    return [
        letter(place)
        for place, count in chosen
        if least <= count and (count < most or count == least == most)
    ]


def _left_empty(figures: QuestionFigures, key: Key) -> Iterator[Advice]:
    share = figures.unanswered / figures.n
    if share >= EMPTY:
        yield Advice(
            "info", f"{in_hundred(share)} left it empty: time too short, or the way to answer unclear?"
        )


RULES: tuple[Callable[[QuestionFigures, Key], Iterator[Advice]], ...] = (
    _stronger_do_worse,
    _rival_of_the_key,
    _sure_and_wrong,
    _hard,
    _tells_little,
    _easy,
    _idle_options,
    _left_empty,
)


def _too_sure(certainty: Sequence[LevelFigures]) -> Iterator[Advice]:
    high = next((level for level in certainty if level.level == "high"), None)
    if high is not None and high.share is not None and high.share < SURE:
        words = (
            f"Sure and wrong: of {high.answers} answers given as certain, {in_hundred(high.share)} are right."
        )
        yield Advice("bad", words)


def advise_quiz(figures: QuizFigures) -> Iterator[Advice]:
    """What to know of the quiz as a whole; nothing below LEAST learners."""
    if figures.n < LEAST:
        return
    yield from _too_sure(figures.certainty)
    if figures.alpha is not None:
        level = "info" if figures.alpha >= FAIR else "warn"
        yield Advice(level, reliability_in_words(figures.alpha) + _longer(figures))


def reliability_in_words(alpha: float) -> str:
    """What may be read from scores of this reliability."""
    if alpha >= STRICT:
        return "Scores are steady enough for decisions on which much hangs."
    if alpha >= STRONG:
        return "Scores are steady enough for a test that ends a course."
    if alpha >= FAIR:
        return "Scores are steady enough for a quiz within a course."
    return "Much of the difference between two scores is chance: do not rank learners by it."


def _longer(figures: QuizFigures) -> str:
    """How many like questions would reach FAIR (C. Spearman and W. Brown, both Br. J. Psychol. 3, 1910)."""
    alpha = figures.alpha
    if alpha is None or not 0.1 <= alpha < FAIR:
        return ""
    factor = FAIR * (1 - alpha) / (alpha * (1 - FAIR))
    return f" About {round(figures.length * factor)} questions like these would make it 0.70."
