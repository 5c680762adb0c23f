"""Signing in by a link in a mail."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from accounts import services
from core.database import transaction
from tests.accounts.links import link_in
from tests.conftest import NOON, Clock
from tests.factories import mails, make_user, opens, post, sign_in, sign_in_by_form
from tests.factories.rows import detached


def test_a_sign_in_link_opens_by_its_button_once(app: Flask, client: FlaskClient) -> None:
    user = make_user(confirmed=False)
    asked = post(client, "/login/link", {"email": user.email, "next": "/courses/x"})
    assert asked.location == "/mail-sent/link?next=/courses/x"
    path = link_in(mails(user.email)[0])

    scanner = app.test_client()
    assert scanner.get(path).status_code == 200
    assert not opens(scanner)

    assert post(client, path).location == "/courses/x"
    assert opens(client)
    assert post(app.test_client(), path).location == "/login?notice=stale"


def test_a_sign_in_link_lives_fifteen_minutes(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    post(client, "/login/link", {"email": user.email})
    path = link_in(mails(user.email)[0])
    clock(NOON + timedelta(minutes=16))
    assert post(client, path).location == "/login?notice=stale"
    assert client.get("/login/link/forged").location == "/login?notice=stale"


def test_a_sign_in_link_dies_with_the_password(client: FlaskClient) -> None:
    user = make_user()
    post(client, "/login/link", {"email": user.email})
    path = link_in(mails(user.email)[0])
    post(client, services.reset_path(user), {"password": "quite another phrase"})
    assert post(client, path).location == "/login?notice=stale"


def test_asking_for_a_link_answers_alike(client: FlaskClient) -> None:
    user = make_user()
    known = post(client, "/login/link", {"email": user.email})
    unknown = post(client, "/login/link", {"email": "nobody@example.org"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert [mail.to_address for mail in mails()] == [user.email]


def test_a_link_to_an_unconfirmed_address_drops_the_password_of_whoever_registered_it(
    app: Flask, client: FlaskClient
) -> None:
    user = make_user(confirmed=False)
    stranger = sign_in(app.test_client(), user)
    post(client, "/login/link", {"email": user.email})

    answer = post(client, link_in(mails(user.email)[0]))

    assert "no longer works" in client.get(answer.location).text
    assert not opens(stranger)
    refused = sign_in_by_form(stranger, user.email)
    assert (refused.status_code, opens(stranger)) == (422, False)


def test_a_confirmed_account_keeps_its_password(client: FlaskClient) -> None:
    user = make_user()
    post(client, "/login/link", {"email": user.email})
    post(client, link_in(mails(user.email)[0]))

    assert services.has_password(user.id)


def test_who_has_no_password_sets_one_after_a_fresh_sign_in(client: FlaskClient, clock: Clock) -> None:
    user = without_password()
    sign_in(client, user)
    assert "Password now" not in client.get("/account/password").text
    clock(NOON + timedelta(minutes=31))
    assert client.get("/account/password").location == "/account/verify?next=%2Faccount%2Fpassword"
    assert post(client, "/account/verify", {"password": ""}).status_code == 422
    assert post(client, "/account/verify", {"password": "any guess"}).status_code == 422

    post(client, "/login/link", {"email": user.email, "next": "/account/password"})
    onward = post(client, link_in(mails(user.email)[0])).location
    changed = post(client, onward, {"new_password": "quite another phrase"})

    assert changed.location == "/account/security?notice=changed"
    assert services.has_password(user.id)


def without_password() -> Any:
    with transaction():
        user = services.create_user("link@example.org", "Lin Link")
    return detached(user)
