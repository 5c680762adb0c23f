"""A shop: the app beside a sandbox that plays Stripe over HTTP, with a course to sell and terms to sell it under."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.config import Config
from core.database import db
from tests.conftest import make_config
from tests.shop.shop import Shop, publish_terms
from tests.stripe import KEY, SECRET, Sandbox, sandbox_running


class Doorbell:
    """Takes the sandbox's deliveries to whichever app is under test."""

    def __init__(self) -> None:
        self.app: Flask | None = None

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        assert self.app is not None
        return self.app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code


@pytest.fixture(scope="session")
def _doorbell() -> Doorbell:
    return Doorbell()


@pytest.fixture(scope="session")
def _sandbox(_doorbell: Doorbell) -> Iterator[Sandbox]:
    with sandbox_running(deliver=_doorbell) as running:
        yield running


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Sandbox:
    """A sandbox that knows nothing yet and delivers when told to."""
    _sandbox.reset()
    return _sandbox


@pytest.fixture
def config(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Config:
    stripe = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": sandbox.api_base}
    return make_config(tmp_path, DATABASE_URL=database_url, **stripe)


@pytest.fixture
def shop(app: Flask, sandbox: Sandbox, _doorbell: Doorbell) -> Iterator[Shop]:
    """The app with its terms published, and a course of 49.00 USD on sale."""
    _doorbell.app = app
    publish_terms()
    yield Shop(app, sandbox)
    db.session.rollback()
