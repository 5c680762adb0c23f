"""A course always has an owner."""

import pytest

from core.errors import Conflict
from courses.roles import CourseRole
from studio.team.rules import MEANINGS, require_owner_left

OWNER, EDITOR = CourseRole.OWNER, CourseRole.EDITOR


@pytest.mark.parametrize(
    ("roles", "user_id", "role"),
    [
        ({1: OWNER, 2: OWNER}, 1, EDITOR),
        ({1: OWNER, 2: OWNER}, 1, None),
        ({1: OWNER, 2: EDITOR}, 2, None),
        ({1: OWNER}, 1, OWNER),
        ({2: EDITOR}, 2, None),
    ],
)
def test_a_change_that_leaves_an_owner_or_takes_none_is_allowed(roles, user_id, role):
    require_owner_left(roles, user_id, role)


@pytest.mark.parametrize("role", [EDITOR, None])
def test_the_last_owner_stays_one(role):
    with pytest.raises(Conflict):
        require_owner_left({1: OWNER, 2: EDITOR}, 1, role)


def test_every_role_says_what_it_may():
    assert set(MEANINGS) == set(CourseRole)
