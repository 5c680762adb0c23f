import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules import (
    Assessment,
    State,
    assessed_statement,
    certificate_id,
    contact_hours,
    contact_hours_shown,
    read_id,
    show_id,
    state_of,
    valid_until,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SOME_DAY = datetime(2026, 11, 1, tzinfo=UTC)
NUMBERS = st.text(alphabet=ALPHABET, min_size=20, max_size=20)


@given(NUMBERS)
def test_a_shown_number_reads_back(number: str) -> None:
    assert read_id(show_id(number)) == number


@given(NUMBERS, st.randoms())
def test_a_number_typed_carelessly_reads_back(number, random) -> None:
    confusions = {"0": "0Oo", "1": "1IiLl"}
    typed = [random.choice(confusions.get(letter, letter + letter.lower())) for letter in number]
    for _ in range(6):
        typed.insert(random.randrange(len(typed)), random.choice([" ", "-", "\t"]))

    assert read_id("".join(typed)) == number


@given(st.text(max_size=40))
def test_whatever_is_read_has_the_form_of_a_number(text: str) -> None:
    number = read_id(text)

    assert number is None or (len(number) == 20 and set(number) <= set(ALPHABET))


@pytest.mark.parametrize(
    "typed", ["", "7Q4M", "U" * 20, "0" * 19, "0" * 21, "7Q4M2X9KH3TB0VWEC8R!", "७" * 20]
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert read_id(typed) is None


def test_a_new_number_has_twenty_characters_from_the_given_source() -> None:
    assert certificate_id(lambda length: "7" * length) == "7" * 20
    assert read_id(certificate_id()) is not None
    assert certificate_id() != certificate_id()


def test_a_number_is_shown_in_fours() -> None:
    assert show_id("7Q4M2X9KH3TB0VWEC8RN") == "7Q4M-2X9K-H3TB-0VWE-C8RN"


@pytest.mark.parametrize(
    ("revoked_at", "suspended_at", "until", "state"),
    [
        (None, None, None, State.VALID),
        (None, None, date(2026, 11, 21), State.VALID),
        (None, None, date(2026, 11, 20), State.EXPIRED),
        (None, SOME_DAY, None, State.SUSPENDED),
        (None, SOME_DAY, date(2026, 11, 20), State.SUSPENDED),
        (SOME_DAY, None, None, State.REVOKED),
        (SOME_DAY, SOME_DAY, date(2026, 11, 20), State.REVOKED),
    ],
)
def test_the_state_of_a_certificate(revoked_at, suspended_at, until, state) -> None:
    assert state_of(revoked_at, suspended_at, until, today=date(2026, 11, 21)) is state


@pytest.mark.parametrize(
    ("issued", "months", "until"),
    [
        (date(2026, 11, 21), None, None),
        (date(2026, 11, 21), 1, date(2026, 12, 21)),
        (date(2026, 11, 21), 2, date(2027, 1, 21)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_validity_counts_calendar_months(issued, months, until) -> None:
    assert valid_until(issued, months) == until


@pytest.mark.parametrize(
    ("minutes", "hours", "shown"),
    [
        (1, 0, "1 minute of study"),
        (59, 0, "59 minutes of study"),
        (60, 1, "1 contact hour (60 minutes of study)"),
        (119, 1, "1 contact hour (119 minutes of study)"),
        (1109, 18, "18 contact hours (1,109 minutes of study)"),
    ],
)
def test_contact_hours_are_rounded_down_and_shown_with_their_sum(minutes, hours, shown) -> None:
    assert contact_hours(minutes) == hours
    assert contact_hours_shown(minutes) == shown


def test_the_statement_says_what_was_assessed_and_that_nobody_watched() -> None:
    statement = assessed_statement(
        4, 12, [Assessment("The cycle", "quiz", 10, 80, ("one right answer", "order"))]
    )

    assert statement["sentence"] == (
        "4 lessons on 12 learning objectives. Assessed by 1 quiz with 10 questions, "
        "passed at 80 percent or more. Taken online, without supervision of the person or their aids."
    )
    assert statement["proctored"] is False
    assert statement["assessments"][0]["formats"] == ["one right answer", "order"]


def test_the_statement_survives_json() -> None:
    statement = assessed_statement(1, 1, [Assessment("The cycle", "quiz", 1, 80, ("order",))])

    assert json.loads(json.dumps(statement)) == statement


def test_the_statement_counts_several_kinds_and_names_the_range_of_marks() -> None:
    quiz, case, paper = (
        Assessment("A", "quiz", 10, 80),
        Assessment("B", "case", 0, 75),
        Assessment("C", "assignment", 0, 70),
    )

    sentence = str(assessed_statement(29, 1, [quiz, replace(quiz, pass_percent=78), case, paper])["sentence"])

    assert sentence.startswith(
        "29 lessons on 1 learning objective. Assessed by 2 quizzes with 20 questions, each passed at 78 to 80 percent "
        "or more; 1 case, passed at 75 of 100 points or more, with no unsafe act and no critical error; "
        "1 assignment, passed at 70 percent or more, marked by a person."
    )


def test_a_course_without_assessment_says_so() -> None:
    assert "nothing was assessed" in str(assessed_statement(4, 12, [])["sentence"])
