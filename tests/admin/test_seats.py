"""The seats of all teams, as the admin finds them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.admin.orders import part
from tests.factories import make_user, sign_in
from tests.teams.clinic import Clinic


@pytest.fixture
def clinic(app: Any) -> Clinic:
    """Four seats: one accepted, one invited, two free."""
    made = Clinic(app, 4)
    made.invite("ada@example.org", "bo@example.org")
    made.accept(make_user("ada@example.org", "Ada Holm"))
    return made


def listed(page: str) -> list[str]:
    """Whom each row of the list is for, and how its seat stands."""
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>.*?<span class=\"badge.*?>([A-Z][a-z]+)</span>", page)
    return [" ".join(re.sub("<.*?>", " ", who).split()) + ": " + state for who, state in rows]


ADA, BO, NOBODY = "Ada Holm ada@example.org: Accepted", "bo@example.org: Invited", "Nobody yet: Free"


FOUND = {
    "": [NOBODY, NOBODY, BO, ADA],
    "?sort=bought": [ADA, BO, NOBODY, NOBODY],
    "?state=accepted": [ADA],
    "?state=invited": [BO],
    "?state=free": [NOBODY, NOBODY],
    "?state=ended": [],
    "?q=holm": [ADA],
    "?q=BO@": [BO],
    "?q=clinic+ada": [ADA],
    "?q=clinic": [NOBODY, NOBODY, BO, ADA],
    "?q=100%25": [],
}


def test_seats_are_found_by_person_address_team_and_state(client: FlaskClient, clinic: Clinic) -> None:
    sign_in(client, make_user("", "Ida", "support"))

    assert {asked: listed(client.get(f"/admin/seats{asked}").text) for asked in FOUND} == FOUND


def test_the_file_holds_all_seats_that_were_asked_for(client: FlaskClient, clinic: Clinic) -> None:
    sign_in(client, make_user("", "Ida", "support"))
    number = clinic.orders[0].number

    lines = client.get(f"/admin/seats.csv?q={number}&state=accepted").text.splitlines()

    assert lines[0].startswith("Team,Course,Order,Seat,Invited address,Holder,State")
    (line,) = lines[1:]
    assert line.startswith(
        f"Clinic am See,{clinic.course.title},{number},1,ada@example.org,Ada Holm,Accepted,"
    )


def test_the_page_of_an_order_stands_when_several_have_taken_its_seats(
    client: FlaskClient, clinic: Clinic
) -> None:
    clinic.accept(make_user("bo@example.org"))
    sign_in(client, make_user("", "Ida", "finance"))

    assert client.get(f"/admin/orders/{clinic.orders[0].number}").status_code == 200


def test_the_page_of_the_order_says_who_bought_how_many_and_how_they_stand(
    client: FlaskClient, clinic: Clinic
) -> None:
    sign_in(client, make_user("", "Ida", "admin"))
    number = clinic.orders[0].number

    page = client.get(f"/admin/orders/{number}").text

    agreed, seats = part(page, "agreed"), part(page, "seats")
    assert '<dt>Seats</dt><dd class="num">4</dd>' in agreed
    assert clinic.orders[0].company in agreed
    assert [int(n) for n in re.findall(r'<dd class="num">(\d+)</dd>', seats)] == [2, 1, 1]
    assert f'href="/admin/seats?q={number}"' in seats
    assert "By its seats, to whoever holds one" in page


def test_finance_sees_how_seats_stand_without_a_list_that_is_closed_to_it(
    client: FlaskClient, clinic: Clinic
) -> None:
    sign_in(client, make_user("", "Finn", "finance"))

    seats = part(client.get(f"/admin/orders/{clinic.orders[0].number}").text, "seats")

    assert "Accepted" in seats
    assert "/admin/seats" not in seats
