import pytest
from flask import Flask

from tests.analysis.classroom import CaseRoom, Classroom


@pytest.fixture
def room(app: Flask) -> Classroom:
    """A quiz of two questions that nobody has done."""
    return Classroom()


@pytest.fixture
def case_room(app: Flask) -> CaseRoom:
    """A case that nobody has played."""
    return CaseRoom()
