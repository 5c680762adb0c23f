"""The second step of signing in: codes of an authenticator, and codes that recover."""

import re
from datetime import timedelta
from pathlib import Path

import pyotp
from flask.testing import FlaskClient

from accounts import services
from core.database import db, transaction
from tests.accounts.links import link_in
from tests.conftest import NOON, Clock, make_config
from tests.factories import mails, make_user, opens, post, sign_in, sign_in_by_form

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


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


def test_the_staff_in_production_sets_up_a_second_step_first(tmp_path: Path, sqlite_template: Path) -> None:
    from app import create_app
    from core.permissions import Permission
    from core.web import declare

    (tmp_path / "stratum.db").write_bytes(sqlite_template.read_bytes())
    values = {
        "STRATUM_ENV": "production",
        "BASE_URL": "https://localhost",
        "DATABASE_URL": f"sqlite:///{tmp_path}/stratum.db",
    }
    app = create_app(make_config(tmp_path, **values))
    app.add_url_rule("/desk", "desk", lambda: "the desk")
    declare(app, {"desk": Permission.MONEY})
    with app.app_context():
        clerk = make_user("", "Finn", "finance")
        with transaction():
            _, token = services.begin_sign_in(clerk.id, "", remembered=False)
    client = app.test_client()
    with client.session_transaction(base_url="https://localhost") as session:
        session["_user_id"] = token

    led = client.get("/desk", base_url="https://localhost")
    assert led.location == "/account/security/authenticator?required=1"
    with app.app_context(), transaction():
        user = services.get_user(clerk.id)
        assert user
        services.turn_on_second_step(user, SECRET)
    assert client.get("/desk", base_url="https://localhost").text == "the desk"


def _with_second_step() -> services.User:
    user = make_user()
    with transaction():
        row = services.get_user(user.id)
        assert row
        services.turn_on_second_step(row, SECRET)
    db.session.rollback()
    return user  # type: ignore[no-any-return]
