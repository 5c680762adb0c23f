"""A quiz or a case before it is begun: what it takes, what may be done, what was tried already."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from core.web import Reader
from progress.access import Visit
from quizzes import rules
from quizzes.eligibility import Eligibility, eligibility
from quizzes.models import Attempt, Quiz
from quizzes.pages import kicker
from quizzes.quiz_settings import Counts, FeedbackWhen, QuizKind, QuizSettings
from quizzes.rules import AttemptState, StartDecision
from quizzes.terms import time_limit_of
from quizzes.times import binding, in_full, in_words
from quizzes.words import plural

CERTAINTY = (
    "Each answer asks how sure you are: guessing, fairly sure or certain. A right one earns 1, 2 or 3 thirds of the "
    "points, a wrong one costs 0, 2 or 6 thirds. Fairly sure pays if you would be right two times in three, certain if "
    "four times in five. An answer without a choice counts as guessing."
)
SHOWN = {
    FeedbackWhen.PASSED: "Answers and reasons are shown once you have passed, or have no attempt left.",
    FeedbackWhen.LAST: "Answers and reasons are shown once you have used your last attempt.",
    FeedbackWhen.CLOSED: "Answers and reasons are shown once the quiz has closed.",
    FeedbackWhen.NEVER: "The questions are kept for others: the result tells what you know by idea, not the answers.",
}
UNITS = {
    QuizKind.QUIZ: "%",
    QuizKind.CASE: " of 100",
    QuizKind.ASSIGNMENT: "%",
}  # behind what an attempt earned


@dataclass(frozen=True)
class PastAttempt:
    """A line in the list of attempts."""

    url: str
    title: str
    when: str
    is_open: bool
    score: str  # empty while it is open or being marked
    passed: bool | None  # None also where there is nothing to pass


@dataclass(frozen=True)
class StartPage:
    """A quiz or a case before it is begun."""

    noun: str
    title: str
    summary: str
    kicker: str
    minutes: int
    pass_mark: int
    attempts: str
    decision: StartDecision
    url: str
    past: tuple[PastAttempt, ...]
    course_title: str
    course_url: str
    time_limit: str  # empty: none
    rules: tuple[str, ...]  # sentences on how this quiz is taken and marked
    for_you: tuple[str, ...]  # what is changed for this learner alone
    tells_reasons: bool  # of the attempts that were handed in
    refused: str  # why no attempt may begin now; empty where one may
    is_baseline: bool  # nothing is passed by it
    has_passed: bool  # so that another attempt is nothing but a wish
    is_used_up: bool  # so that one may ask for another attempt; never a baseline, on which nothing depends

    @property
    def result_url(self) -> str:
        """Of the newest attempt that was handed in; empty without one."""
        return next((attempt.url for attempt in self.past if not attempt.is_open), "")


def start_page(here: Visit, quiz: Quiz, reader: Reader) -> StartPage:
    """The first page of a quiz or a case for one reader."""
    learner = eligibility(reader.user_id, quiz, here.step.id)
    settings, decision = learner.settings, learner.decision
    return StartPage(
        noun=quiz.kind,
        title=quiz.title,
        summary=settings.summary,
        kicker=kicker(here),
        minutes=quiz.minutes,
        pass_mark=settings.pass_mark,
        attempts=_attempts_in_words(len(learner.tried), learner.attempts_allowed, decision.left),
        decision=decision,
        url=here.step.url,
        past=tuple(_past(attempt, reader, quiz.kind, settings) for attempt in reversed(learner.tried)),
        course_title=here.outline.title,
        course_url=f"/learn/{here.outline.slug}",
        time_limit=_time_limit(learner),
        rules=tuple(_rules(learner, reader)),
        for_you=tuple(_for_you(learner, reader)),
        tells_reasons=rules.may_see_feedback(settings, AttemptState.SUBMITTED, learner.standing),
        refused=_refused(learner, reader),
        is_baseline=bool(settings.baseline),
        has_passed=learner.standing.has_passed and not settings.baseline,
        is_used_up=learner.is_used_up and not settings.baseline,
    )


def _refused(learner: Eligibility, reader: Reader) -> str:
    """Why no attempt may begin now. Who has passed need not wait for anything: to them a further one is an aside."""
    decision = learner.decision
    if decision.again_at is None:
        return decision.sentence
    if learner.window.is_closed(decision.again_at):
        return f"This {learner.noun} closes before a further attempt could begin."
    again = binding(decision.again_at, reader)
    if learner.standing.has_passed:
        return f"A further attempt is possible from {again}."
    return f"{decision.sentence} Come back from {again}."


def _time_limit(learner: Eligibility) -> str:
    limit = time_limit_of(learner.settings, learner.allowance)
    return "" if limit is None else in_full(limit)


def _rules(learner: Eligibility, reader: Reader) -> Iterator[str]:
    """What is not as in every quiz, one sentence each."""
    settings = learner.settings
    if settings.baseline:
        yield "Nothing depends on it. The same ideas come again after the module, and show you what you gained."
    if settings.time_limit:
        yield "The clock runs on when you leave. What is saved by its end is marked."
    if learner.window.closes_at is not None:
        yield f"The quiz closes on {binding(learner.window.closes_at, reader)}."
    if not settings.back:
        yield "You go forward only: a question that you have left stays as it is."
    if settings.feedback == FeedbackWhen.QUESTION:
        yield f"Each answer can be checked before you go on.{_tries(settings)}"
    if settings.hints and settings.hint_penalty:
        yield f"Asking for a hint costs {settings.hint_penalty} percent of the question's points."
    if settings.feedback in SHOWN and not settings.baseline:
        yield SHOWN[FeedbackWhen(settings.feedback)]
    if settings.negative:
        yield f"A wrong tick costs {settings.negative} percent of the question's points, no answer costs nothing."
    if settings.certainty:
        yield CERTAINTY
    if settings.counts != Counts.BEST:
        yield _counted(learner)
    if settings.cool_down:
        yield f"Between two attempts you wait {plural(settings.cool_down, 'hour')}."


def _counted(learner: Eligibility) -> str:
    """`The average of your attempts counts: 50 percent so far.`"""
    if learner.settings.counts == Counts.LAST:
        return "Your last attempt counts."
    share = learner.results.average
    if share is None:
        return "The average of your attempts counts."
    so_far = rules.percent(share, Fraction(1), learner.settings.pass_mark)
    return f"The average of your attempts counts: {so_far} percent so far."


def _tries(settings: QuizSettings) -> str:
    """` You have 2 tries for each; a further try costs 33 percent of the points.`"""
    if settings.tries == 1:
        return ""
    costs = (
        f"; a further try costs {settings.try_penalty} percent of the points" if settings.try_penalty else ""
    )
    return f" You have {plural(settings.tries, 'try', 'tries')} for each{costs}."


def _for_you(learner: Eligibility, reader: Reader) -> Iterator[str]:
    """What is changed for this learner; shown to nobody else."""
    allowance = learner.allowance
    if allowance.extra_time and learner.settings.time_limit:
        yield f"{allowance.extra_time} percent more time"
    if allowance.extra_attempts and learner.settings.attempts is not None:
        yield plural(allowance.extra_attempts, "further attempt")
    if allowance.opens_at:
        yield f"open from {binding(allowance.opens_at, reader)}"
    if allowance.closes_at:
        yield f"open until {binding(allowance.closes_at, reader)}"


def _attempts_in_words(used: int, limit: int | None, left: int | None) -> str:
    if limit is None:
        return f"As many attempts as you like{f', {used} so far' if used else ''}"
    return f"{plural(used, 'attempt')} of {limit} used, {left} left"


def _past(attempt: Attempt, reader: Reader, kind: str, settings: QuizSettings) -> PastAttempt:
    moment = attempt.submitted_at or attempt.started_at
    return PastAttempt(
        url=f"/attempts/{attempt.id}",
        title=f"Attempt {attempt.number}",
        when=in_words(moment, reader),
        is_open=attempt.state == AttemptState.OPEN,
        score="" if attempt.percent is None else f"{attempt.percent}{UNITS[QuizKind(kind)]}",
        passed=None if settings.baseline else attempt.passed,
    )
