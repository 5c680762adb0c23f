"""A course that is published from the sample bundle, and who teaches it."""

from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from courses.services import find_course
from publishing import media, services
from tests.conftest import Clock
from tests.factories import make_user, sign_in, teach
from tests.publishing.sample import sample


@cache
def first_edition() -> services.Edition:
    """The sample bundle rendered once for all tests."""
    return services.prepare(sample())


@pytest.fixture
def published(app: Flask, clock: Clock) -> None:
    """The sample bundle is published."""
    edition = first_edition()
    media.store(edition.bundle)
    with transaction():
        services.publish(edition)


def teacher(app: Flask, name: str, role: str) -> FlaskClient:
    """The browser of somebody who has this role in the course."""
    user = make_user(f"{name.lower()}@example.org", name, "instructor")
    teach(user, find_course("barriers"), role)
    return sign_in(app.test_client(), user)


@pytest.fixture
def mara(app: Flask, published: None) -> FlaskClient:
    return teacher(app, "Mara", "owner")


@pytest.fixture
def ben(app: Flask, published: None) -> FlaskClient:
    return teacher(app, "Ben", "editor")
