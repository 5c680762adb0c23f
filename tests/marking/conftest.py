"""An assignment at noon, its author and its marker in browsers of their own; and a quiz of one attempt."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.conftest import Clock
from tests.marking.bench import NOON, Bench
from tests.marking.school import School


@pytest.fixture
def bench(app: Flask, clock: Clock) -> Bench:
    """Eight points of ten pass, so that a good mark is close to the pass mark."""
    clock(NOON)
    return Bench()


@pytest.fixture
def safe(app: Flask, clock: Clock) -> Bench:
    """Half of the points pass, so that nothing full is close to the pass mark."""
    clock(NOON)
    return Bench(pass_mark=50)


@pytest.fixture
def author(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.user)


@pytest.fixture
def tutor(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.tutor)


@pytest.fixture
def school(app: Flask, clock: Clock) -> School:
    """A quiz of one attempt and of an hour."""
    clock(NOON)
    return School(attempts=1, time_limit=60)
