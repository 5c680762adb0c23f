"""What passes, what may be told, what is asked, and what an attempt may do."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from quizzes.counting import Marked, Results
from quizzes.quiz_settings import Counts, QuizSettings
from quizzes.quiz_text import parse_questions
from quizzes.rules import (
    AttemptState,
    AttemptStep,
    Score,
    Standing,
    Start,
    Tally,
    Tried,
    choose_items,
    feedback,
    may_see_feedback,
    may_start,
    next_state,
    passed,
    percent,
    results_by,
    total,
)
from quizzes.terms import Window
from tests.conftest import NOON

PAPER = Path(__file__).with_name("paper.md").read_text("utf-8")
QUESTIONS = {question.id: question for question in parse_questions(PAPER, "paper.md")[0]}


def test_feedback_tells_of_every_option_why() -> None:
    told = feedback(QUESTIONS["one"], {"ticked": [1]})

    assert [(o.text_md, o.right, o.chosen, o.why_md) for o in told.options] == [
        ("Rightopt", True, False, "Ratright [@late2019]"),
        ("Wrongopt", False, True, "Ratwrong"),
        ("Thirdopt", False, False, ""),
    ]
    assert (told.score, told.see, told.why_md) == (Score(Fraction(0), Fraction(2)), "lesson#part", "Whytext")
    assert told.sources == ("early2018", "other", "third", "late2019")


def test_feedback_tells_what_was_given_and_what_is_right() -> None:
    told = feedback(QUESTIONS["matched"], {"picked": [2, 1, None]})

    assert [(e.label_md, e.given_md, e.key_md, e.right) for e in told.entries] == [
        ("La", "Rz", "Ra", False),
        ("Lb", "Rb", "Rb", True),
        ("Lc", "", "Ra", False),
    ]
    assert [(o.text_md, o.chosen) for o in told.options] == [("Rz", True)]
    assert feedback(QUESTIONS["counted"], {}).entries[0].key_md == "9.4 ± 0.1 days"
    assert feedback(QUESTIONS["sorted"], {"places": [2, 1, 3, 4]}).entries[0].given_md == "2"


@given(st.fractions(0, 40), st.fractions(1, 40), st.integers(0, 100))
def test_a_fail_is_never_shown_as_a_pass(points: Fraction, possible: Fraction, mark: int) -> None:
    points = min(points, possible)

    shown = percent(points, possible, mark)

    assert (shown >= mark) is passed(points, possible, mark)
    assert abs(shown - points * 100 / possible) <= 1


@pytest.mark.parametrize(
    ("points", "possible", "shown"),
    [("1/2", 100, 1), ("2", 3, 67), ("1", 3, 33), ("0", 0, 0), ("79.6", 100, 80)],
)
def test_percent_is_rounded_half_up(points: str, possible: int, shown: int) -> None:
    assert percent(Fraction(points), Fraction(possible)) == shown


def test_the_pass_is_decided_on_exact_shares() -> None:
    assert passed(Fraction(4, 5), Fraction(1), 80)
    assert not passed(Fraction("79.99"), Fraction(100), 80)
    assert percent(Fraction("79.99"), Fraction(100), 80) == 79
    assert not passed(Fraction(0), Fraction(0), 0)


def test_a_total_is_exact_and_pending_with_a_part_of_it() -> None:
    thirds = [Score(Fraction(1, 3), Fraction(1))] * 3

    assert total(thirds) == Score(Fraction(1), Fraction(3))
    assert total([*thirds, Score(None, Fraction(6))]) == Score(None, Fraction(9))


def test_a_submitted_attempt_takes_no_answer_and_no_second_submission() -> None:
    assert next_state(AttemptState.OPEN, AttemptStep.SAVE) is AttemptState.OPEN
    assert next_state(AttemptState.OPEN, AttemptStep.SUBMIT) is AttemptState.SUBMITTED
    with pytest.raises(Conflict, match="no longer change"):
        next_state(AttemptState.SUBMITTED, AttemptStep.SAVE)
    with pytest.raises(Conflict, match="already submitted"):
        next_state(AttemptState.SUBMITTED, AttemptStep.SUBMIT)


@pytest.mark.parametrize(
    ("used", "limit", "has_open", "start", "left"),
    [
        (0, None, False, Start.NEW, None),
        (2, 3, False, Start.NEW, 1),
        (3, 3, False, Start.REFUSED, 0),
        (3, 3, True, Start.RESUME, 0),
        (9, 3, False, Start.REFUSED, 0),
    ],
)
def test_an_open_attempt_is_resumed_and_a_limit_kept(
    used: int, limit: int | None, has_open: bool, start: Start, left: int | None
) -> None:
    decision = may_start(Tried(used, has_open), limit, at=NOON)

    assert (decision.start, decision.left, decision.may) == (start, left, start is not Start.REFUSED)
    assert bool(decision.sentence) is (start is Start.REFUSED)


@pytest.mark.parametrize(
    ("minutes", "may", "sentence", "again"),
    [
        (-1, False, "not open yet", 0),
        (0, True, "", None),
        (60, True, "", None),
        (61, False, "has closed", None),
    ],
)
def test_a_window_is_kept_to_its_ends(minutes: int, may: bool, sentence: str, again: int | None) -> None:
    window = Window(NOON, NOON + timedelta(hours=1))

    decision = may_start(Tried(0, False), None, at=NOON + timedelta(minutes=minutes), window=window)

    assert decision.may is may
    assert sentence in decision.sentence
    assert decision.again_at == (None if again is None else NOON)


def test_a_cool_down_says_when_it_is_over() -> None:
    tried, day = Tried(1, False, NOON), timedelta(hours=24)

    early = may_start(tried, 3, at=NOON + timedelta(hours=23), cool_down=day)

    assert (early.start, early.left, early.again_at) == (Start.REFUSED, 2, NOON + day)
    assert may_start(tried, 3, at=NOON + day, cool_down=day).may


def test_an_open_attempt_is_resumed_after_the_window_has_closed() -> None:
    decision = may_start(Tried(1, True), 1, at=NOON, window=Window(None, NOON - timedelta(days=1)))

    assert decision.start is Start.RESUME


STANDINGS = {
    "new": Standing(False, False, False),
    "passed": Standing(True, False, False),
    "over": Standing(False, True, False),
    "closed": Standing(False, False, True),
}


@pytest.mark.parametrize(
    ("when", "shown_to"),
    [
        ("question", {"new", "passed", "over", "closed"}),
        ("submitted", {"new", "passed", "over", "closed"}),
        ("passed", {"passed", "over"}),
        ("last", {"over"}),
        ("closed", {"closed"}),
        ("never", set()),
    ],
)
def test_the_key_is_shown_only_when_it_may(when: str, shown_to: set[str]) -> None:
    settings = QuizSettings(feedback=when)

    shown = {name for name, at in STANDINGS.items() if may_see_feedback(settings, AttemptState.SUBMITTED, at)}

    assert shown == shown_to
    assert not any(may_see_feedback(settings, AttemptState.OPEN, at) for at in STANDINGS.values())


@pytest.mark.parametrize(
    ("counts", "shares", "passes"),
    [
        ("best", (80, 40), True),
        ("best", (60, 40), False),
        ("last", (40, 80), True),
        ("last", (80, 40), False),
        ("average", (80, 60), True),
        ("average", (80, 40), False),
    ],
)
def test_the_setting_says_which_attempt_counts(counts: str, shares: tuple[int, ...], passes: bool) -> None:
    marked = [Marked(Fraction(share, 100), 70, share >= 70) for share in shares]

    results = Results(Counts(counts), marked)

    assert results.passes == passes
    assert results.average == (Fraction(sum(shares), 200) if counts == "average" else None)
    assert not Results(Counts(counts), []).passes


def test_without_a_draw_all_own_questions_and_the_named_items_are_asked() -> None:
    settings = QuizSettings(items=("x", "a"), shuffle="none")

    assert choose_items(settings, ["a", "b"], {}, Random(1)) == ("x", "a", "b")


def test_a_draw_takes_its_numbers_without_asking_anything_twice() -> None:
    settings = QuizSettings(items=("a",), draw=(("wide", 3), ("narrow", 2)))
    pools = {"wide": ["a", "b", "c", "d", "e", "f"], "narrow": ["b", "c"]}

    papers = [choose_items(settings, ["own"], pools, Random(seed)) for seed in range(20)]

    assert all(len(set(paper)) == len(paper) == 6 for paper in papers)
    assert len(set(papers)) > 5
    assert choose_items(settings, [], {"narrow": ["b"]}, Random(1)) in [("a", "b"), ("b", "a")]


def test_overlapping_pools_leave_each_other_what_they_need() -> None:
    settings = QuizSettings(draw=(("left", 2), ("both", 2), ("right", 2)))
    pools = {"left": ["a", "b", "c"], "both": ["a", "b", "d", "e"], "right": ["d", "e", "f"]}

    papers = {frozenset(choose_items(settings, [], pools, Random(seed))) for seed in range(40)}

    assert papers == {frozenset("abcdef")}


def test_a_draw_takes_any_of_a_pool_as_likely_as_any_other() -> None:
    settings = QuizSettings(draw=(("pool", 2),))
    drawn = [
        frozenset(choose_items(settings, [], {"pool": ["a", "b", "c"]}, Random(seed))) for seed in range(600)
    ]

    assert all(150 < drawn.count(frozenset(two)) < 250 for two in ("ab", "ac", "bc"))


def test_results_are_gathered_by_objective_and_topic() -> None:
    graded = [
        (QUESTIONS["one"], Score(Fraction(2), Fraction(2))),
        (QUESTIONS["several"], Score(Fraction(1), Fraction(2))),
        (QUESTIONS["written"], Score(None, Fraction(6))),
    ]

    assert results_by("objective", graded) == (
        Tally("o-1", Fraction(3), Fraction(4), 1, 2),
        Tally("o-2", Fraction(1), Fraction(2), 0, 1),
    )
    assert [tally.name for tally in results_by("topic", graded)] == ["t-1", "t-2"]
