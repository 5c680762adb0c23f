"""People, their browsers and their mails."""

import re
from functools import cache
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.database import db, transaction
from tests.factories.rows import detached

_numbers = count(1)

PASSWORD = "correct horse battery"


def make_user(
    email: str = "", name: str = "Ada Learner", *roles: str, password: str = PASSWORD, confirmed: bool = True
) -> Any:
    """A person who may sign in; `roles` beside learner are words such as "admin".

    The row comes loaded and detached: reading it opens no transaction that would hide what requests commit.
    """
    from accounts.rules import Role
    from accounts.services import add_user

    held = {Role.LEARNER, *(Role(role) for role in roles)}
    address = email or f"person{next(_numbers)}@example.org"
    with transaction():
        user = add_user(address, name, _hashed(password), tuple(sorted(held)), confirmed=confirmed)
    return detached(user)


@cache
def _hashed(password: str) -> str:
    """One hash of each password for a whole run: a hash is slow on purpose, and most tests need some person."""
    from flask_security.utils import hash_password

    return hash_password(password)


def sign_in(client: FlaskClient, user: Any, *, remembered: bool = False) -> FlaskClient:
    """Put `user` into the browser without its form, as if they had signed in just now."""
    from accounts.access import TOKEN
    from accounts.services import begin_sign_in

    user_id = user.id
    with transaction():
        _, token = begin_sign_in(user_id, "a test", remembered)
    with client.session_transaction() as session:
        session.clear()
        session[TOKEN], session.permanent = token, remembered
    return client


def sign_in_by_form(client: FlaskClient, email: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
    """Sign in as a person does."""
    return post(client, "/login", {"email": email, "password": password, **fields})


def post(
    client: FlaskClient, path: str, fields: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """Send a form with the token of the browser's session."""
    return client.post(path, data={"csrf_token": csrf(client), **(fields or {})}, **options)


def csrf(client: FlaskClient) -> str:
    """A token for a form, read from a page that always has one."""
    page = client.get("/login/link").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def saved_cookie(client: FlaskClient) -> str:
    """The session cookie, as somebody might copy it."""
    cookie = client.get_cookie("stratum")
    assert cookie
    return cookie.value


def give_cookie(client: FlaskClient, value: str) -> FlaskClient:
    """Put a copied session cookie into a browser."""
    client.set_cookie("stratum", value)
    return client


def opens(client: FlaskClient) -> bool:
    """Whether this browser is signed in."""
    return client.get("/account").status_code == 200


def mails(to: str = "") -> list[Any]:
    """The mails in the outbox, the oldest first; those to one address, when it is given."""
    from sqlalchemy import select

    from core.outbox import OutboxMail

    db.session.rollback()
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    db.session.expunge_all()
    db.session.rollback()
    return [row for row in rows if not to or row.to_address == to]
