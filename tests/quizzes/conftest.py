import pytest
from flask import Flask

from tests.quizzes.visiting import Visitor


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A learner at the first page of a quiz of two questions."""
    return Visitor(app)
