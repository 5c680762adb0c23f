"""An assignment at noon, and an author and a marker of it, each in a browser of their own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.conftest import Clock
from tests.marking.bench import NOON, Bench


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
