"""What a mended key can grade, and what a regrade does to a result."""

from dataclasses import replace
from fractions import Fraction
from functools import reduce
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import rules
from quizzes.marks import Certainty, Response, mark_response
from quizzes.questions import Question
from quizzes.quiz_settings import QuizSettings
from quizzes.quiz_text import parse_questions
from quizzes.regrading.preview import Preview, effect_on
from quizzes.regrading.reads import Sheet
from quizzes.regrading.rules import Count, Effect, Part, Result, add_up, obstacle
from quizzes.terms import Terms, terms_of

HEAD = "## q {{{}}}\nWhich?\n\n"
CHOICE = "- [x] One\n- [ ] Two\n- [ ] Three"
ORDER = "1. One\n2. Two\n3. Three"
MATCH = "- a = 1\n- b = 2\n- = 3"
TERMS = {
    "plain": terms_of(QuizSettings()),
    "negative": terms_of(QuizSettings(negative=50)),
    "certainty": terms_of(QuizSettings(certainty=True)),
    "tries": terms_of(QuizSettings(feedback="question", tries=3, hints=True, hint_penalty=10)),
}


def read(kind: str, body: str) -> Question:
    questions, problems = parse_questions(HEAD.format(kind) + body + "\n", "courses/a/quizzes/a.md")
    assert not problems, problems
    return questions[0]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("choice", CHOICE, "- [ ] One\n- [x] Two\n- [ ] Three"),
        ("choice", CHOICE, "- [x] The first\n- [ ] Two\n- [ ] Three"),
        ("choices", CHOICE, "- [x] One\n- [x] Two\n- [ ] Three"),
        ("truefalse", f"answer: true\n\n{CHOICE}", "answer: false\n\n- [ ] One\n- [x] Two\n- [ ] Three"),
        ("order", ORDER, "1. The first\n2. Two\n3. Three"),
        ("number", "= 12 ± 1 min", "= 14 ± 2 hours"),
        ("text", "= substance P", "= SP | substance P\n= P"),
        ("match", MATCH, "- a = 1\n- b = the second\n- = 3"),
    ],
)
def test_a_mended_key_grades_what_has_the_same_parts_in_the_same_order(
    kind: str, before: str, after: str
) -> None:
    assert obstacle(read(kind, before), read(f"{kind} points=2", after)) == ""


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("choice", CHOICE, "- [ ] Two\n- [x] One\n- [ ] Three", "another place"),
        ("choice", CHOICE, "- [x] New\n- [ ] One\n- [ ] Two", "another place"),
        ("choice", CHOICE, "- [x] One\n- [ ] Two", "had 3 parts"),
        ("order", ORDER, "1. Two\n2. One\n3. Three", "another place"),
        ("match", MATCH, "- a = 2\n- b = 1\n- = 3", "another place"),
        (
            "essay points=3",
            "- A point\n- Another\n- A third",
            "- A point\n- Another\n- The third",
            "A person",
        ),
    ],
)
def test_other_parts_or_moved_ones_cannot_be_graded_by_it(
    kind: str, before: str, after: str, said: str
) -> None:
    assert said in obstacle(read(kind, before), read(kind, after))


def test_blanks_need_the_same_number_of_them() -> None:
    one, two = (
        parse_questions(f"## q {{blanks}}\nThe {text}.\n", "courses/a/quizzes/a.md")[0][0]
        for text in ("{{HPA}} axis", "{{HPA}} axis and {{skin}}")
    )

    assert obstacle(one, one) == ""
    assert "parts" in obstacle(one, two)


def test_another_kind_grades_nothing() -> None:
    assert "another kind" in obstacle(read("choice", CHOICE), read("choices", CHOICE))


def test_the_first_try_that_is_right_by_the_new_key_counts_at_the_price_of_its_place() -> None:
    mended = read("choice", "- [ ] One\n- [x] Two\n- [ ] Three")
    tried = [{"ticked": [2]}, {"ticked": [1]}]

    score, mark = mark_response(mended, Response({"ticked": [0]}, tried), TERMS["tries"])

    assert (score.earned, mark) == (1, Fraction(67, 100))


def test_without_a_right_try_the_last_answer_counts() -> None:
    question = read("choice", CHOICE)

    assert rules.answer_that_counts(question, {"ticked": [0]}, [{"ticked": [1]}]) == ({"ticked": [0]}, 1)


def test_what_was_dropped_is_neither_asked_nor_drawn() -> None:
    settings = QuizSettings(items=("a", "b"), draw=(("pool", 2),), shuffle="none")
    pools = {"pool": ["c", "d", "e"]}

    assert set(rules.choose_items(settings, ["x"], pools, Random(1), {"a", "d"})) == {"b", "c", "e"}
    assert rules.choose_items(QuizSettings(shuffle="none"), ["x", "y"], {}, Random(1), {"x"}) == ("y",)


# ---- properties

THREE = read("choice", CHOICE)

answers = st.one_of(
    st.none(), st.builds(lambda tick: {"ticked": [tick]}, st.integers(0, 4)), st.dictionaries(st.text(), st.text())
)  # fmt: skip
wrong_tries = st.lists(st.builds(lambda tick: {"ticked": [tick]}, st.integers(1, 2)), max_size=2)
responses = st.builds(Response, answers, wrong_tries, st.sampled_from([None, *Certainty]), st.booleans())
halves = st.fractions(Fraction(1, 4), 5, max_denominator=4)
marks = st.one_of(st.none(), st.fractions(-10, 5, max_denominator=6))
parts = st.builds(Part, halves, marks, st.booleans())


@st.composite
def papers(draw: st.DrawFn) -> Sheet:
    """An attempt at a choice of three at place 1 beside other questions, marked as its terms say."""
    terms: Terms = draw(st.sampled_from(list(TERMS.values())))
    question, response = THREE, draw(responses)
    mark = mark_response(question, response, terms)[1]
    others = draw(st.lists(parts, max_size=4))
    listed = dict(enumerate([Part(question.points, mark), *others], 1))
    result = add_up(listed.values(), 60)
    return Sheet("a", "Quiz", 60, terms, result, 1, response, listed)


@given(papers())
def test_a_regrade_by_the_same_key_changes_nothing(sheet: Sheet) -> None:
    effect = effect_on(sheet, THREE)

    assert effect.after == effect.before
    assert not effect.is_seen


@given(papers(), st.sampled_from([0, 1, 2]), st.integers(1, 5))
def test_a_result_stays_within_nothing_and_everything(sheet: Sheet, right: int, points: int) -> None:
    boxes = "\n".join(
        f"- [{'x' if n == right else ' '}] {name}" for n, name in enumerate(("One", "Two", "Three"))
    )

    for mended in (read(f"choice points={points}", boxes), None):
        after = effect_on(sheet, mended).after
        assert after.points is None or 0 <= after.points <= after.possible


@given(st.lists(parts, min_size=2, max_size=6), halves, marks, st.booleans())
def test_two_regrades_of_two_questions_end_alike_in_either_order(
    listed: list[Part], possible: Fraction, mark: Fraction | None, drops: bool
) -> None:
    mended = dict(enumerate(listed)) | {0: Part(possible, mark)}
    dropped = dict(enumerate(listed)) | {1: replace(listed[1], dropped=True)}

    first = mended | {1: dropped[1]}
    second = dropped | {0: mended[0]}

    assert add_up(first.values(), 60) == add_up(second.values(), 60)


@given(
    st.lists(
        st.builds(Effect, *[st.builds(Result, st.none() | halves, st.just(Fraction(5)), st.booleans())] * 2)
    )
)
def test_every_attempt_is_counted_once(effects: list[Effect]) -> None:
    question = THREE
    sheet = Sheet("a", "Quiz", 60, TERMS["plain"], Result(None, question.points, None), 1, Response(None), {})

    count = reduce(lambda found, effect: found.plus(sheet, effect), effects, Preview()).count

    assert count.all == len(effects)
    assert count.passing == sum(effect.passes_now for effect in effects)


def test_a_pass_that_was_given_stands_whatever_the_figures_say() -> None:
    effect = Effect(Result(Fraction(4), Fraction(5), True), Result(Fraction(2), Fraction(5), False))

    assert effect.stands == Result(Fraction(2), Fraction(5), True)
    assert Count().plus(effect) == Count(down=1, below=1)


def test_with_everything_dropped_nothing_is_passed() -> None:
    assert add_up([Part(Fraction(1), Fraction(1), dropped=True)], 0) == Result(
        Fraction(0), Fraction(0), False
    )
