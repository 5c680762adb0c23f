"""Signing in and the account, as a browser without JavaScript sees them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts import services
from core.database import db, transaction
from tests import servers
from tests.conftest import NOON, make_config
from tests.factories import (
    PASSWORD,
    csrf,
    mails,
    make_user,
    opens,
    post,
    saved_cookie,
    sign_in,
    sign_in_by_form,
)

Clock = Callable[[datetime], None]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEWCOMER = {"name": "Zo\u00eb Lin", "email": "zoe@example.org", "password": "correct horse battery"}


def link_in(mail: object) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://\S+/(?:confirm|reset|login|account)\S*", mail.text)  # type: ignore[attr-defined]
    assert found, mail.text  # type: ignore[attr-defined]
    parts = urlsplit(found.group(0))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def words(answer: object) -> str:
    """The page without its tokens, which differ each time."""
    return re.sub(r'value="[^"]*"', "", answer.text)  # type: ignore[attr-defined]


# ---- register and confirm


def test_a_stranger_registers_confirms_and_comes_back_to_where_they_were(client: FlaskClient) -> None:
    page = client.get("/register?next=/courses/x").text
    assert 'value="/courses/x"' in page

    answer = post(client, "/register", {**NEWCOMER, "next": "/courses/x"})
    assert (answer.status_code, answer.location) == (303, "/mail-sent/register?next=/courses/x")
    assert "/demo/mail" in client.get(answer.location).text
    (mail,) = mails("zoe@example.org")
    assert mail.kind == "confirm_address"

    confirmed = client.get(link_in(mail))
    assert confirmed.location == "/login?notice=confirmed&next=%2Fcourses%2Fx"
    assert "confirmed" in client.get(confirmed.location).text
    entered = sign_in_by_form(client, "ZOE@example.org", next="/courses/x")
    assert (entered.status_code, entered.location) == (302, "/courses/x")
    assert opens(client)


def test_a_confirmation_link_leads_nowhere_else_than_it_was_signed_for(client: FlaskClient) -> None:
    post(client, "/register", NEWCOMER)
    path = link_in(mails("zoe@example.org")[0]).partition("?")[0]
    assert client.get(f"{path}?next=/elsewhere").location == "/login?notice=confirmed"
    assert client.get(path).location == "/confirm?notice=stale"


def test_before_confirming_nobody_gets_in_and_is_told_why(client: FlaskClient) -> None:
    user = make_user(confirmed=False)
    answer = sign_in_by_form(client, user.email)
    assert answer.status_code == 422
    assert "Confirm your email address first" in answer.text
    assert not opens(client)


def test_registering_answers_alike_for_a_known_address(client: FlaskClient) -> None:
    user = make_user()
    known = post(client, "/register", {**NEWCOMER, "email": user.email})
    unknown = post(client, "/register", NEWCOMER)
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    (mail,) = mails(user.email)
    assert mail.kind == "already_registered"


def test_registering_publishes_a_learner_with_their_name(client: FlaskClient) -> None:
    post(client, "/register", NEWCOMER)
    user = services.find_by_email("zoe@example.org")
    assert user
    assert (user.name, user.role_words, user.confirmed_at) == ("Zo\u00eb Lin", {"learner"}, None)


def test_a_refused_form_says_what_is_wrong_and_keeps_the_answers(client: FlaskClient) -> None:
    answer = post(client, "/register", {"name": "", "email": "zoe", "password": "short"})
    assert answer.status_code == 422
    assert "<title>Error: Create your account" in answer.text
    assert 'role="alert"' in answer.text
    assert "Enter an email address with an @" in answer.text
    assert "at least 10 characters" in answer.text
    assert 'value="zoe"' in answer.text
    assert "short" not in answer.text
    assert mails() == []


# ---- sign in


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


# ---- reset


def test_reset_answers_alike_and_mails_only_those_there_are(client: FlaskClient) -> None:
    user = make_user()
    known = post(client, "/reset", {"email": user.email})
    unknown = post(client, "/reset", {"email": "nobody@example.org"})
    assert (
        (known.status_code, known.location)
        == (unknown.status_code, unknown.location)
        == (303, "/mail-sent/reset")
    )
    assert [mail.to_address for mail in mails()] == [user.email]


def test_a_reset_link_sets_a_password_once(client: FlaskClient) -> None:
    user = make_user()
    post(client, "/reset", {"email": user.email})
    path = link_in(mails(user.email)[0])
    assert client.get(path).status_code == 200
    assert post(client, path, {"password": "short"}).status_code == 422
    assert post(client, path, {"password": "quite another phrase"}).location == "/login?notice=reset"
    assert client.get(path).location == "/reset?notice=stale"
    assert [mail.kind for mail in mails(user.email)] == ["reset_password", "password_changed"]


def test_reset_mails_one_address_once_in_fifteen_minutes(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    first = post(client, "/reset", {"email": user.email})
    second = post(client, "/reset", {"email": user.email})
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(mails(user.email)) == 1


def test_reset_is_asked_five_times_an_hour_from_one_place(client: FlaskClient, clock: Clock) -> None:
    codes = [post(client, "/reset", {"email": f"p{n}@example.org"}).status_code for n in range(6)]
    assert codes == [303] * 5 + [429]


def test_links_in_mails_are_made_from_the_base_url(client: FlaskClient) -> None:
    user = make_user()
    client.post(
        "/reset", data={"email": user.email, "csrf_token": csrf(client)}, headers={"Host": "localhost:99"}
    )
    assert "http://127.0.0.1:8000/reset/" in mails(user.email)[0].text


# ---- sign-in links


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


# ---- the second step


def test_the_second_step_stands_between_password_and_sign_in(client: FlaskClient, clock: Clock) -> None:
    user = _with_second_step()
    clock(NOON + timedelta(minutes=2))
    assert sign_in_by_form(client, user.email, next="/courses/x").location == "/login/code"
    assert not opens(client)

    wrong = post(client, "/login/code", {"code": "000000"})
    assert wrong.status_code == 422
    right = post(client, "/login/code", {"code": pyotp.TOTP(SECRET).at(NOON + timedelta(minutes=2))})
    assert right.location == "/courses/x"
    assert opens(client)


def test_the_second_step_also_follows_a_sign_in_link(client: FlaskClient, clock: Clock) -> None:
    user = _with_second_step()
    post(client, "/login/link", {"email": user.email})
    assert post(client, link_in(mails(user.email)[0])).location == "/login/code"
    assert not opens(client)


def test_the_second_step_waits_ten_minutes(client: FlaskClient, clock: Clock) -> None:
    user = _with_second_step()
    sign_in_by_form(client, user.email)
    clock(NOON + timedelta(minutes=11))
    assert client.get("/login/code").location == "/login?notice=late"


def test_codes_are_guessed_five_times_a_minute(client: FlaskClient, clock: Clock) -> None:
    user = _with_second_step()
    sign_in_by_form(client, user.email)
    codes = [post(client, "/login/code", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert codes == [422] * 5 + [429]


def test_an_authenticator_is_set_up_with_recovery_codes_shown_once(client: FlaskClient, clock: Clock) -> None:
    user = make_user()
    sign_in(client, user)
    page = client.get("/account/security/authenticator").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    assert client.get("/account/security/authenticator.svg").mimetype == "image/svg+xml"
    assert post(client, "/account/security/authenticator", {"code": "000000"}).status_code == 422

    done = post(client, "/account/security/authenticator", {"code": pyotp.TOTP(secret.group(1)).at(NOON)})
    codes = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.text)
    assert len(codes) == 10
    assert [mail.kind for mail in mails(user.email)] == ["second_step_changed"]
    assert codes[0] not in client.get("/account/security").text

    post(client, "/logout")
    sign_in_by_form(client, user.email)
    assert post(client, "/login/code", {"code": codes[0]}).location == "/dashboard"


def test_an_admin_in_production_sets_up_a_second_step_first(tmp_path: Path, sqlite_template: Path) -> None:
    from app import create_app
    from core.web import ADMIN, declare

    (tmp_path / "stratum.db").write_bytes(sqlite_template.read_bytes())
    values = {
        "STRATUM_ENV": "production",
        "BASE_URL": "https://localhost",
        "DATABASE_URL": f"sqlite:///{tmp_path}/stratum.db",
    }
    app = create_app(make_config(tmp_path, **values))
    app.add_url_rule("/desk", "desk", lambda: "the desk")
    declare(app, {"desk": ADMIN})
    with app.app_context():
        admin = make_user("", "Sam", "admin")
        with transaction():
            _, token = services.begin_sign_in(admin.id, "", remembered=False)
    client = app.test_client()
    with client.session_transaction(base_url="https://localhost") as session:
        session["_user_id"] = token

    led = client.get("/desk", base_url="https://localhost")
    assert led.location == "/account/security/authenticator?required=1"
    with app.app_context(), transaction():
        user = services.get_user(admin.id)
        assert user
        services.turn_on_second_step(user, SECRET)
    assert client.get("/desk", base_url="https://localhost").text == "the desk"


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


def _with_second_step() -> services.User:
    user = make_user()
    with transaction():
        row = services.get_user(user.id)
        assert row
        services.turn_on_second_step(row, SECRET)
    db.session.rollback()
    return user  # type: ignore[no-any-return]


def _cookies_set(client: FlaskClient) -> int:
    return len(client.get("/account").headers.getlist("Set-Cookie"))


def _try_from(client: FlaskClient, email: str, place: str) -> int:
    fields = {"email": email, "password": "not the password", "csrf_token": csrf(client)}
    return client.post("/login", data=fields, environ_base={"REMOTE_ADDR": place}).status_code
