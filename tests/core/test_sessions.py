"""Sessions: a remembered signature opens nothing that the cookie itself would not open."""

from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from core.web import ANYONE, allow


@pytest.fixture
def shop(app: Flask) -> FlaskClient:
    """A client of an app that keeps a basket in the session."""

    @app.get("/-/add/<thing>")
    @allow(ANYONE)
    def add(thing: str) -> list[str]:
        session["basket"] = [*session.get("basket", []), thing]
        return list(session["basket"])

    @app.get("/-/look")
    @allow(ANYONE)
    def look() -> list[str]:
        return list(session.get("basket", []))

    @app.get("/-/spoil")
    @allow(ANYONE)
    def spoil() -> list[str]:
        session.get("basket", []).append("not said to be kept")
        return list(session.get("basket", []))

    return app.test_client()


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("stratum")
    assert cookie is not None
    return cookie.value


def test_a_session_is_read_back(shop: FlaskClient) -> None:
    shop.get("/-/add/pen")
    shop.get("/-/add/ink")

    assert [shop.get("/-/look").json for _ in range(2)] == [["pen", "ink"]] * 2


def test_what_one_request_does_to_its_session_the_next_does_not_see(shop: FlaskClient) -> None:
    shop.get("/-/add/pen")

    assert shop.get("/-/spoil").json == ["pen", "not said to be kept"]
    assert shop.get("/-/spoil").json == ["pen", "not said to be kept"]
    assert shop.get("/-/look").json == ["pen"]


def test_a_changed_cookie_opens_nothing_though_the_true_one_was_just_seen(shop: FlaskClient) -> None:
    shop.get("/-/add/pen")
    shop.get("/-/look")
    true = cookie_of(shop)

    shop.set_cookie("stratum", true[:-2] + ("AA" if true[-2:] != "AA" else "BB"))

    assert shop.get("/-/look").json == []


def test_a_remembered_cookie_still_grows_too_old(shop: FlaskClient, app: Flask) -> None:
    shop.get("/-/add/pen")
    assert shop.get("/-/look").json == ["pen"]

    app.permanent_session_lifetime = timedelta(seconds=-1)

    assert shop.get("/-/look").json == []


def test_a_cookie_of_another_secret_opens_nothing(shop: FlaskClient, app: Flask) -> None:
    shop.get("/-/add/pen")
    shop.get("/-/look")

    app.secret_key = "another-secret-0123456789-abcdefghijklmnop"
    app.extensions.pop("session_signer")

    assert shop.get("/-/look").json == []


def test_a_session_that_was_only_read_is_not_sent_again(shop: FlaskClient) -> None:
    shop.get("/-/add/pen")

    answer = shop.get("/-/look")

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Cookie"
