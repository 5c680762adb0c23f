"""What the forms of accounts refuse, and what they forgive."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.services import find_by_email
from tests.crowd import at_once
from tests.factories import PASSWORD, csrf, mails, make_user, post, sign_in

NEWCOMER = {"name": "Zoë Lin", "email": "zoe@example.org", "password": PASSWORD}


def test_v17_the_present_password_is_not_guessed_on_the_page_that_changes_it(client: FlaskClient) -> None:
    sign_in(client, make_user())
    guess = {"new_password": "quite another phrase"}

    tried = [post(client, "/account/password", {"password": f"guess {n}", **guess}) for n in range(5)]
    right = post(client, "/account/password", {"password": PASSWORD, **guess})

    assert [answer.status_code for answer in (*tried, right)] == [422] * 5 + [429]


@pytest.mark.parametrize("name", ["", "   ", "\t\u00a0"])
def test_a_name_of_spaces_is_no_name_for_a_certificate(client: FlaskClient, name: str) -> None:
    registered = post(client, "/register", {**NEWCOMER, "name": name})
    sign_in(client, make_user())
    changed = post(client, "/account", {"name": name, "time_zone": "UTC", "language": "en"})

    assert (registered.status_code, changed.status_code) == (422, 422)
    assert "Enter the name for your certificate" in changed.text


def test_clicks_at_once_register_one_person_and_are_all_told_the_same(app: Flask) -> None:
    browsers = [app.test_client() for _ in range(6)]
    fields = [{**NEWCOMER, "csrf_token": csrf(browser)} for browser in browsers]

    def click(i: int) -> Any:
        answer = browsers[i].post("/register", data=fields[i])
        return answer.status_code, answer.location

    assert set(at_once(app, 6, click)) == {(303, "/mail-sent/register")}
    assert find_by_email("zoe@example.org") is not None
    assert "confirm_address" in [mail.kind for mail in mails("zoe@example.org")]
