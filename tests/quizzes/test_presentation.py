"""What a learner may see of a question, and what is kept of a form."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.presentation import TEXT_LIMIT, Layout, Presentation
from quizzes.questions import Question
from quizzes.quiz_text import parse_questions
from quizzes.rules import (
    fill_form,
    grade,
    lay_out,
    present,
    read_answer,
)

PAPER = Path(__file__).with_name("paper.md").read_text("utf-8")
QUESTIONS = {question.id: question for question in parse_questions(PAPER, "paper.md")[0]}
EVERY = pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)


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


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x1b", "ab"),
        ("a\ud800b", "ab"),
        ("1\u00a0000", "1\u00a0000"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\r\n\tb", "a\n\tb"),
    ],
)
def test_only_what_cannot_be_stored_is_taken_from_a_text(typed: str, kept: str) -> None:
    layout = lay_out(QUESTIONS["written"], Random(1), True)

    assert read_answer(QUESTIONS["written"], {layout.name: [typed]}, layout) == {"text": [kept]}


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
