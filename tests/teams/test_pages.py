"""The pages of a team: the manager's board, the way of an invitation, one's own seats."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.database import transaction
from core.outbox import MailState, OutboxMail
from enrollment.rules import PauseReason
from shop.fulfilment import fulfilment_of
from shop.models import Order, OrderKind
from teams import seats as acts
from teams import services
from teams.forms import InviteForm
from teams.rules import Share, read_invitations
from tests import factories
from tests.counting import statements
from tests.teams.clinic import Clinic


def browser(clinic: Clinic, person: Any) -> FlaskClient:
    return factories.sign_in(clinic.app.test_client(), person)


def test_the_board_shows_what_is_shared_and_costs_few_queries(clinic: Clinic) -> None:
    clinic.buy(2)
    open_one = clinic.seat_somebody(Share.CERTIFICATE, steps=10)
    closed_one = clinic.seat_somebody(Share.NOTHING, steps=5)
    clinic.invite("late@example.org")
    client = browser(clinic, clinic.manager)

    with statements() as ran:
        page = client.get("/team").text

    assert "5 seats: 2 free, 1 invited, 1 accepted, 1 done" in page
    assert "100 %" in page
    assert "without end" in page
    assert "50 %" not in page
    assert len(ran) <= 16, len(ran)
    lines = client.get("/team/seats.csv").text.splitlines()
    assert f"{open_one.email},{open_one.name},done,100,without end" in lines[1]
    assert f"{closed_one.email},,accepted,," in lines[2]


def test_the_board_says_where_each_seat_that_was_bought_is(clinic: Clinic) -> None:
    clinic.buy(1)
    ended, gone = clinic.orders.pop(0), clinic.seat_somebody(Share.PROGRESS)
    clinic.take_back(ended)
    lost, other = factories.make_user(), clinic.seat_somebody()
    clinic.act(acts.leave, other.id, clinic.seat_of(other).id)
    clinic.invite(lost.email)
    with transaction() as session:
        session.execute(update(OutboxMail).filter_by(to_address=lost.email).values(state=MailState.DEAD))
    awaited = factories.make_order(
        clinic.manager, clinic.course, "processing", kind=OrderKind.SEATS, subject=f"seats:{clinic.course.id}",
        quantity=5, by_transfer=True, title="The Skin, 5 seats",
    )  # fmt: skip

    page = browser(clinic, clinic.manager).get("/team").text

    assert "1 seat: 0 free, 1 invited. 3 more ended: their money went back." in page
    assert gone.name not in page
    assert page.count("Its money went back.") == 1
    assert f"The mail could not be delivered: correct the address. {other.email} left it." in page
    assert "when the bank transfer has arrived" in page
    assert f'href="{awaited.url}"' in page
    assert "Seats of Clinic am See" in browser(clinic, clinic.manager).get("/dashboard").text


def test_a_list_is_looked_through_before_anybody_is_invited(clinic: Clinic) -> None:
    client, address = browser(clinic, clinic.manager), f"/team/invite/{clinic.course.slug}"
    file = (BytesIO(b"name,email\nBo,bo@example.org\nNobody,\n"), "people.csv")

    looked = factories.post(client, address, {"addresses": "ada@example.org", "file": file})
    assert "2 of 4 will be invited" in looked.text
    assert clinic.addresses() == ["", "", ""]
    sent = factories.post(client, address, {"addresses": "ada@example.org\nbo@example.org", "confirm": "1"})

    assert sent.status_code == 303
    assert clinic.addresses() == ["ada@example.org", "bo@example.org", ""]
    factories.post(client, address, {"addresses": "cy@example.org\ndi@example.org", "confirm": "1"})
    assert "Not invited: di@example.org (no seat is left)." in client.get("/team").text


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        (b"a@example.org\n" * 7200, "This list is too long"),
        ("a@example.org\n".encode("utf-16"), "Save it as CSV (UTF-8)"),
        (b"PK\x03\x04\x14\x00\x06", "Save it as CSV (UTF-8)"),
        (b"\xef\xbb\xbf \r\n", "There is nothing in this file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(app: Flask, brought: bytes, said: str) -> None:
    data = {"file": (BytesIO(brought), "people.csv")}
    with app.test_request_context(method="POST", data=data):
        form = InviteForm(meta={"csrf": False})

        assert not form.validate()
        assert said in form.file.errors[0]


def test_lines_of_a_file_have_the_numbers_of_the_file(app: Flask) -> None:
    data = {"file": (BytesIO(b"\xef\xbb\xbfEmail\r\nada@example.org\r\n"), "people.csv")}
    with app.test_request_context(method="POST", data=data):
        form = InviteForm(meta={"csrf": False})

        assert form.validate()
        assert [each.line for each in read_invitations(form.text, frozenset(), 1)] == [2]


def test_an_invitation_leads_a_stranger_to_register_and_its_button_takes_the_seat(clinic: Clinic) -> None:
    ada = factories.make_user()
    clinic.invite("ada@work.example")
    here = f"/team/join/{clinic.link('ada@work.example')}"

    stranger = clinic.app.test_client().get(here).text
    assert "/register?next=" in stranger
    client = browser(clinic, ada)
    assert f"You are signed in as {ada.email}" in client.get(here).text
    unsure = factories.post(client, here, {"shares": "progress"})
    assert (unsure.status_code, "Tick this box" in unsure.text) == (422, True)
    assert not clinic.is_in(ada)
    taken = factories.post(client, here, {"shares": "progress", "anyway": "y"})

    assert taken.location == f"/learn/{clinic.course.slug}"
    assert clinic.seat_of(ada).shares is Share.PROGRESS
    assert client.get(here).location == f"/learn/{clinic.course.slug}"
    manager = browser(clinic, clinic.manager)
    assert manager.get(here).status_code == 404
    assert "Taken with an account of another address." in manager.get("/team").text


def test_an_invitation_is_declined_by_its_link(clinic: Clinic) -> None:
    clinic.invite("ada@work.example")
    here, stranger = f"/team/join/{clinic.link('ada@work.example')}", clinic.app.test_client()

    assert "You declined the seat" in factories.post(stranger, f"{here}/decline").text

    assert stranger.get(here).status_code == 404
    assert clinic.addresses() == ["", "", ""]
    assert "ada@work.example did not take it." in browser(clinic, clinic.manager).get("/team").text


def test_a_paused_seat_says_so_to_its_holder(clinic: Clinic) -> None:
    ada = clinic.seat_somebody()
    with transaction() as session:
        order = session.get_one(Order, clinic.orders[0].id)
        fulfilment_of(order).pause(order, PauseReason.DISPUTE)

    assert "This seat is paused:" in browser(clinic, ada).get("/account/teams").text


def test_the_holder_changes_what_is_seen_and_leaves(clinic: Clinic) -> None:
    ada = clinic.seat_somebody()
    client, seat = browser(clinic, ada), clinic.seat_of(ada).id

    factories.post(client, f"/account/teams/{seat}", {f"seat-{seat}-shares": "certificate"})
    assert clinic.seat_of(ada).shares is Share.CERTIFICATE
    assert "Clinic am See" in client.get("/account/teams").text
    asked = client.get(f"/account/teams/{seat}/leave").text
    assert ("The course closes to you" in asked, clinic.is_in(ada)) == (True, True)
    factories.post(client, f"/account/teams/{seat}/leave")

    assert not clinic.is_in(ada)


def test_a_seat_that_cannot_move_says_why(clinic: Clinic) -> None:
    ada = clinic.seat_somebody(steps=3)
    client, seat = browser(clinic, clinic.manager), clinic.seat_of(ada).id

    refused = factories.post(client, f"/team/seats/{seat}/move", {"email": "bo@example.org"})

    assert refused.status_code == 409
    assert "A fifth of the course or more was done" in refused.text


def test_a_second_manager_is_invited_and_the_last_one_stays(clinic: Clinic) -> None:
    second, client = factories.make_user(), browser(clinic, clinic.manager)
    assert factories.post(client, "/team/leave").status_code == 409
    assert "only manager" in client.get("/team/leave").text

    factories.post(client, "/team/managers", {"email": second.email})
    (mail,) = factories.mails(second.email)
    token = mail.text.split("/team/managers/join/")[1].split()[0]
    assert "You manage a team already" in client.get(f"/team/managers/join/{token}").text
    taken = factories.post(browser(clinic, second), f"/team/managers/join/{token}")
    again = factories.post(client, "/team/managers", {"email": second.email})
    assert (again.status_code, "This person manages the team already" in again.text) == (409, True)

    assert taken.location == "/team"
    assert f"{second.email} manages the team alone" in client.get("/team/leave").text
    assert factories.post(client, "/team/leave").status_code == 303
    assert client.get("/team").status_code == 404
    bought = client.get(clinic.orders[0].url).text
    assert ("This order is paid" in bought, "Go to my team" in bought) == (True, False)
    found = services.find_team(second.id)
    assert found is not None
    assert [each.email for each in services.managers_of(found.id)] == [second.email]
