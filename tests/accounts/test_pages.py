"""The account, as a browser without JavaScript sees it, and what a signed-in page costs."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts import services
from core.database import db, transaction
from tests.accounts.links import link_in
from tests.conftest import NOON, Clock
from tests.factories import PASSWORD, mails, make_user, opens, post, sign_in

# ---- the account


@pytest.mark.parametrize(
    "path",
    ["/account", "/account/security", "/account/privacy", "/account/password", "/account/email",
     "/account/verify", "/account/security/authenticator"],
)  # fmt: skip
def test_the_account_asks_a_visitor_to_sign_in_and_shows_itself_then(client: FlaskClient, path: str) -> None:
    asked = client.get(path)
    assert asked.status_code == 302
    assert asked.location.startswith("/login?next=%2Faccount")
    sign_in(client, make_user())
    assert client.get(path).status_code == 200


def test_the_profile_is_kept(client: FlaskClient) -> None:
    user = make_user()
    sign_in(client, user)
    post(client, "/account", {"name": "  Ada   King ", "time_zone": "Asia/Tokyo", "language": "en"})
    kept = services.find_by_email(user.email)
    assert kept
    assert (kept.name, kept.time_zone) == ("Ada King", "Asia/Tokyo")
    refused = post(client, "/account", {"name": "", "time_zone": "Mars/Olympus", "language": "en"})
    assert refused.status_code == 422
    assert "<title>Error: " in refused.text


def test_the_account_lists_where_one_is_signed_in_and_ends_all_others(
    app: Flask, client: FlaskClient
) -> None:
    user, elsewhere = make_user(), app.test_client()
    sign_in(elsewhere, user)
    sign_in(client, user)
    page = client.get("/account/security").text
    assert page.count("Last used") == 2
    assert page.count(">End<") == 1
    post(client, "/account/sign-ins/end-others")
    assert opens(client)
    assert not opens(elsewhere)


def test_the_sign_in_of_another_person_is_not_there_to_be_ended(client: FlaskClient) -> None:
    other, sign_in_id = make_user(), 0
    with transaction():
        sign_in_id = services.begin_sign_in(other.id, "", remembered=False)[0].id
    sign_in(client, make_user())
    assert post(client, f"/account/sign-ins/{sign_in_id}/end").status_code == 404


def test_a_new_address_is_confirmed_there_and_told_to_the_old_one(client: FlaskClient) -> None:
    user = make_user("old@example.org")
    sign_in(client, user)
    assert post(client, "/account/email", {"email": "new@example.org"}).location == "/mail-sent/address"
    (mail,) = mails("new@example.org")
    assert client.get(link_in(mail)).location == "/account/security?notice=address"
    assert services.find_by_email("new@example.org")
    assert [mail.kind for mail in mails("old@example.org")] == ["address_changed"]


def test_a_link_mailed_to_the_old_address_opens_nothing_after_the_change(client: FlaskClient) -> None:
    user = make_user("old@example.org")
    post(client, "/reset", {"email": "old@example.org"})
    (reset,) = mails("old@example.org")
    sign_in(client, user)
    post(client, "/account/email", {"email": "new@example.org"})
    (confirm,) = mails("new@example.org")
    client.get(link_in(confirm))
    post(client, "/logout")

    answer = client.get(link_in(reset))

    assert answer.status_code == 302
    assert "/reset" in answer.location


def test_changing_to_an_address_that_is_taken_answers_alike_and_mails_nobody(client: FlaskClient) -> None:
    taken = make_user()
    sign_in(client, make_user())
    assert post(client, "/account/email", {"email": taken.email}).location == "/mail-sent/address"
    assert mails() == []


@pytest.mark.parametrize("path", ["/account/email", "/account/security/authenticator"])
def test_a_stale_sign_in_is_proved_again_before_security_changes(
    client: FlaskClient, clock: Clock, path: str
) -> None:
    sign_in(client, make_user())
    clock(NOON + timedelta(minutes=31))
    asked = client.get(path)
    assert asked.location == "/account/verify?" + urlencode({"next": path})
    assert post(client, asked.location, {"password": "not the password"}).status_code == 422
    proved = post(client, "/account/verify", {"password": PASSWORD, "next": path})
    assert proved.location == path
    assert client.get(path).status_code == 200


def test_a_wrong_present_password_changes_nothing(client: FlaskClient) -> None:
    user = make_user()
    sign_in(client, user)
    answer = post(client, "/account/password", {"password": "no", "new_password": "quite another phrase"})
    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert mails() == []


# ---- what a signed-in page costs


def test_a_page_costs_one_query_when_it_asks_for_the_reader_and_none_when_not(app: Flask) -> None:
    from core import reads
    from core.web import ANYONE, declare, reader

    app.add_url_rule("/asks", "asks", lambda: str(reader()))
    app.add_url_rule("/asks-not", "asks_not", lambda: "nothing")
    declare(app, {"asks": ANYONE, "asks_not": ANYONE})
    client = sign_in(app.test_client(), make_user())
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    execute = reads._execute
    hot: list[str] = []
    reads._execute = lambda engine, sql, values: (hot.append(sql), execute(engine, sql, values))[1]  # type: ignore[assignment, return-value, func-returns-value]
    try:
        assert "Reader(" in client.get("/asks").text
        assert (len(hot), seen) == (1, [])
        assert client.get("/asks-not").text == "nothing"
        assert (len(hot), seen) == (1, [])
    finally:
        reads._execute = execute
