"""`Enroll` pressed by a visitor survives whatever stands between: each way is walked by its own pages and mails."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts import services
from core.database import db, transaction
from tests.conftest import NOON
from tests.factories import PASSWORD, mails, make_course, make_user

NEWCOMER = {"name": "Zoë Lin", "email": "zoe@example.org", "password": PASSWORD}
NEW_PASSWORD = "quite another phrase"
PAY = "/courses/paid/enroll"


@pytest.fixture(autouse=True)
def course(app: Flask) -> Any:
    return make_course("paid", title="The Paid Course", price_minor=48900)


def attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}


def submit(client: FlaskClient, page: TestResponse, action: str, **fields: str) -> TestResponse:
    """Fill in the page's form that leads to `action`, keep what it holds hidden, and press its button."""
    for tag, body in re.findall(r"<form([^>]*)>(.*?)</form>", page.text, re.DOTALL):
        form = attributes(tag)
        address = form.get("action", page.request.path)
        if urlsplit(address).path == action:
            inputs = [attributes(each) for each in re.findall(r"<input([^>]*)>", body)]
            hidden = {each["name"]: each.get("value", "") for each in inputs if each.get("type") == "hidden"}
            if form.get("method") == "post":
                return client.post(address, data=hidden | fields)
            return client.get(f"{address}?{urlencode(hidden | fields)}")
    raise AssertionError(f"no form leads to {action}")


def follow(client: FlaskClient, page: TestResponse, words: str) -> TestResponse:
    """Press the link of these words in the page's main part."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{words}</a>', page.text.partition("<main")[2])
    assert found, f"no link {words!r}"
    return client.get(unescape(found[1]))


def go_on(client: FlaskClient, answer: TestResponse) -> TestResponse:
    assert answer.status_code in (302, 303), answer.status_code
    return client.get(answer.location)


def open_mail(client: FlaskClient, to: str, kind: str) -> TestResponse:
    """Open the link of the newest mail."""
    mail = mails(to)[-1]
    assert mail.kind == kind
    found = re.search(r"https?://\S+/(?:confirm|reset|login)/\S*", mail.text)
    assert found
    return client.get(found[0].removeprefix("http://127.0.0.1:8000"))


def press_enroll(client: FlaskClient) -> TestResponse:
    """From the course's page by the last one before the payment to the registration."""
    page = follow(client, submit(client, client.get("/courses/paid"), PAY), "make one first")
    assert page.status_code == 200
    return page


def assert_one_step_from_paying(client: FlaskClient, answer: TestResponse) -> None:
    assert_at_last_page(go_on(client, answer))


def assert_at_last_page(page: TestResponse) -> None:
    assert page.request.path == PAY
    assert page.status_code == 200
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert re.findall(r"<button[^>]*>(.*?)</button>", main)[-1] == "Enroll for 489.00 USD"
    assert re.search(rf'<form[^>]* method="post" action="{PAY}"', main)


def test_through_registration_and_the_mail_opened_in_another_browser(app: Flask, client: FlaskClient) -> None:
    sent = submit(client, press_enroll(client), "/register", **NEWCOMER)
    assert sent.status_code == 303
    elsewhere = app.test_client()

    page = go_on(elsewhere, open_mail(elsewhere, "zoe@example.org", "confirm_address"))
    entered = submit(elsewhere, page, "/login", email="zoe@example.org", password=PASSWORD)

    assert_one_step_from_paying(elsewhere, entered)


def test_through_a_confirmation_link_that_the_mail_programme_opened_first(
    app: Flask, client: FlaskClient
) -> None:
    submit(client, press_enroll(client), "/register", **NEWCOMER)
    open_mail(app.test_client(), "zoe@example.org", "confirm_address")

    page = go_on(client, open_mail(client, "zoe@example.org", "confirm_address"))
    page = follow(client, page, "Back to sign in")
    entered = submit(client, page, "/login", email="zoe@example.org", password=PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_a_second_mail_when_the_first_one_did_not_come(app: Flask, client: FlaskClient) -> None:
    sent = submit(client, press_enroll(client), "/register", **NEWCOMER)
    page = follow(client, follow(client, go_on(client, sent), "Back to sign in"), "Send it again")
    submit(client, page, "/confirm", email="zoe@example.org")

    page = go_on(client, open_mail(client, "zoe@example.org", "confirm_address"))
    entered = submit(client, page, "/login", email="zoe@example.org", password=PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_a_form_that_came_back_with_errors(client: FlaskClient) -> None:
    page = submit(client, press_enroll(client), "/register", **NEWCOMER | {"password": "short"})
    assert page.status_code == 422
    submit(client, page, "/register", **NEWCOMER)

    page = go_on(client, open_mail(client, "zoe@example.org", "confirm_address"))
    entered = submit(client, page, "/login", email="zoe@example.org", password=PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_signing_in_where_there_is_an_account(client: FlaskClient) -> None:
    user = make_user()

    page = follow(client, client.get("/courses/paid"), "Sign in")
    entered = submit(client, page, "/login", email=user.email, password=PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_a_wrong_password_first(client: FlaskClient) -> None:
    user = make_user()

    page = follow(client, press_enroll(client), "Sign in")
    page = submit(client, page, "/login", email=user.email, password="wrong " + PASSWORD)
    entered = submit(client, page, "/login", email=user.email, password=PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_the_second_step(client: FlaskClient, clock: Callable[[datetime], None]) -> None:
    user, secret = make_user(), pyotp.random_base32()
    with transaction():
        found = services.find_by_email(user.email)
        assert found
        services.turn_on_second_step(found, secret)
    db.session.rollback()
    later = NOON + timedelta(minutes=2)  # The code that turned it on opens nothing more.
    clock(later)

    page = follow(client, press_enroll(client), "Sign in")
    page = go_on(client, submit(client, page, "/login", email=user.email, password=PASSWORD))
    entered = submit(client, page, "/login/code", code=pyotp.TOTP(secret).at(later))

    assert_one_step_from_paying(client, entered)


def test_through_a_link_by_mail_opened_in_another_browser(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    page = submit(client, follow(client, press_enroll(client), "Sign in"), "/login/link")
    submit(client, page, "/login/link", email=user.email)
    elsewhere = app.test_client()

    page = open_mail(elsewhere, user.email, "sign_in_link")
    entered = submit(elsewhere, page, page.request.path)

    assert_one_step_from_paying(elsewhere, entered)


def test_through_a_new_password(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    page = follow(client, follow(client, press_enroll(client), "Sign in"), r"Forgot it\?")
    submit(client, page, "/reset", email=user.email)
    elsewhere = app.test_client()

    page = open_mail(elsewhere, user.email, "reset_password")
    page = go_on(elsewhere, submit(elsewhere, page, page.request.path, password=NEW_PASSWORD))
    entered = submit(elsewhere, page, "/login", email=user.email, password=NEW_PASSWORD)

    assert_one_step_from_paying(elsewhere, entered)


def test_through_registering_with_an_address_that_has_an_account(client: FlaskClient) -> None:
    user = make_user()
    submit(client, press_enroll(client), "/register", **NEWCOMER | {"email": user.email})

    page = open_mail(client, user.email, "already_registered")
    page = go_on(client, submit(client, page, page.request.path, password=NEW_PASSWORD))
    entered = submit(client, page, "/login", email=user.email, password=NEW_PASSWORD)

    assert_one_step_from_paying(client, entered)


def test_through_a_sign_in_in_another_tab(client: FlaskClient) -> None:
    user, visited = make_user(), client.get("/courses/paid")
    submit(client, client.get("/login"), "/login", email=user.email, password=PASSWORD)

    assert_at_last_page(submit(client, visited, PAY))


def test_a_link_in_a_mail_leads_nowhere_else_than_it_was_signed_for(client: FlaskClient) -> None:
    user = make_user()
    submit(client, client.get("/reset"), "/reset", email=user.email)
    path = re.search(r"/reset/[^\s?]+", mails(user.email)[-1].text)
    assert path

    page = client.get(f"{path[0]}?next=https://evil.example")
    done = submit(client, page, path[0], password=NEW_PASSWORD)

    assert done.location == "/login?notice=reset"


def test_who_makes_an_account_on_the_way_is_told_what_comes_next(client: FlaskClient) -> None:
    words = "Afterwards you can go on with your enrollment."
    registering = client.get(f"/register?next={PAY}")
    assert words in registering.text
    assert words in go_on(client, submit(client, registering, "/register", **NEWCOMER)).text
    assert (
        "Sign in, or create an account, to go on with your enrollment."
        in client.get(f"/login?next={PAY}").text
    )
    assert words not in client.get("/register").text
    assert words not in client.get("/mail-sent/register").text


def test_only_who_comes_back_is_welcomed_back(client: FlaskClient) -> None:
    assert "<h1>Welcome back</h1>" in client.get("/login").text
    assert "<h1>Welcome</h1>" in client.get("/login?notice=confirmed").text
