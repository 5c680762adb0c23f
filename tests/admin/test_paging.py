"""Pages of long lists by key: each row once, whichever way they are walked and however many there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from accounts.models import User
from accounts.rules import search_words
from admin import paging
from admin.listing import Listing
from admin.paging import Page, Term, find_page, values_of
from admin.people import PEOPLE
from core.audit import AuditEntry, record
from core.database import db, transaction
from tests.factories import make_user

NAMES = ("Bea", "ada", "Ada", "Åsa", "Cem", "Ada", "Bea", "Zoë", "Ada")
COMMON = Term(User.email.like("%@example.org"), select(User.id))
SOME = Term(User.name_key == "ada", select(User.id).where(User.name_key == "ada"))


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nine people, some of one name, on pages of two."""
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    for number, name in enumerate(NAMES):
        make_user(f"{number}@example.org", name)
    with app.test_request_context():
        yield


def asked(sort: str = "name", **place: Any) -> Listing:
    return Listing("admin_people.index", "", {}, sort, 1, "-joined", **place)


def walked(sort: str, terms: tuple[Term, ...], *, back: bool = False) -> list[int]:
    """The ids of all pages, from the first to the last by the buttons, or from there back to the first."""
    page, found = find_page(PEOPLE, asked(sort), terms), []
    while (url := page.next_url) is not None:
        found += page.ids
        page = follow(sort, url, terms)
    if not back:
        return found + page.ids
    found = page.ids
    while (url := page.previous_url) is not None:
        page = follow(sort, url, terms)
        found = page.ids + found
    return found


def follow(sort: str, url: str, terms: tuple[Term, ...]) -> Page:
    name, _, number = url.rpartition("?")[2].split("&")[-1].partition("=")
    return find_page(PEOPLE, asked(sort, **{name: number}), terms)


@pytest.mark.parametrize("enough", [2, 1000], ids=["of many", "of few"])
def test_every_row_is_on_one_page_in_its_order(
    people: None, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    monkeypatch.setattr(paging, "ENOUGH", enough)
    everybody = [(user.id, user) for user in db.session.scalars(select(User))]
    for sort, key in (("name", "name_key"), ("email", "email"), ("joined", "created_at")):
        for terms in ((), (COMMON,), (COMMON, SOME)):
            wanted = [number for number, user in everybody if SOME not in terms or user.name_key == "ada"]
            upward = sorted(wanted, key=lambda number: (getattr(dict(everybody)[number], key), number))
            for way, right in ((sort, upward), (f"-{sort}", upward[::-1])):
                assert walked(way, terms) == right
                assert sorted(walked(way, terms, back=True)) == sorted(right)


@pytest.mark.parametrize("cursor", ["999999", "nonsense", "-1", "9" * 30, "²"])
def test_an_address_that_names_no_row_is_the_first_page(people: None, cursor: str) -> None:
    first = find_page(PEOPLE, asked())

    assert find_page(PEOPLE, asked(after=cursor)) == first
    assert find_page(PEOPLE, asked(before=cursor)) == first


def test_what_stands_before_the_second_page_is_a_whole_first_page(people: None) -> None:
    first = find_page(PEOPLE, asked())

    assert find_page(PEOPLE, asked(before=str(first.ids[1]))).ids == first.ids


def test_rows_are_counted_no_further_than_needed(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(find_page(PEOPLE, asked()).count) == "9"
    monkeypatch.setattr(paging, "ENOUGH", 5)

    assert str(find_page(PEOPLE, asked()).count) == "More than 5"
    assert str(find_page(PEOPLE, asked(), (SOME,)).count) == "4"


def test_the_values_of_a_column_are_found_once_each(app: Flask) -> None:
    assert values_of(AuditEntry.action) == []
    with transaction():
        for action in ("b.b", "a.a", "b.b", "c.c"):
            record(action, "x")

    assert values_of(AuditEntry.action) == ["a.a", "b.b", "c.c"]


@pytest.mark.parametrize(
    ("name", "word", "is_found"),
    [
        ("Sofía Márquez-Peña", "marq", True), ("Sofía Márquez-Peña", "PEÑA", True), ("Hans Ørsted", "ørs", True),
        ("Mary O'Brien", "o'br", True), ("Mary O'Brien", "brien", True), ("Mary O'Brien", "rien", False),
        ("", "ines@du", True), ("", "duarte.ex", True), ("", "example", True), ("", "%", False),
    ],
)  # fmt: skip
def test_a_search_means_the_beginning_of_a_word(name: str, word: str, is_found: bool) -> None:
    from accounts.rules import folded

    words = search_words(name, "ines@duarte.example")

    assert any(each.startswith(folded(word)) for each in words) is is_found


def test_a_changed_name_is_found_and_the_old_one_is_not(app: Flask) -> None:
    from accounts.models import PersonWord

    person = make_user("ada@example.org", "Ada Before")
    with transaction():
        db.session.get_one(User, person.id).name = "Ada After"

    words = set(db.session.scalars(select(PersonWord.word)))
    assert {"after", "ada@example.org"} <= words
    assert "before" not in words


def test_a_long_name_in_few_signs_fits_its_key(app: Flask) -> None:
    assert len(make_user("ada@example.org", "\ufdfa" * 120).name_key) == 120


NARROWED = (
    "/admin/enrollments?state=active", "/admin/enrollments?course=first", "/admin/orders?state=refunded",
    "/admin/payments?kind=refund", "/admin/refunds?state=succeeded", "/admin/refund-requests?state=approved",
    "/admin/seats?state=free", "/admin/seats?course=first", "/admin/mail?state=dead",
    "/admin/audit?action=order.read", "/admin/events?kind=charge.refunded",
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL would sort so few rows.
@pytest.mark.parametrize("path", NARROWED)
def test_a_long_list_however_narrowed_is_read_in_the_order_of_an_index(
    client: FlaskClient, admin: Any, course: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(paging, "ENOUGH", -1)  # What is asked holds for more rows than are sorted.
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr(paging.Walk, "rows", _noting(sent))

    assert client.get(path).status_code == 200
    assert sent
    for statement, values in sent:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        assert not [row for row in plan if "TEMP B-TREE" in row[3]], statement


def _noting(sent: list[tuple[str, Any]]) -> Any:
    """Walk.rows, which writes down what it sends."""
    rows = paging.Walk.rows

    def noting(walk: paging.Walk, *args: Any, **kwargs: Any) -> Any:
        def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            sent.append((statement, values))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            return rows(walk, *args, **kwargs)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return noting
