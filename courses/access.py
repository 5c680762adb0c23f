"""Who may see and change what stands behind a course: those who teach it, each by their role, and admins."""

from sqlalchemy import select

from core.database import db
from core.errors import NotFound
from core.web import ADMIN, Reader, signed_in
from courses.models import Course, CourseFounder, CourseInstructor
from courses.roles import DEEDS, Deed
from courses.services import find_course, role_in


def may(reader: Reader, course_id: int, deed: Deed) -> bool:
    """Whether the reader's role in the course allows it; admins may do everything."""
    if ADMIN in reader.roles:
        return True
    role = role_in(reader.user_id, course_id)
    return role is not None and deed in DEEDS[role]


def may_look_in(reader: Reader, course_id: int) -> bool:
    """Whether the reader is one of those who teach the course, in whatever role, or an admin."""
    return ADMIN in reader.roles or role_in(reader.user_id, course_id) is not None


def course_for(slug: str, deed: Deed) -> Course:
    """The course, for those who may do this in it. Raises NotFound for everybody else."""
    course = find_course(slug)
    if not may(signed_in(), course.id, deed):
        raise NotFound("You do not teach this course, or not in a role that has this page.")
    return course


def deeds_in(slug: str) -> frozenset[Deed]:
    """What the reader may do in the course of this slug, also in one that was never published: there who began it may
    do everything. Nothing for everybody else."""
    reader = signed_in()
    founder = db.session.get(CourseFounder, slug)
    course_id = db.session.scalar(select(Course.id).filter_by(slug=slug)) if founder is None else None
    if founder is None and course_id is None:
        return frozenset()
    if ADMIN in reader.roles or (founder is not None and founder.user_id == reader.user_id):
        return frozenset(Deed)
    role = None if course_id is None else role_in(reader.user_id, course_id)
    return frozenset() if role is None else DEEDS[role]


def require(slug: str, deed: Deed) -> frozenset[Deed]:
    """Let pass whoever may do this in a course, published or not; all that they may do there. Raises NotFound."""
    deeds = deeds_in(slug)
    if deed not in deeds:
        raise NotFound("You do not teach this course, or not in a role that has this page.")
    return deeds


def founded_by(reader: Reader) -> list[str]:
    """The slugs of courses that were never published and that the reader began; for an admin all."""
    query = select(CourseFounder.slug).order_by(CourseFounder.slug)
    if ADMIN not in reader.roles:
        query = query.where(CourseFounder.user_id == reader.user_id)
    return list(db.session.scalars(query))


def courses_of(reader: Reader) -> list[tuple[Course, frozenset[Deed]]]:
    """The courses that the reader teaches, by title, each with what they may do there; for an admin all."""
    query = select(Course).order_by(Course.title, Course.id)
    if ADMIN in reader.roles:
        return [(course, frozenset(Deed)) for course in db.session.scalars(query)]
    taught = query.add_columns(CourseInstructor.role).join(CourseInstructor)
    own = taught.where(CourseInstructor.user_id == reader.user_id)
    return [(course, DEEDS[role]) for course, role in db.session.execute(own)]


def deeds_somewhere() -> frozenset[Deed]:
    """What the reader may do in at least one course, also in one that they began and that was never published."""
    reader = signed_in()
    if founded_by(reader):
        return frozenset(Deed)
    return frozenset(deed for _, deeds in courses_of(reader) for deed in deeds)
