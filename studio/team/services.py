"""Who teaches a course: put in, given another role, taken out. The door opens the transaction; the trail keeps each."""

from dataclasses import dataclass

from sqlalchemy import select

from accounts.models import User
from accounts.rules import Role
from accounts.services import find_by_email
from core.audit import record
from core.database import db, insert_once
from core.errors import InvalidInput, NotFound
from courses.models import Course, CourseInstructor
from courses.roles import CourseRole
from studio.team.rules import require_owner_left

NO_INSTRUCTOR = "No instructor has this address. An admin gives an account the role instructor first."
THERE_ALREADY = "This person teaches the course already. Change the role in the list."
NOT_THERE = "This person does not teach the course any more."


@dataclass(frozen=True)
class Member:
    """Somebody who teaches the course."""

    user_id: int
    name: str
    email: str
    role: CourseRole


def members(course_id: int) -> list[Member]:
    """Everybody who teaches the course, owners first."""
    query = (
        select(User.id, User.name, User.email, CourseInstructor.role)
        .join(CourseInstructor, CourseInstructor.user_id == User.id)
        .where(CourseInstructor.course_id == course_id)
        .order_by(User.name_key, User.id)
    )
    found = [Member(*row) for row in db.session.execute(query)]
    return sorted(found, key=lambda member: list(CourseRole).index(member.role))


def add(course: Course, email: str, role: CourseRole, by: int) -> None:
    """Make an instructor one of those who teach the course. Raises InvalidInput."""
    user = find_by_email(email)
    if user is None or not user.active or Role.INSTRUCTOR not in user.role_words:
        raise InvalidInput(NO_INSTRUCTOR, "email")
    row = {"course_id": course.id, "user_id": user.id, "role": role}
    if not insert_once(CourseInstructor, row, ("course_id", "user_id")):
        raise InvalidInput(THERE_ALREADY, "email")
    _keep("add", course, user.id, role, by)


def change(course: Course, user_id: int, role: CourseRole, by: int) -> None:
    """Give somebody another role. Raises Conflict for the last owner's."""
    roles = _locked_roles(course)
    require_owner_left(roles, user_id, role)
    if roles[_known(roles, user_id)] is role:
        return
    db.session.get_one(CourseInstructor, (course.id, user_id)).role = role
    db.session.flush()
    _keep("change", course, user_id, role, by)


def remove(course: Course, user_id: int, by: int) -> None:
    """Take somebody out. Raises Conflict for the last owner."""
    roles = _locked_roles(course)
    require_owner_left(roles, _known(roles, user_id), None)
    db.session.delete(db.session.get_one(CourseInstructor, (course.id, user_id)))
    db.session.flush()
    _keep("remove", course, user_id, roles[user_id], by)


def _locked_roles(course: Course) -> dict[int, CourseRole]:
    """The role of each; the course's row is held, so that of two changes at once the second sees the first."""
    db.session.execute(select(Course.id).where(Course.id == course.id).with_for_update())
    query = select(CourseInstructor).where(CourseInstructor.course_id == course.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.user_id: row.role for row in rows}


def _known(roles: dict[int, CourseRole], user_id: int) -> int:
    if user_id not in roles:
        raise NotFound(NOT_THERE)
    return user_id


def _keep(verb: str, course: Course, user_id: int, role: CourseRole, by: int) -> None:
    detail = {"course": course.slug, "role": role.value}
    record(f"course_team.{verb}", f"user:{user_id}", detail, actor_id=by)
