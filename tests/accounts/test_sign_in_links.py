"""Signing in by a link in a mail."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from accounts import services
from tests.accounts.links import link_in
from tests.conftest import NOON, Clock
from tests.factories import mails, make_user, opens, post


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
