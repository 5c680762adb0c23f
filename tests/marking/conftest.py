"""An author and a marker of the work at the bench, each in a browser of their own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.marking.bench import Bench


@pytest.fixture
def author(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.user)


@pytest.fixture
def tutor(app: Flask, bench: Bench) -> FlaskClient:
    return factories.sign_in(app.test_client(), bench.tutor)
