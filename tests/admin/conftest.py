"""An admin who is signed in, a course that costs money, a learner, and a Stripe that answers as told."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payments import gateway
from payments.values import Session
from tests.admin.orders import Answers
from tests.conftest import Clock
from tests.factories import make_course, make_user, sign_in


@pytest.fixture
def admin(client: FlaskClient, clock: Clock) -> Any:
    """An admin, signed in."""
    user = make_user("sam@example.org", "Sam Rivera", "admin")
    sign_in(client, user)
    return user


@pytest.fixture
def course(app: Flask) -> Any:
    return make_course("first", title="First course", price_minor=48900)


@pytest.fixture
def ada(app: Flask) -> Any:
    return make_user("ada@example.org", "Ada Learner")


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Call it with what Stripe answers when it is asked for a session: one, or an error."""

    def answer(told: Session | Exception) -> None:
        def fetch(session_id: str) -> Session:
            if isinstance(told, Exception):
                raise told
            return replace(told, id=session_id)

        monkeypatch.setattr(gateway, "fetch_session", fetch)

    answer(AssertionError("nobody should ask Stripe here"))
    return answer
