"""What may be done with a seat, and what it does to access."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database import db, transaction
from core.errors import Conflict, NotFound
from courses.models import Course
from enrollment.rules import PauseReason
from enrollment.services import find_enrollment, revoke
from shop.fulfilment import fulfilment_of
from shop.models import Order, OrderKind
from teams import seats as acts
from teams import services
from teams.models import Seat, Team
from teams.rules import Freed, Share
from tests import factories
from tests.teams.clinic import Clinic


def dispute(clinic: Clinic, deed: str) -> None:
    with transaction() as session:
        found = session.get_one(Order, clinic.orders[0].id)
        getattr(fulfilment_of(found), deed)(found, PauseReason.DISPUTE)


def join_as_second(clinic: Clinic) -> Any:
    """Somebody who manages the team too."""
    person = factories.make_user()
    clinic.by_manager(services.invite_manager, person.email)
    token = factories.mails(person.email)[-1].text.split("/team/managers/join/")[1].split()[0]
    clinic.act(services.become_manager, token, person.id)
    return person


def told(person: Any) -> list[str]:
    """What a holder was written about the order of their seat."""
    return [each.kind for each in factories.mails(person.email) if each.kind.startswith("given")]


def test_who_has_another_way_in_is_not_troubled_with_the_end_of_a_seat(clinic: Clinic) -> None:
    ada = clinic.seat_somebody()
    factories.enroll(ada, clinic.course, "admin")

    dispute(clinic, "pause")
    clinic.take_back(clinic.orders[0])

    assert clinic.is_in(ada)
    assert told(ada) == []


def test_a_manager_on_a_seat_of_their_own_order_reads_of_the_order_only(clinic: Clinic) -> None:
    clinic.invite(clinic.manager.email)
    clinic.accept(clinic.manager)

    clinic.take_back(clinic.orders[0])

    assert not clinic.is_in(clinic.manager)
    assert told(clinic.manager) == []


def test_a_paid_order_makes_its_seats_once_however_often_it_is_told(clinic: Clinic) -> None:
    clinic.give(clinic.orders[0])

    assert clinic.addresses() == ["", "", ""]
    assert clinic.team().name == "Clinic am See"


def test_a_later_order_adds_to_the_team(clinic: Clinic) -> None:
    clinic.buy(2)

    assert {seat.team_id for seat in clinic.seats()} == {clinic.team().id}
    assert len(clinic.seats()) == 5


@pytest.mark.parametrize("state", ["pending", "processing", "review"])
def test_nobody_stops_managing_while_seats_that_they_ordered_may_come(clinic: Clinic, state: str) -> None:
    join_as_second(clinic)
    bought = {"kind": OrderKind.SEATS, "subject": f"seats:{clinic.course.id}", "title": "The Skin, 5 seats"}
    factories.make_order(clinic.manager, clinic.course, state, **bought)

    with pytest.raises(Conflict, match="Go when they are here"):
        clinic.act(services.stop_managing, clinic.manager.id)

    asked = factories.sign_in(clinic.app.test_client(), clinic.manager).get("/team/leave").text
    assert "You can go when the seats that you ordered are here" in asked


def test_seats_whose_money_comes_again_are_those_of_their_team(clinic: Clinic) -> None:
    join_as_second(clinic)
    clinic.take_back(clinic.orders[0])
    clinic.act(services.stop_managing, clinic.manager.id)

    clinic.give(clinic.orders[0])

    assert db.session.scalar(select(func.count()).select_from(Team)) == 1
    assert not any(seat.is_ended for seat in clinic.seats())


def test_no_more_are_invited_than_there_are_seats(clinic: Clinic) -> None:
    assert clinic.invite(*(f"p{n}@example.org" for n in range(5))) == 3
    assert clinic.invite("p9@example.org") == 0

    assert clinic.addresses() == ["p0@example.org", "p1@example.org", "p2@example.org"]


def test_an_accepted_seat_lets_its_holder_in_and_nobody_else(clinic: Clinic) -> None:
    ada, other = factories.make_user(), factories.make_user()
    clinic.invite(ada.email)

    assert clinic.accept(ada)

    assert clinic.is_in(ada)
    with pytest.raises(NotFound):
        clinic.accept(other, address=ada.email)
    assert not clinic.is_in(other)


def test_who_lacks_the_course_before_may_take_the_seat_later(clinic: Clinic) -> None:
    before, ada = factories.make_course("before"), factories.make_user()
    clinic.invite(ada.email)
    client = clinic.app.test_client()
    factories.sign_in(client, ada)
    address = f"/team/join/{clinic.link(ada.email)}"
    with transaction() as session:
        course = session.get_one(Course, clinic.course.id)
        course.requires, course.enroll_until = [before.slug], date(2020, 1, 1)

    refused = factories.post(client, address, {"shares": "nothing"})

    assert (refused.status_code, f"Complete “{before.title}” first" in refused.text) == (409, True)
    assert not clinic.is_in(ada)
    with transaction() as session:
        session.get_one(Course, clinic.course.id).requires = []
    assert factories.post(client, address, {"shares": "nothing"}).status_code == 303
    assert clinic.is_in(ada)


def test_who_is_in_already_leaves_the_seat_free(clinic: Clinic) -> None:
    ada = factories.make_user()
    factories.enroll(ada, clinic.course, "admin")
    clinic.invite(ada.email)

    assert not clinic.accept(ada)

    assert clinic.addresses() == ["", "", ""]
    assert clinic.is_in(ada)


def test_a_seat_lets_nobody_in_whom_the_school_put_out(clinic: Clinic) -> None:
    ada = clinic.seat_somebody()
    found = find_enrollment(ada.id, clinic.course.id)
    assert found is not None
    clinic.act(revoke, found.id, clinic.manager.id)
    seat = clinic.seat_of(ada)
    clinic.by_manager(acts.move, seat.id, "new@example.org")

    with pytest.raises(Conflict):
        clinic.accept(ada, address="new@example.org")


def test_a_newer_mail_makes_the_older_link_void(clinic: Clinic) -> None:
    ada = factories.make_user()
    clinic.invite("typo@example.org")
    old = clinic.link("typo@example.org")

    clinic.by_manager(acts.correct, clinic.seats()[0].id, ada.email)

    with pytest.raises(NotFound):
        clinic.act(acts.accept, old, ada.id, Share.NOTHING)
    assert clinic.accept(ada)


def test_an_invitation_is_withdrawn_until_it_is_accepted(clinic: Clinic) -> None:
    ada = factories.make_user()
    clinic.invite(ada.email, "bo@example.org")
    clinic.accept(ada)

    clinic.by_manager(acts.withdraw, clinic.seats()[1].id)
    with pytest.raises(Conflict):
        clinic.by_manager(acts.withdraw, clinic.seats()[0].id)

    assert clinic.addresses() == [ada.email, "", ""]


def test_a_moved_seat_puts_one_out_and_lets_the_other_in(clinic: Clinic) -> None:
    ada, bo = clinic.seat_somebody(steps=1), factories.make_user()

    clinic.by_manager(acts.move, clinic.seat_of(ada).id, bo.email)
    assert not clinic.is_in(ada)
    clinic.accept(bo)

    assert clinic.is_in(bo)
    assert acts.percent_of(ada.id, clinic.course.id) == 10  # What was done is kept.
    assert "seat_ended" in [each.kind for each in factories.mails(ada.email)]


def test_a_seat_that_was_used_stays(clinic: Clinic) -> None:
    ada = clinic.seat_somebody(steps=2)

    with pytest.raises(Conflict):
        clinic.by_manager(acts.move, clinic.seat_of(ada).id, "bo@example.org")

    assert clinic.is_in(ada)


@pytest.mark.parametrize(("steps", "is_free"), [(1, True), (2, False)])
def test_a_seat_that_is_left_is_free_unless_it_was_used(clinic: Clinic, steps: int, is_free: bool) -> None:
    ada = clinic.seat_somebody(Share.CERTIFICATE, steps)
    seat = clinic.seat_of(ada)

    clinic.act(acts.leave, ada.id, seat.id)

    left = clinic.seats()[0]
    assert not clinic.is_in(ada)
    assert (left.email == "", left.left_at is None, left.user_id) == (is_free, is_free, None)
    assert left.shares is Share.NOTHING


def test_a_refund_ends_all_seats_of_its_order_and_no_others(clinic: Clinic) -> None:
    ada, bo = clinic.seat_somebody(), factories.make_user()
    clinic.invite(bo.email)
    clinic.buy(1)
    link = clinic.link(bo.email)

    clinic.take_back(clinic.orders[0])

    assert not clinic.is_in(ada)
    with pytest.raises(NotFound):
        clinic.act(acts.accept, link, bo.id, Share.NOTHING)
    assert told(ada) == ["given_ended"]
    assert told(bo) == told(clinic.manager) == []
    assert [seat.is_ended for seat in clinic.seats()] == [True, True, True, False]
    assert clinic.invite("cy@example.org", "di@example.org") == 1


def test_a_refund_that_fails_gives_the_seats_back(clinic: Clinic) -> None:
    ada, bo, cy = clinic.seat_somebody(), clinic.seat_somebody(), factories.make_user()
    clinic.invite(cy.email)
    clinic.take_back(clinic.orders[0])
    clinic.buy(1)
    clinic.invite(bo.email)
    clinic.accept(bo)

    clinic.give(clinic.orders[0])

    assert clinic.is_in(ada)
    assert told(ada) == ["given_ended", "given_restored"]
    assert clinic.addresses() == [ada.email, "", "", bo.email]  # Who has another seat by now keeps that one.
    assert not any(seat.is_ended for seat in clinic.seats())
    assert clinic.seats()[2].freed is Freed.UNINVITED


def test_while_the_payment_is_disputed_seats_are_paused(clinic: Clinic) -> None:
    ada, bo = clinic.seat_somebody(), factories.make_user()
    clinic.invite(bo.email)

    dispute(clinic, "pause")
    assert not clinic.is_in(ada)
    with pytest.raises(Conflict):
        clinic.accept(bo)
    for deed, seat in (acts.correct, clinic.seats()[1]), (acts.move, clinic.seats()[0]):
        with pytest.raises(Conflict, match="until the bank has decided"):
            clinic.by_manager(deed, seat.id, "cy@example.org")
    page = factories.sign_in(clinic.app.test_client(), join_as_second(clinic)).get("/team").text
    assert f"The payment of order {clinic.orders[0].number} is disputed" in page
    assert ("3 seats: 0 free, 3 paused." in page, f"/team/invite/{clinic.course.slug}" in page) == (
        True,
        False,
    )
    dispute(clinic, "resume")

    assert clinic.is_in(ada)
    assert told(ada) == ["given_paused", "given_restored"]
    assert clinic.accept(bo)


def test_a_seat_of_another_team_is_not_there(clinic: Clinic) -> None:
    seat, other = clinic.seats()[0].id, Clinic(clinic.app)

    for deed in (acts.withdraw, acts.correct, acts.move):
        rest = () if deed is acts.withdraw else ("ada@example.org",)
        with pytest.raises(NotFound):
            other.by_manager(deed, seat, *rest)


def test_who_holds_a_seat_under_another_address_is_not_invited_to_a_second(clinic: Clinic) -> None:
    ada = factories.make_user()
    clinic.invite("work@example.org")
    clinic.accept(ada, address="work@example.org")

    assert clinic.invite(ada.email, "work@example.org") == 0
    assert db.session.scalar(select(func.count()).select_from(Seat).where(Seat.email != "")) == 1
