"""Who may bring in what: an owner what is of their courses, and what is new to the school."""

import pytest

from publishing.bundle import BIBLIOGRAPHY
from publishing.three_way import Sides, compare, held
from studio.transfer.rules import LEGAL, NOT_YOURS, PRICE, SCHOOLS, STEPS, Bringer, refusal
from tests.publishing.sample import sample

COURSE = "courses/barriers/course.md"
LESSON = "courses/barriers/lessons/bricks.md"
TEXT = sample()[COURSE].decode()
BIB = "@book{a,\n  year = {1}\n}\n"
OWNER = Bringer(is_admin=False, owned=frozenset({"barriers"}), may_price=False)
CHANGES = [
    (LESSON, "a", "b", ""),
    (LESSON, None, "b", ""),
    (LESSON, "a", None, ""),
    ("courses/other/lessons/a.md", "a", "b", NOT_YOURS),
    ("courses/new/course.md", None, TEXT, NOT_YOURS),
    ("courses/other/lessons/a.md", "a", "a", ""),
    ("media/new.md", None, "b", ""),
    ("authors/ada.md", "a", "b", SCHOOLS),
    ("authors/ada.md", None, "b", ""),
    ("legal/terms/2027-01-01.md", None, "b", LEGAL),
    (BIBLIOGRAPHY, BIB, BIB + BIB.replace("{a,", "{b,"), ""),
    (BIBLIOGRAPHY, BIB, BIB.replace("1", "2"), SCHOOLS),
    (COURSE, TEXT, TEXT.replace("subtitle: Walls", "subtitle: Doors"), ""),
    (COURSE, TEXT, TEXT.replace("12.50", "0.00"), PRICE),
    (COURSE, TEXT, TEXT.replace("currency: EUR", "currency: EUR\nprices:\n  USD: '1'"), PRICE),
    (COURSE, TEXT, TEXT.replace("- lessons/bricks", "- other/lessons/bricks"), STEPS),
]


@pytest.mark.parametrize(("path", "before", "after", "why"), CHANGES)
def test_an_owner_changes_their_course_and_nothing_of_others(
    path: str, before: str | None, after: str | None, why: str
) -> None:
    stood, brought = (None if text is None else held(text.encode()) for text in (before, after))
    change = compare(path, Sides(stood, stood, brought), is_part=True)
    assert refusal(change, OWNER) == why
    assert refusal(change, Bringer(is_admin=True, owned=frozenset(), may_price=True)) == ""


def test_who_has_the_permission_may_change_the_price() -> None:
    text, cheap = held(TEXT.encode()), held(TEXT.replace("12.50", "0.00").encode())
    change = compare(COURSE, Sides(text, text, cheap), is_part=True)
    assert refusal(change, Bringer(is_admin=False, owned=frozenset({"barriers"}), may_price=True)) == ""
