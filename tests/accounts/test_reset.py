"""A new password by a link in a mail."""

from flask.testing import FlaskClient

from tests.accounts.links import link_in
from tests.conftest import Clock
from tests.factories import csrf, mails, make_user, post


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
