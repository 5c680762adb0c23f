"""A clinic: a team that has bought seats."""

import pytest
from flask import Flask

from tests.teams.clinic import Clinic


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    """A clinic with three paid seats of a course of ten steps; no payment service stands behind it."""
    return Clinic(app)
