"""Signing in by a password: what the form answers, how long it lasts, how often it may be tried."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import servers
from tests.conftest import NOON, Clock, make_config
from tests.factories import PASSWORD, csrf, make_user, opens, post, saved_cookie, sign_in, sign_in_by_form


def words(answer: object) -> str:
    """The page without its tokens, which differ each time."""
    return re.sub(r'value="[^"]*"', "", answer.text)  # type: ignore[attr-defined]


def test_the_sign_in_form_has_the_names_of_the_contract(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert re.search(r'<label for="email">Email address</label>', page)
    assert re.search(r'<label for="password">Password</label>', page)
    assert re.search(r'<button[^>]*type="submit">Sign in</button>', page)
    assert page.count('href="/reset"') == 1


def test_a_wrong_password_and_an_unknown_address_answer_alike(client: FlaskClient) -> None:
    user = make_user()
    wrong = sign_in_by_form(client, user.email, "not the password")
    unknown = sign_in_by_form(client, "nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong) == words(unknown)
    assert "The email address or the password is not right" in wrong.text


@pytest.mark.parametrize(
    "hostile", ["https://evil.example", "//evil.example", "/\\evil.example", "\t//evil.example"]
)
def test_signing_in_never_leads_off_the_site(client: FlaskClient, hostile: str) -> None:
    user = make_user()
    assert sign_in_by_form(client, user.email, next=hostile).location == "/dashboard"


def test_a_next_in_the_address_never_leads_off_the_site(client: FlaskClient) -> None:
    user = make_user()
    token = csrf(client)
    fields = {"email": user.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/login?next=https://evil.example", data=fields).location == "/dashboard"


def test_signing_out_takes_a_post(client: FlaskClient) -> None:
    assert client.get("/logout").status_code == 405


def test_who_is_signed_in_goes_past_the_form(client: FlaskClient) -> None:
    sign_in(client, make_user())
    assert client.get("/login").location == "/dashboard"


def test_the_session_is_new_after_signing_in(client: FlaskClient) -> None:
    user = make_user()
    csrf(client)
    before = saved_cookie(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in_by_form(client, user.email)
    assert saved_cookie(client) != before
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_remembered_cookie_lasts_thirty_days_and_another_ends_with_the_browser(client: FlaskClient) -> None:
    user = make_user()
    sign_in_by_form(client, user.email)
    assert client.get_cookie("stratum").expires is None  # type: ignore[union-attr]
    post(client, "/logout")
    sign_in_by_form(client, user.email, remember="y")
    assert client.get_cookie("stratum").expires is not None  # type: ignore[union-attr]


def test_a_sign_in_in_use_is_touched_once_an_hour_and_lives_on(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    sign_in(client, user, remembered=True)
    _cookies_set(client)  # The first page puts a form token into the session.
    assert _cookies_set(client) == 0
    clock(NOON + timedelta(days=29))
    assert _cookies_set(client) == 1
    assert _cookies_set(client) == 0
    clock(NOON + timedelta(days=58))
    assert opens(client)
    clock(NOON + timedelta(days=89))
    assert not opens(client)


def test_five_wrong_passwords_a_minute_are_enough(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    for _ in range(5):
        assert sign_in_by_form(client, user.email, "not the password").status_code == 422
    assert sign_in_by_form(client, user.email).status_code == 429
    assert not opens(client)


def test_signing_in_rightly_uses_up_no_limit(app: Flask) -> None:
    user = make_user()
    for _ in range(7):
        assert sign_in_by_form(app.test_client(), user.email).status_code == 302


def test_limits_hold_for_an_account_from_many_places(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    for place in range(5):
        _try_from(client, user.email, f"192.0.2.{place}")
    assert _try_from(client, user.email, "192.0.2.99") == 429
    assert _try_from(client, "someone@example.org", "192.0.2.99") == 422


def test_with_redis_gone_the_limits_hold_in_memory(
    tmp_path: Path, workshop: Path, sqlite_template: Path, clock: Clock
) -> None:
    from app import create_app

    (tmp_path / "stratum.db").write_bytes(sqlite_template.read_bytes())
    folder = workshop / "gone"
    folder.mkdir()
    with servers.redis(folder) as address:
        app = create_app(
            make_config(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'stratum.db'}", REDIS_URL=address)
        )
        assert _try_from(app.test_client(), "a@example.org", "192.0.2.1") == 422
    codes = [_try_from(app.test_client(), "a@example.org", "192.0.2.1") for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_programs_get_the_pages_of_people_and_no_token(client: FlaskClient) -> None:
    user = make_user()
    fields = {"email": user.email, "password": PASSWORD}
    headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
    answer = client.post("/login", json=fields, headers=headers)
    assert answer.mimetype == "text/html"
    assert "authentication_token" not in answer.text


def _cookies_set(client: FlaskClient) -> int:
    return len(client.get("/account").headers.getlist("Set-Cookie"))


def _try_from(client: FlaskClient, email: str, place: str) -> int:
    fields = {"email": email, "password": "not the password", "csrf_token": csrf(client)}
    return client.post("/login", data=fields, environ_base={"REMOTE_ADDR": place}).status_code
