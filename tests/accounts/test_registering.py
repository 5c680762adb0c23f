"""Registering and confirming an address, as a browser without JavaScript sees them."""

from flask.testing import FlaskClient

from accounts import services
from tests.accounts.links import link_in
from tests.factories import mails, make_user, opens, post, sign_in_by_form

NEWCOMER = {"name": "Zo\u00eb Lin", "email": "zoe@example.org", "password": "correct horse battery"}


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
