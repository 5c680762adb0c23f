"""Doors that ask for a fresh sign-in, on a form of the test's own."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import StringField

from accounts.freshness import MOST, fresh, sent_or_typed
from core.web import SIGNED_IN, allow
from tests.conftest import NOON, Clock
from tests.factories import PASSWORD, make_user, post, sign_in

LATER = NOON + timedelta(minutes=31)


class NoteForm(FlaskForm):
    note = StringField()


@pytest.fixture
def page(app: Flask, client: FlaskClient, clock: Clock) -> FlaskClient:
    """A signed-in browser, half an hour later; `/till/7` has a form, and `/till/7/press` a button of that page."""

    @allow(SIGNED_IN)
    @fresh()
    def till(number: int) -> Any:
        form = NoteForm(formdata=sent_or_typed())
        return f"sent {form.note.data}" if form.validate_on_submit() else f"typed {form.note.data}"

    @allow(SIGNED_IN)
    @fresh("till")
    def press(number: int) -> Any:
        return redirect(f"/till/{number}", 303)

    app.add_url_rule("/till/<int:number>", "till", till, methods=["GET", "POST"])
    app.add_url_rule("/till/<int:number>/press", "press", press, methods=["POST"])
    sign_in(client, make_user())
    return client


def prove(client: FlaskClient, onward: str) -> str:
    answer = post(client, "/account/verify", {"password": PASSWORD, "next": onward})
    return client.get(answer.location).text


def test_a_fresh_sign_in_goes_straight_through(page: FlaskClient) -> None:
    assert post(page, "/till/7", {"note": "half back"}).text == "sent half back"


@pytest.mark.parametrize("path", ["/till/7", "/till/7/press"])
def test_a_stale_one_proves_and_comes_back_with_what_was_typed(
    page: FlaskClient, clock: Clock, path: str
) -> None:
    clock(LATER)

    answer = post(page, path, {"note": "half back"})

    assert answer.location == "/account/verify?next=%2Ftill%2F7"
    assert prove(page, "/till/7") == "typed half back"
    assert page.get("/till/7").text == "typed None"  # It is given once.


def test_what_was_typed_comes_back_on_its_own_page_alone(page: FlaskClient, clock: Clock) -> None:
    clock(LATER)
    post(page, "/till/7", {"note": "half back"})

    assert prove(page, "/till/8") == "typed None"


def test_a_long_text_is_not_put_into_the_cookie(page: FlaskClient, clock: Clock) -> None:
    clock(LATER)
    post(page, "/till/7", {"note": "x" * MOST})

    assert prove(page, "/till/7") == "typed None"


def test_a_page_itself_may_ask_first(page: FlaskClient, clock: Clock) -> None:
    clock(LATER)

    assert page.get("/till/7?part=2").location == "/account/verify?next=%2Ftill%2F7%3Fpart%3D2"
