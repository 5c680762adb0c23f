"""Use cases about people, on both databases."""

from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from accounts import services
from accounts.jobs import drop_dead_sign_ins
from accounts.models import SignIn
from accounts.rules import Role
from accounts.services import UserRegistered
from core import events
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import fingerprint
from tests.conftest import NOON, Clock
from tests.factories import make_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_person_is_found_by_their_address_in_any_case(app: Flask) -> None:
    user = make_user("Ada@Example.org")
    found = services.find_by_email(" ADA@example.ORG")
    assert found
    assert found.id == user.id
    assert user.password.startswith("$argon2id$")


def test_an_address_belongs_to_one_person(app: Flask) -> None:
    make_user("ada@example.org")
    with pytest.raises(Conflict), transaction():
        services.create_user("ADA@example.org")


def test_what_is_no_address_makes_no_person(app: Flask) -> None:
    with pytest.raises(InvalidInput), transaction():
        services.create_user("ada")


def test_a_new_person_is_news_in_the_same_transaction(app: Flask) -> None:
    heard: list[UserRegistered] = []
    events.subscribe(UserRegistered, heard.append)
    user = make_user("news@example.org")
    assert heard == [UserRegistered(user.id, "news@example.org")]


def test_nobody_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        services.require_by_email("nobody@example.org")


def test_a_change_of_role_ends_all_sign_ins(app: Flask) -> None:
    user_id = make_user().id
    with transaction():
        services.begin_sign_in(user_id, "", remembered=True)
    with transaction():
        user = services.get_user(user_id)
        assert user
        assert services.grant_role(user, Role.INSTRUCTOR)
        assert not services.grant_role(user, Role.INSTRUCTOR)
        assert user.role_words == {"learner", "instructor"}
    assert services.sign_ins_of(user_id) == []
    with transaction():
        assert services.revoke_role(user, Role.INSTRUCTOR)
        assert not services.revoke_role(user, Role.INSTRUCTOR)
    assert user.role_words == {"learner"}


def test_only_the_fingerprint_of_a_token_is_stored(app: Flask) -> None:
    user_id = make_user().id
    with transaction():
        row, token = services.begin_sign_in(user_id, "", remembered=False)
    assert row.token_hash == fingerprint(token)
    assert token not in row.token_hash


def test_nobody_ends_the_sign_in_of_another(app: Flask) -> None:
    mine, theirs = make_user().id, make_user().id
    with transaction():
        row, _ = services.begin_sign_in(theirs, "", remembered=False)
    with transaction():
        assert not services.end_sign_in(mine, row.id)
    assert len(services.sign_ins_of(theirs)) == 1


def test_sign_ins_that_ran_out_are_neither_shown_nor_kept(app: Flask, clock: Clock) -> None:
    user_id = make_user().id
    with transaction():
        services.begin_sign_in(user_id, "", remembered=False)
    clock(NOON + timedelta(hours=13))
    assert services.sign_ins_of(user_id) == []
    drop_dead_sign_ins()
    assert len(db.session.scalars(select(SignIn)).all()) == 1
    clock(NOON + timedelta(days=31))
    drop_dead_sign_ins()
    with transaction():
        assert services.drop_dead_sign_ins() == 0
    assert db.session.scalars(select(SignIn)).all() == []


def test_a_closed_account_is_signed_in_nowhere(app: Flask) -> None:
    user_id = make_user().id
    with transaction():
        services.begin_sign_in(user_id, "", remembered=True)
    with transaction():
        user = services.get_user(user_id)
        assert user
        services.set_active(user, False)
    assert services.sign_ins_of(user_id) == []


def test_a_link_is_used_once_and_confirms_the_address(app: Flask) -> None:
    user_id = make_user(confirmed=False).id
    with transaction():
        user = services.get_user(user_id)
        assert user
        services.use_link(user, 0)
    assert user.confirmed_at
    with pytest.raises(Conflict), transaction():
        services.use_link(user, 0)


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_code_of_the_authenticator_opens_once(app: Flask, clock: Clock, seconds: int) -> None:
    user = _with_second_step()
    clock(NOON + timedelta(minutes=5))
    code = pyotp.TOTP(SECRET).at(NOON + timedelta(minutes=5, seconds=seconds))
    with transaction():
        assert services.check_code(user, f"{code[:3]} {code[3:]}")
    with transaction():
        assert not services.check_code(user, code)


@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "not a code", "\u0661\u0662\u0663\u0664\u0665\u0666"]
)
def test_a_wrong_code_opens_nothing(app: Flask, clock: Clock, typed: str) -> None:
    user = _with_second_step()
    with transaction():
        assert not services.check_code(user, typed)


def test_a_recovery_code_opens_once_and_new_ones_replace_the_old(app: Flask, clock: Clock) -> None:
    user = _with_second_step()
    with transaction():
        codes = services.renew_recovery_codes(user)
        assert services.check_code(user, codes[0].lower())
    with transaction():
        assert not services.check_code(user, codes[0])
        services.renew_recovery_codes(user)
        assert not services.check_code(user, codes[1])
    assert not any(code in str(user.recovery_codes) for code in codes)


def test_without_a_second_step_no_code_is_right(app: Flask, clock: Clock) -> None:
    user = _with_second_step()
    with transaction():
        services.turn_off_second_step(user)
        assert not services.check_code(user, pyotp.TOTP(SECRET).at(NOON))
    assert user.recovery_codes == []


def _with_second_step() -> services.User:
    user_id = make_user().id
    with transaction():
        user = services.get_user(user_id)
        assert user
        services.turn_on_second_step(user, SECRET)
    db.session.refresh(user)
    return user
