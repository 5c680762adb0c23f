"""A free course to read."""

from typing import Any

import pytest
from flask import Flask

from tests.factories import make_course


@pytest.fixture
def skin(app: Flask) -> Any:
    """A free course of two modules, the first lesson of the second a preview."""
    return make_course("skin", ("lesson lesson", "lesson! lesson"))
