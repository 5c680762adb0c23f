"""The front matter of quizzes, cases and assignments."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.quiz_settings import QuizSettings


def read(**front: Any) -> tuple[QuizSettings, list[tuple[int, str]]]:
    lines = {key: n for n, key in enumerate(front, start=2)}
    settings, problems = QuizSettings.from_front(front, "q.md", lines.__getitem__)
    return settings, [(problem.line, problem.message) for problem in problems]


def test_every_setting_is_typed() -> None:
    settings, problems = read(
        title="Exam", kind="quiz", attempts="3", minutes="60", draw={"neuropeptides": "4", "module-2": "5"},
        items=["m2-01", "m2-04"], shuffle="no", view="paper", feedback="passed", **{"pass": "80"},
    )  # fmt: skip

    assert problems == []
    assert (settings.pass_mark, settings.attempts, settings.minutes, settings.shuffle) == (80, 3, 60, "none")
    assert settings.draw == (("neuropeptides", 4), ("module-2", 5))
    assert (settings.items, settings.view, settings.feedback) == (("m2-01", "m2-04"), "paper", "passed")
    assert QuizSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_a_case_has_a_start_states_and_points_to_pass() -> None:
    settings, problems = read(title="Case", kind="case", start="50", state={"trust": "40", "itch": "70"})

    assert problems == []
    assert (settings.start, settings.state, settings.pass_mark) == (50, (("trust", 40), ("itch", 70)), 75)


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        ({"title": "T", "colour": "red"}, (3, "colour: there is no such setting")),
        ({"kind": "quiz"}, (1, "the title is missing")),
        ({"title": "T", "kind": "exam"}, (3, "kind: this value is not known")),
        ({"title": "T", "pass": "101"}, (3, "pass: this is no whole number from 0 to 100")),
        ({"title": "T", "attempts": "none"}, (3, "attempts: this is no whole number from 1 to 1000")),
        ({"title": "T", "shuffle": "maybe"}, (3, "shuffle: this is neither yes nor no")),
        ({"title": "T", "draw": "5"}, (3, "draw: these are no names with numbers")),
        ({"title": "T", "draw": {"a": "0"}}, (3, "draw: this is no whole number from 1 to 500")),
        ({"title": "T", "items": ["a", "a"]}, (3, "items: an id stands twice")),
        ({"title": "T", "items": ["A b"]}, (3, "items: this is no list of ids")),
        ({"title": "T", "state": {"trust": "40"}}, (3, "state: has no meaning in kind: quiz")),
        ({"title": "T", "kind": "case", "draw": {"a": "1"}}, (4, "draw: has no meaning in kind: case")),
        ({"title": "T", "kind": "case", "state": {"Trust": "4"}}, (4, "state: “Trust” is no name")),
        ({"title": "T", "reviewed": "soon"}, (3, "reviewed: this is no date")),
        ({"title": "T", "opens": "2026-13-01"}, (3, "opens: this is no day or time")),
        ({"title": "T", "closes": "2026-12-01 9:00"}, (3, "closes: this is no day or time")),
        (
            {"title": "T", "baseline": "module-quiz"},
            (3, "baseline: its key would be shown before the quiz that it is compared with"),
        ),
        (
            {"title": "T", "opens": "2026-12-02", "closes": "2026-12-01"},
            (4, "closes: the quiz closes before it opens"),
        ),
        ({"title": "T", "view": "paper", "back": "no"}, (4, "back: a whole paper has no way back to forbid")),
        ({"title": "T", "feedback": "closed"}, (3, "feedback: the quiz never closes")),
        ({"title": "T", "feedback": "last"}, (3, "feedback: there is no last attempt")),
        (
            {"title": "T", "tries": "2"},
            (3, "tries: nobody learns that an answer was wrong before the attempt is over"),
        ),
        (
            {"title": "T", "certainty": "yes", "negative": "25"},
            (4, "negative: certainty has marks of its own for wrong answers"),
        ),
        (
            {"title": "T", "feedback": "question", "certainty": "yes", "tries": "2"},
            (5, "tries: certainty marks one answer, so further tries would cost nothing"),
        ),
        (
            {"title": "T", "hints": "yes", "certainty": "yes", "hint_penalty": "10"},
            (5, "hint_penalty: certainty has marks of its own, so the hint would cost nothing"),
        ),
        (
            {"title": "T", "opens": "2026-12-01 09:00", "closes": "2026-12-01 08:00"},
            (4, "closes: the quiz closes before it opens"),
        ),
        ({"title": "T", "hint_penalty": "10"}, (3, "hint_penalty: no hint is offered")),
        ({"title": "T", "kind": "case", "time_limit": "9"}, (4, "time_limit: has no meaning in kind: case")),
    ],
)
def test_a_fault_is_named_with_its_line(front: dict[str, Any], problem: tuple[int, str]) -> None:
    assert problem in read(**front)[1]


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("2026-12-01 09:00", "2026-12-01"), ("2026-12-01", "2026-12-01"), ("2026-12-01", "2026-12-01 00:00")],
)
def test_a_day_closes_with_its_last_minute_and_opens_with_its_first(opens: str, closes: str) -> None:
    assert read(title="T", opens=opens, closes=closes)[1] == []


def test_an_unknown_setting_is_answered_with_the_known_ones() -> None:
    _, problems = QuizSettings.from_front({"title": "T", "pas": "80"}, "q.md", lambda key: 3)

    assert "pass, attempts, minutes, time_limit" in problems[0].remedy


def test_times_marks_and_tries_are_typed() -> None:
    settings, problems = read(
        title="Exam", time_limit="90", opens="2026-12-01", closes="2026-12-31 18:00", cool_down="24", counts="average",
        shuffle="options", back="false", feedback="question", tries="3", try_penalty="25", hints="yes",
        hint_penalty="10", negative="25",
    )  # fmt: skip

    assert problems == []
    assert (settings.time_limit, settings.opens, settings.closes) == (90, "2026-12-01", "2026-12-31 18:00")
    assert (settings.cool_down, settings.counts, settings.back) == (24, "average", False)
    assert (settings.shuffles_questions, settings.shuffles_options) == (False, True)
    assert (settings.tries, settings.try_penalty, settings.hints, settings.hint_penalty) == (3, 25, True, 10)
    assert (settings.negative, settings.certainty) == (25, False)


def test_a_row_from_before_a_setting_has_its_default() -> None:
    old = {"title": "T", "attempts": 3}

    assert QuizSettings.from_json(old) == QuizSettings(title="T", attempts=3)


KEYS = st.sampled_from(["title", "kind", "pass", "draw", "items", "state", "shuffle", "attempts", "reviewed"])
LEAVES = st.text(max_size=8) | st.none() | st.integers() | st.booleans()
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(LEAVES, v, max_size=3))


@given(st.dictionaries(KEYS | st.text(max_size=6), VALUES, max_size=6))
def test_any_front_matter_is_read_without_raising(front: dict[str, Any]) -> None:
    settings, problems = QuizSettings.from_front(front, "q.md", lambda key: 1)

    assert 0 <= settings.pass_mark <= 100
    assert all(problem.remedy for problem in problems)
