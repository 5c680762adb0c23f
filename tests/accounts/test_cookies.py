"""A cookie that was saved opens nothing once its sign-in has ended, and the one in hand still works."""

from flask import Flask
from flask.testing import FlaskClient

from accounts.services import reset_path, sign_ins_of
from tests.factories import PASSWORD, give_cookie, make_user, opens, post, saved_cookie, sign_in_by_form

TIMES = 25  # each of four ways, in one process: a hundred runs on each database


def test_cookie_saved_before_signing_out_opens_nothing(app: Flask) -> None:
    for _ in range(TIMES):
        user, browser = make_user(), app.test_client()
        sign_in_by_form(browser, user.email)
        saved = saved_cookie(browser)
        assert opens(browser)

        post(browser, "/logout")

        assert not opens(browser)
        assert not opens(give_cookie(app.test_client(), saved))


def test_password_change_keeps_the_cookie_in_hand_and_ends_all_others(app: Flask) -> None:
    for _ in range(TIMES):
        user, browser, elsewhere = make_user(), app.test_client(), app.test_client()
        sign_in_by_form(browser, user.email)
        sign_in_by_form(elsewhere, user.email)
        saved = saved_cookie(browser)

        fields = {"password": PASSWORD, "new_password": "another one entirely"}
        answer = post(browser, "/account/password", fields)

        assert answer.location == "/account/security?notice=changed", answer.text
        assert opens(browser)
        assert not opens(elsewhere)
        assert not opens(give_cookie(app.test_client(), saved))


def test_password_reset_ends_every_sign_in(app: Flask) -> None:
    for _ in range(TIMES):
        user, browser, visitor = make_user(), app.test_client(), app.test_client()
        sign_in_by_form(browser, user.email)

        answer = post(visitor, reset_path(user), {"password": "a fresh pass phrase"})

        assert answer.location == "/login?notice=reset", answer.text
        assert not opens(browser)
        assert not opens(visitor)
        sign_in_by_form(visitor, user.email, "a fresh pass phrase")
        assert opens(visitor)


def test_ending_one_sign_in_leaves_the_others(app: Flask) -> None:
    for _ in range(TIMES):
        user, browser, elsewhere = make_user(), app.test_client(), app.test_client()
        sign_in_by_form(elsewhere, user.email)
        (other,) = sign_ins_of(user.id)
        sign_in_by_form(browser, user.email)

        post(browser, f"/account/sign-ins/{other.id}/end")

        assert opens(browser)
        assert not opens(elsewhere)


def test_a_remembered_sign_in_stays_remembered_through_a_password_change(client: FlaskClient) -> None:
    user = make_user()
    sign_in_by_form(client, user.email, remember="y")

    post(client, "/account/password", {"password": PASSWORD, "new_password": "another one entirely"})

    (only,) = sign_ins_of(user.id)
    assert only.remembered
