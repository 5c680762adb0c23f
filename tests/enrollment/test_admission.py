"""Who may enroll: a table of windows and prerequisites, and that every way in asks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from core.errors import Conflict
from core.money import Money
from enrollment.admission.rules import hindrances, sentence
from enrollment.admission.windows import Hindrance, Window, window_of_days
from enrollment.services import is_enrolled
from shop.legal import Accepted
from shop.models import OrderKind
from shop.offers import Line, Offer
from shop.orders import Buyer, place
from tests.conftest import NOON, Clock
from tests.factories import complete, enroll, make_course, make_user, post, sign_in, steps_of

H = Hindrance
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("window", "missing", "must_choose", "expected"),
    [
        (Window(), [], False, ()),
        (Window(NOON, NOON + SECOND), [], False, ()),
        (Window(NOON + SECOND), [], False, (H.NOT_OPEN_YET,)),
        (Window(None, NOON), [], False, (H.CLOSED,)),
        (Window(), ["skin"], False, (H.PREREQUISITES,)),
        (Window(), [], True, (H.CHOOSE_GROUP,)),
        (Window(None, NOON), ["skin"], True, (H.CLOSED, H.PREREQUISITES, H.CHOOSE_GROUP)),
    ],
)
def test_the_table_of_who_may_enroll(
    window: Window, missing: list[str], must_choose: bool, expected: tuple[Hindrance, ...]
) -> None:
    assert hindrances(window, missing, must_choose, NOON) == expected
    # A gift and a seat were paid for: that the course takes nobody new is no matter any more.
    still = tuple(each for each in expected if each is not H.CLOSED)
    assert hindrances(window, missing, must_choose, NOON, is_paid=True) == still


def test_both_days_of_a_window_are_whole_days_by_the_schools_clock() -> None:
    window = window_of_days(date(2026, 12, 1), date(2026, 12, 2), ZoneInfo("Europe/Berlin"))

    assert window == Window(datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 2, 23, tzinfo=UTC))


def test_the_missing_courses_are_named() -> None:
    said = sentence(H.PREREQUISITES, ["One", "Two", "Three"], "")

    assert said == "Complete “One”, “Two” and “Three” first: this course builds on it."


def test_a_course_that_builds_on_another_leads_to_it_first(client: FlaskClient, app: Flask) -> None:
    first, second = make_course("first", title="First"), make_course("second", requires=["first", "gone"])
    person = make_user()
    sign_in(client, person)

    page = client.get("/courses/second").text
    refused = post(client, "/courses/second/enroll")

    assert "Complete “First” first" in page
    assert '<a href="/courses/first">First</a>' in page
    assert "Start free" not in page
    assert refused.location == "/courses/second"
    assert not is_enrolled(person.id, second.id)
    enroll(person, first)
    complete(person, *steps_of(first))
    assert "Start free" in client.get("/courses/second").text
    post(client, "/courses/second/enroll")
    assert is_enrolled(person.id, second.id)


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 20)])
def test_outside_its_days_a_course_takes_nobody_and_keeps_who_is_in(
    client: FlaskClient, clock: Clock, day: date
) -> None:
    limit = {"enroll_from": day} if day > NOON.date() else {"enroll_until": day}
    course = make_course("window", price_minor=100, **limit)
    member, person = make_user(), make_user()
    enroll(member, course, "order")
    sign_in(client, person)

    assert client.get("/courses/window/enroll").location == "/courses/window"
    assert post(client, "/courses/window/enroll").location == "/courses/window"
    assert is_enrolled(member.id, course.id)


def offer_of(*courses: Any) -> Offer:
    lines = tuple(Line(each.id, each.title, Money(100, "USD")) for each in courses)
    return Offer(OrderKind.OWN, "course:1", "Both", lines)


def test_no_order_is_made_for_who_may_not_enroll(app: Flask) -> None:
    first = make_course("first", title="First")
    second = make_course("second", requires=["first"], price_minor=100)
    person = make_user()
    buyer = Buyer(person.id, person.email)

    with pytest.raises(Conflict, match="Complete “First” first"), transaction():
        place(buyer, offer_of(second), Accepted("1", "1"), False)
    with transaction():  # Who takes both together is not sent away.
        assert place(buyer, offer_of(first, second), Accepted("1", "1"), False).id


@pytest.mark.parametrize("kind", [OrderKind.SEATS, OrderKind.GIFT])
@pytest.mark.parametrize(
    ("until", "is_sold"), [(NOON.date(), True), (NOON.date() - timedelta(days=1), False)]
)
def test_a_course_that_takes_nobody_new_is_not_sold_for_others_either(
    app: Flask, clock: Clock, kind: OrderKind, until: date, is_sold: bool
) -> None:
    buyer, course = make_user(), make_course(price_minor=4900, enroll_until=until)
    offer = Offer(kind, "for-others", "For others", (Line(course.id, "A course", Money(4900, "USD")),))

    def order() -> None:
        with transaction():
            place(Buyer(buyer.id, buyer.email), offer, Accepted("2026-11-21", "2026-11-21"), livemode=False)

    if is_sold:
        order()
    else:
        with pytest.raises(Conflict, match="no new learners"):
            order()
