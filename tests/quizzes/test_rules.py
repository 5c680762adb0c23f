"""What an answer earns, what a learner may see, and what an attempt may do."""

import json
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from quizzes.presentation import TEXT_LIMIT, Layout, Presentation
from quizzes.questions import Question
from quizzes.quiz_settings import QuizSettings
from quizzes.quiz_text import parse_questions
from quizzes.rules import (
    AttemptState,
    AttemptStep,
    Score,
    Start,
    Tally,
    choose_items,
    feedback,
    fill_form,
    grade,
    is_answered,
    lay_out,
    may_see_feedback,
    may_start,
    next_state,
    passed,
    percent,
    present,
    read_answer,
    results_by,
    total,
)

PAPER = """\
## one {choice points=2 objective=o-1 topic=t-1 see=lesson#part}
Prompt of one [@early2018 moderate], [@other; @third].

- [x] Rightopt
  : Ratright [@late2019]
- [ ] Wrongopt
  : Ratwrong
- [ ] Thirdopt

hint: Hinttext
why: Whytext

## several {choices points=2 objective=o-1,o-2 topic=t-2}
Prompt of several

- [x] Sa
- [x] Sb
- [ ] Sc
  : Ratsc
- [ ] Sd

## verdict {truefalse topic=t-2}
Prompt of verdict

answer: false

- [x] Va
  : Ratva
- [ ] Vb

## sorted {order}
Prompt of sorted

1. Oa
  : Ratoa
2. Ob
3. Oc
4. Od

## matched {match points=3}
Prompt of matched

- La = Ra
  : Ratla
- Lb = Rb
- Lc = Ra
- = Rz
  : Ratrz

## counted {number}
Prompt of counted

= 9.4 ± 0.1 days
  : Ratnum

## worded {text}
Prompt of worded

= substance P | SP
  : Ratword

## filled {blanks points=2}
The {{HPA|hypothalamic axis}} ends in {{Cortisol}}.

## written {essay points=6}
Prompt of written

- Markingpoint

## handed {file}
Prompt of handed
"""
QUESTIONS = {question.id: question for question in parse_questions(PAPER, "q.md")[0]}
EVERY = pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)


def share(name: str, **answer: list[Any]) -> Fraction | None:
    score = grade(QUESTIONS[name], answer)
    return score.earned / score.possible if score.earned is not None else None


@pytest.mark.parametrize(
    ("ticked", "earned"), [([0], 1), ([1], 0), ([], 0), ([0, 1], 0), ([0, 0], 1), ([9], 0)]
)
def test_choice_is_all_or_nothing(ticked: list[int], earned: int) -> None:
    assert share("one", ticked=ticked) == earned


@pytest.mark.parametrize(
    ("ticked", "earned"),
    [([0, 1], 1), ([0], "1/2"), ([0, 2], 0), ([0, 1, 2], "1/2"), ([0, 1, 2, 3], 0), ([2, 3], 0), ([], 0)],
)
def test_choices_take_a_wrong_tick_from_a_right_one_and_stop_at_nothing(
    ticked: list[int], earned: Any
) -> None:
    assert share("several", ticked=ticked) == Fraction(earned)


@pytest.mark.parametrize(
    ("verdict", "ticked", "earned"),
    [(["false"], [0], 1), (["true"], [0], 0), (["false"], [1], 0), ([], [0], 0), (["false", "true"], [0], 0)],
)
def test_truefalse_wants_verdict_and_reason(verdict: list[str], ticked: list[int], earned: int) -> None:
    assert share("verdict", verdict=verdict, ticked=ticked) == earned


@pytest.mark.parametrize(
    ("places", "earned"),
    [
        ([1, 2, 3, 4], 1),
        ([2, 1, 3, 4], "1/2"),
        ([1, 2, 4, 3], "1/2"),
        ([3, 2, 1, 4], 0),
        ([2, 1, 4, 3], 0),
        ([1, 1, 3, 4], 0),
        ([1, 2, 3, None], 0),
        ([1, 2, 3], 0),
        ([], 0),
    ],
)
def test_order_gives_half_for_two_neighbours_swapped(places: list[Any], earned: Any) -> None:
    assert share("sorted", places=places) == Fraction(earned)


@pytest.mark.parametrize(
    ("picked", "earned"),
    [([0, 1, 0], 1), ([0, 1, 1], "2/3"), ([2, 2, 2], 0), ([0], "1/3"), ([None, None, 0], "1/3")],
)
def test_match_gives_the_share_of_right_pairs(picked: list[Any], earned: Any) -> None:
    assert share("matched", picked=picked) == Fraction(earned)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("9.4", True),
        ("9,4", True),
        (" 9.40 days ", True),
        ("9.5", True),
        ("9.3", True),
        ("9.50001", False),
        ("9.4 Day", True),
        ("+9.4", True),
        ("−9.4", False),
        ("９.４", True),
        ("9.4.", True),
        ("9.4 hours", False),
        ("9.4 9.4", False),
        ("about nine", False),
        ("", False),
        ("9" * 5000, False),
    ],
)
def test_number_is_right_within_its_tolerance(typed: str, right: bool) -> None:
    assert share("counted", text=[typed]) == int(right)


@pytest.mark.parametrize(
    ("key", "typed", "right"),
    [
        ("1000", "1,000", True),
        ("1000", "1.000", True),
        ("1000", "1 000", True),
        ("1000", "1,00,0", False),
        ("1234.5", "1.234,5", True),
        ("1234.5", "1,234.5", True),
        ("13", "13 points", True),
        ("13", "13 or 14", False),
        ("0.5", ".5", True),
        ("12 min", "12 minutes", True),
        ("5 mm", "5 m", False),
        ("-3 %", "-3%", True),
    ],
)
def test_number_reads_signs_thousands_and_units(key: str, typed: str, right: bool) -> None:
    question = parse_questions(f"## n {{number}}\nHow many?\n\n= {key}\n", "q.md")[0][0]

    assert (grade(question, {"text": [typed]}).earned == 1) is right


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Substance P", True),
        ("  substance \t p ", True),
        ("ＳＰ", True),
        ("substancep", False),
        ("substance Q", False),
        ("", False),
    ],
)
def test_text_is_right_in_a_listed_wording_and_no_other(typed: str, right: bool) -> None:
    assert share("worded", text=[typed]) == int(right)


@pytest.mark.parametrize(
    ("typed", "earned"),
    [(["hpa", "cortisol"], 1), (["HYPOTHALAMIC AXIS", ""], "1/2"), (["", "hpa"], 0), ([], 0)],
)
def test_blanks_give_the_share_of_right_ones(typed: list[str], earned: Any) -> None:
    assert share("filled", texts=typed) == Fraction(earned)


@pytest.mark.parametrize("name", ["written", "handed"])
def test_what_a_person_marks_is_pending(name: str) -> None:
    assert grade(QUESTIONS[name], {"text": ["a"], "files": ["k"]}).pending


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["ticked", "verdict", "places", "picked", "text", "texts", "files"])
ITEMS = (
    st.none()
    | st.integers(-2, 6)
    | st.sampled_from(["true", "false", "9,4", "SP", "HPA", "9" * 5000])
    | JSON_VALUES
)
ANSWERS = JSON_VALUES | st.dictionaries(NAMES, st.lists(ITEMS, max_size=6) | JSON_VALUES, max_size=7)


@given(st.sampled_from(list(QUESTIONS.values())), ANSWERS)
def test_grading_is_total_bounded_and_repeatable(question: Question, answer: object) -> None:
    score = grade(question, answer)

    assert score.possible == question.points
    assert score.earned is None or 0 <= score.earned <= question.points
    assert grade(question, answer) == score
    assert feedback(question, answer).score == score
    assert is_answered(answer) in (True, False)


@given(
    st.sampled_from(["one", "several", "verdict"]),
    st.lists(st.integers(0, 3)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_ticks_does_not_count(name: str, ticked: list[int], rng: Random) -> None:
    mixed = rng.sample(ticked, len(ticked))

    assert share(name, ticked=ticked, verdict=["false"]) == share(name, ticked=mixed, verdict=["false"])


@given(st.sampled_from(list(QUESTIONS.values())), st.data())
def test_any_form_is_read_into_an_answer_that_json_and_databases_can_hold(
    question: Question, data: Any
) -> None:
    layout = lay_out(question, Random(3), True)
    names = st.sampled_from([field.name for field in present(question, layout).fields]) | st.text(max_size=5)
    form = data.draw(
        st.dictionaries(names, st.lists(st.text() | st.sampled_from(["1", "2", "true"]), max_size=4))
    )

    answer = read_answer(question, form, layout)

    stored = json.dumps(answer, ensure_ascii=False).encode("utf-8")
    assert b"\\u0000" not in stored
    assert json.loads(stored) == answer
    assert read_answer(question, fill_form(question, answer, layout), layout) == answer


def test_a_very_long_text_is_cut() -> None:
    layout = lay_out(QUESTIONS["written"], Random(1), True)

    answer = read_answer(QUESTIONS["written"], {layout.name: ["x" * (TEXT_LIMIT + 9)]}, layout)

    assert len(str(answer["text"][0])) == TEXT_LIMIT


SECRETS = {
    "one": ["Ratright", "Ratwrong", "late2019", "Hinttext", "Whytext"],
    "several": ["Ratsc"],
    "verdict": ["Ratva"],
    "sorted": ["Ratoa"],
    "matched": ["Ratla", "Ratrz"],
    "counted": ["9.4", "47", "0.1", "Ratnum"],
    "worded": ["substance", "SP", "Ratword"],
    "filled": ["HPA", "hypothalamic", "ortisol"],
    "written": ["Markingpoint"],
    "handed": [],
}


@EVERY
def test_a_presentation_holds_nothing_of_the_key(question: Question) -> None:
    layout = lay_out(question, Random(5), True)

    shown = present(question, layout)
    sent = json.dumps(shown.to_json(), ensure_ascii=False)

    for secret in [*SECRETS[question.id], "right", "why", "index", "[x]", "source"]:
        assert secret not in sent.replace(shown.prompt_md, "") or secret in shown.note
    assert not any(secret in shown.prompt_md for secret in SECRETS[question.id])


@EVERY
def test_a_key_changes_no_byte_of_the_presentation(question: Question) -> None:
    """Turn every right option wrong and the other way round: the learner sees the same."""
    plain = (
        json.dumps(question.to_json())
        .replace('"right": true', '"right": null')
        .replace('"right": false', '"right": true')
    )
    turned = Question.from_json(json.loads(plain.replace('"right": null', '"right": false')))
    layout = lay_out(question, Random(5), True)

    assert present(turned, layout) == present(question, layout)


@EVERY
def test_layout_and_presentation_survive_json(question: Question) -> None:
    layout = lay_out(question, Random(2), True)
    shown = present(question, layout, with_hint=True)

    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
    assert Presentation.from_json(json.loads(json.dumps(shown.to_json()))) == shown


@EVERY
def test_field_names_and_tokens_differ_from_attempt_to_attempt(question: Question) -> None:
    first, second = (present(question, lay_out(question, Random(seed), True)) for seed in (1, 2))

    assert not {field.name for field in first.fields} & {field.name for field in second.fields}


def test_options_are_shuffled_only_on_demand_but_an_order_always() -> None:
    def indexes(name: str, shuffle: bool) -> set[tuple[int, ...]]:
        layouts = [lay_out(QUESTIONS[name], Random(seed), shuffle) for seed in range(30)]
        return {tuple(token.index for token in layout.picks or layout.rows) for layout in layouts}

    assert indexes("one", False) == {(0, 1, 2)}
    assert len(indexes("one", True)) > 3
    assert len(indexes("sorted", False)) > 3


def test_a_form_filled_in_rightly_earns_all_points() -> None:
    question = QUESTIONS["matched"]
    layout = lay_out(question, Random(8), True)
    keys = {pair.left_md: pair.right_md for pair in question.parts.pairs}
    fields = present(question, layout).fields
    form = {f.name: [c.token for c in f.choices if c.text_md == keys[f.label_md]] for f in fields}

    assert grade(question, read_answer(question, form, layout)).is_full


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
    decision = may_start(used, limit, has_open)

    assert (decision.start, decision.left, decision.may) == (start, left, start is not Start.REFUSED)
    assert bool(decision.sentence) is (start is Start.REFUSED)


@pytest.mark.parametrize(
    ("when", "state", "has_passed", "left", "may"),
    [
        ("submitted", AttemptState.OPEN, True, 0, False),
        ("submitted", AttemptState.SUBMITTED, False, 2, True),
        ("passed", AttemptState.SUBMITTED, False, 2, False),
        ("passed", AttemptState.SUBMITTED, False, None, False),
        ("passed", AttemptState.SUBMITTED, True, 2, True),
        ("passed", AttemptState.SUBMITTED, False, 0, True),
    ],
)
def test_the_key_is_shown_only_when_it_may(
    when: str, state: AttemptState, has_passed: bool, left: int | None, may: bool
) -> None:
    assert may_see_feedback(QuizSettings(feedback=when), state, has_passed, left) is may


def test_without_a_draw_all_own_questions_and_the_named_items_are_asked() -> None:
    settings = QuizSettings(items=("x", "a"), shuffle=False)

    assert choose_items(settings, ["a", "b"], {}, Random(1)) == ("x", "a", "b")


def test_a_draw_takes_its_numbers_without_asking_anything_twice() -> None:
    settings = QuizSettings(items=("a",), draw=(("wide", 3), ("narrow", 2)))
    pools = {"wide": ["a", "b", "c", "d", "e", "f"], "narrow": ["b", "c"]}

    papers = [choose_items(settings, ["own"], pools, Random(seed)) for seed in range(20)]

    assert all(len(set(paper)) == len(paper) == 6 for paper in papers)
    assert len(set(papers)) > 5
    assert choose_items(settings, [], {"narrow": ["b"]}, Random(1)) in [("a", "b"), ("b", "a")]


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
