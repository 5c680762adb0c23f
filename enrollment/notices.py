"""The mail that tells, two weeks before, that somebody's time in a course runs out. The door's transaction is open."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from accounts.models import User
from core import mail
from core.clock import now
from core.database import db
from courses.models import Course
from enrollment.models import Enrollment, EnrollmentState
from enrollment.refusals import day_of
from enrollment.rules import GrantKind

NOTICE = timedelta(days=14)


def ends_to_tell(limit: int) -> list[int]:
    """The enrollments whose end is near and not told yet, so many at most; plans tell of their own ends."""
    moment = now()
    query = select(Enrollment.id).where(
        Enrollment.ends_at > moment,
        Enrollment.ends_at <= moment + NOTICE,
        Enrollment.state == EnrollmentState.ACTIVE,
        Enrollment.reason != GrantKind.PLAN,
        or_(Enrollment.warned_of.is_(None), Enrollment.warned_of != Enrollment.ends_at),
    )
    return list(db.session.scalars(query.order_by(Enrollment.id).limit(limit)))


def warn(enrollment_id: int) -> None:
    """Write to the learner, once for each end."""
    found = db.session.get_one(Enrollment, enrollment_id, with_for_update=True, populate_existing=True)
    if found.ends_at is None or found.warned_of == found.ends_at:
        return
    person, course = db.session.get_one(User, found.user_id), db.session.get_one(Course, found.course_id)
    found.warned_of = found.ends_at
    words: dict[str, object] = {
        "name": person.name,
        "course": course.title,
        "day": day_of(found.ends_at, ZoneInfo(person.time_zone or "UTC")),
        "path": f"/learn/{course.slug}",
        "again": f"/courses/{course.slug}",
    }
    key = f"access-ends:{found.id}:{found.ends_at:%Y%m%d}"
    mail.queue("access_ends", person.email, words, dedupe_key=key)
    db.session.flush()
