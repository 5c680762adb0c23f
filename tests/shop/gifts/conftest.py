"""A giver."""

import pytest
from flask import Flask

from tests.shop.gifts.giving import Giving


@pytest.fixture
def giving(app: Flask) -> Giving:
    """A giver who has bought nothing yet, and a course of 49.00 USD."""
    return Giving(app)
