"""What may become of the roles in a course. Pure."""

from collections.abc import Mapping

from core.errors import Conflict
from courses.roles import CourseRole

LAST_OWNER = "This is the only owner. Make somebody else an owner first."
MEANINGS: Mapping[CourseRole, str] = {
    CourseRole.OWNER: "everything, and who teaches the course",
    CourseRole.EDITOR: "writes, publishes, tells learners",
    CourseRole.REVIEWER: "reads drafts, comments and approves",
    CourseRole.MARKER: "marks works and sees learners",
    CourseRole.ASSISTANT: "sees learners and tells them news",
}


def require_owner_left(roles: Mapping[int, CourseRole], user_id: int, role: CourseRole | None) -> None:
    """Refuse a change after which nobody would own the course: this person gets the role, or none. `roles` are those
    of everybody who teaches it."""
    after = {**roles, user_id: role}
    if CourseRole.OWNER in roles.values() and CourseRole.OWNER not in after.values():
        raise Conflict(LAST_OWNER)
