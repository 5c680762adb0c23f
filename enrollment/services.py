"""Letting people into courses, and out. The door opens the transaction.

Access is the sum of grants (docs/access.md). Each use case here changes grants and settles the enrollment from them,
so the two cannot disagree; the same grant given twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import aliased

from accounts.models import User
from core import events
from core.audit import record
from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict, NotFound
from courses.models import Course
from courses.rules import months_after
from enrollment.admission.services import require_admission
from enrollment.models import Enrollment, EnrollmentState, Grant, GrantPause
from enrollment.rules import EndReason, GrantKind, PauseReason, has_run_out, is_open, stay_of

ENDED = "Your access to this course was ended by the school. Write to it if that seems wrong."


@dataclass(frozen=True)
class Enrolled:
    """Someone was let into a course."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class AccessRevoked:
    """Someone's enrollment was ended: by the school, because its price was paid back, or because its time was over."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class AccessTakenBack:
    """The money for a course went back, and nothing else lets this person in: what was earned by it is withdrawn."""

    user_id: int
    course_id: int
    reason: EndReason


@dataclass(frozen=True)
class AccessGivenBack:
    """What a refund had ended is given again, since the money did not go back after all."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class AccessPaused:
    """A course was closed to someone for the time being."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class AccessResumed:
    """A course that was paused is open to someone again."""

    user_id: int
    course_id: int


def find_enrollment(user_id: int, course_id: int) -> Enrollment | None:
    """The one row of this person and course, in whatever state."""
    return db.session.scalar(select(Enrollment).filter_by(user_id=user_id, course_id=course_id))


def is_enrolled(user_id: int, course_id: int) -> bool:
    """Whether the course is open to this person now."""
    found = find_enrollment(user_id, course_id)
    return found is not None and is_open(found, now())


def holds(user_id: int, course_id: int) -> bool:
    """Whether this person has a grant of the course that leaves nothing to buy, paused or not."""
    return any(grant.kind.is_lasting for grant in _grants(user_id, course_id) if stands(grant))


def was_ended_by_school(found: Enrollment | None) -> bool:
    """Whether the school ended this enrollment by hand: then only the school opens it again."""
    return (
        found is not None
        and found.state == EnrollmentState.REVOKED
        and found.end_reason == EndReason.ADMIN.value
    )


def enroll(
    user_id: int,
    course_id: int,
    kind: GrantKind,
    *,
    source: str = "",
    order_id: int | None = None,
    granted_by: int | None = None,
    note: str = "",
    ends_at: datetime | None = None,
) -> Enrollment:
    """Give someone a grant of a course; who returns finds all progress.

    `source` names the grant once for ever, the kind where it is empty: one that is open already stays as it is, one
    that ended or ran out opens again. It runs out at `ends_at`, by default when the course's term is over.
    """
    source = source or kind.value
    lock_person(user_id)
    ends_at = ends_at or _end_of_term(course_id, kind)
    row = {
        "kind": kind, "order_id": order_id, "granted_by": granted_by, "note": note, "started_at": now(),
        "ends_at": ends_at, "ended_at": None, "end_reason": "",
    }  # fmt: skip
    key = {"user_id": user_id, "course_id": course_id, "source": source}
    if not insert_once(Grant, {**key, **row}, ("user_id", "course_id", "source")):
        grant = db.session.scalars(select(Grant).filter_by(**key).with_for_update()).one()
        if stands(grant):
            return settle(user_id, course_id)
        if (
            grant.end_reason == EndReason.REFUND.value
        ):  # Before the enrollment opens, which issues what is earned.
            events.publish(AccessGivenBack(user_id, course_id))
        for name, value in row.items():
            setattr(grant, name, value)
        grant.pauses = []
        db.session.flush()
    found = settle(user_id, course_id)
    by = granted_by if granted_by is not None else user_id
    detail = {
        "reason": kind.value,
        "note": note,
        "until": ends_at.isoformat(timespec="seconds") if ends_at else "",
    }
    said = {name: text for name, text in detail.items() if text}
    record("enrollment.enroll", f"enrollment:{found.id}", said, actor_id=by)
    return found


def enroll_again(
    user_id: int, course_id: int, kind: GrantKind, source: str, order_id: int
) -> list[Enrollment]:
    """Give a grant back whose money is with the school after all, but nothing to whom the school put out; the
    enrollment where this opened it."""
    before = find_enrollment(user_id, course_id)
    if was_ended_by_school(before):
        return []
    was_in = before is not None and before.state == EnrollmentState.ACTIVE
    found = enroll(user_id, course_id, kind, source=source, order_id=order_id)
    return [] if was_in else [found]


def start_free(user_id: int, course: Course) -> Enrollment:
    """Let someone into a free course by their own wish. Raises Conflict for one that costs money, and for somebody who
    may not enroll now."""
    if not course.price.is_free:
        raise Conflict("This course is not free. Its page says how to enroll.")
    found = find_enrollment(user_id, course.id)
    if was_ended_by_school(found):  # However they came in.
        raise Conflict(ENDED)
    if found is not None and is_open(found, now()):
        return found
    require_admission(user_id, (course.id,))
    return enroll(user_id, course.id, GrantKind.FREE)


def revoke(enrollment_id: int, by: int) -> Enrollment:
    """End someone's access by hand, whatever gave it; what they did is kept. Raises NotFound."""
    found = db.session.get(Enrollment, enrollment_id)
    if found is None:
        raise NotFound("There is no such enrollment.")
    end_access(found.user_id, found.course_id, EndReason.ADMIN, by)
    return found


def end_access(user_id: int, course_id: int, reason: EndReason, by: int | None = None) -> None:
    """End all that lets this person into the course."""
    lock_person(user_id)
    _end(_grants(user_id, course_id), reason, by)


def end_grants(source: str, reason: EndReason, by: int | None = None) -> None:
    """End what this source gave, in every course; who is in by something else stays in."""
    _end(_of_source(source), reason, by)


def take_back_grants(source: str, reason: EndReason) -> list[Enrollment]:
    """End what this source gave because its money went back; the enrollments that this ended.

    It is news also where the access had ended before: what was earned by it is withdrawn.
    """
    grants = _of_source(source)
    settled = _end(grants, reason, None)
    for grant in grants:
        if all(each.ended_at is not None for each in _grants(grant.user_id, grant.course_id)):
            events.publish(AccessTakenBack(grant.user_id, grant.course_id, reason))
    return [each for each in settled if each.state == EnrollmentState.REVOKED]


def pause_grants(source: str, reason: PauseReason) -> list[Enrollment]:
    """Close what this source gave for the time being, for this reason beside any other; the enrollments that this
    paused."""
    followed = (grant for grant in _of_source(source) if _follows(grant))
    found = [grant for grant in followed if reason not in grant.pause_reasons]
    for grant in found:
        grant.pauses.append(GrantPause(reason=reason, since=now()))
    return _settle_into(EnrollmentState.PAUSED, found)


def resume_grants(source: str, reason: PauseReason) -> list[Enrollment]:
    """This reason holds no more: what this source gave opens again where no other is left; the enrollments that this
    opened."""
    found = [grant for grant in _of_source(source) if reason in grant.pause_reasons]
    for grant in found:
        grant.pauses = [each for each in grant.pauses if each.reason is not reason]
    return _settle_into(EnrollmentState.ACTIVE, found)


def extend_grants(source: str, kind: GrantKind, ends_at: datetime | None) -> None:
    """Let what this source gives be of this kind and last until then, for good where there is no end."""
    for grant in _of_source(source):
        if _follows(grant) and (grant.kind, grant.ends_at) != (kind, ends_at):
            grant.kind, grant.ends_at = kind, ends_at
            settle(grant.user_id, grant.course_id)


def grants_of(user_id: int, course_id: int) -> list[Grant]:
    """All that ever let this person into the course, the oldest first."""
    return list(_grants(user_id, course_id))


def given_by(order_id: int) -> list[tuple[int, int]]:
    """Each person and course that this order gave, by their ids."""
    return [(row.user_id, row.course_id) for row in db.session.execute(_given_by(order_id))]


def rests_on(order_id: int) -> list[tuple[int, int]]:
    """Those persons and courses of this order where nothing else lets the person in."""
    other = aliased(Grant)
    another = select(other.id).where(
        other.user_id == Grant.user_id,
        other.course_id == Grant.course_id,
        other.ended_at.is_(None),
        or_(other.order_id.is_(None), other.order_id != order_id),
    )
    alone = _given_by(order_id).where(~another.exists())
    return [(row.user_id, row.course_id) for row in db.session.execute(alone)]


def settle(user_id: int, course_id: int, since: datetime | None = None) -> Enrollment:
    """Make the enrollment what the grants come to, and tell upward what that changed. There is at least one grant.

    A stay that opens again begins now, or goes on from `since`.
    """
    db.session.flush()
    stay = stay_of(grants_of(user_id, course_id))
    pair = {"user_id": user_id, "course_id": course_id}
    fresh = {
        "state": EnrollmentState(stay.state), "reason": stay.kind, "started_at": now(), "ends_at": stay.ends_at,
        "ended_at": None, "end_reason": "", "pause_reason": "",
    }  # fmt: skip
    is_new = insert_once(Enrollment, {**pair, **fresh}, ("user_id", "course_id"))
    found = db.session.scalars(select(Enrollment).filter_by(**pair).with_for_update()).one()
    before = None if is_new else found.state
    if before == EnrollmentState.REVOKED and stay.state != before:
        found.started_at, found.ended_at = since or now(), None
    if stay.state == EnrollmentState.REVOKED and before != stay.state:
        found.ended_at = now()
    found.state, found.ends_at = EnrollmentState(stay.state), stay.ends_at
    found.reason, found.end_reason, found.pause_reason = stay.kind, stay.end_reason, stay.pause_reason
    db.session.flush()
    _tell(found, before)
    return found


def mark_finished(user_id: int, course_id: int) -> None:
    """Keep with the enrollment that the course was completed."""
    pair = (Enrollment.user_id == user_id, Enrollment.course_id == course_id)
    db.session.execute(update(Enrollment).where(*pair).values(is_finished=True))


def grants_run_out(limit: int) -> list[tuple[int, int]]:
    """People and courses with grants whose time is over and that nobody has ended yet, so many at most."""
    query = select(Grant.user_id, Grant.course_id).where(Grant.ended_at.is_(None), Grant.ends_at <= now())
    return [(user_id, course_id) for user_id, course_id in db.session.execute(query.distinct().limit(limit))]


def end_run_out(user_id: int, course_id: int) -> None:
    """End what ran out of this person's grants of the course."""
    lock_person(user_id)
    over = [grant for grant in _grants(user_id, course_id) if has_run_out(grant.ends_at, now())]
    _end(over, EndReason.EXPIRED, None)


def lock_person(user_id: int) -> None:
    """Let one at a time decide about this person: orders and grants of theirs wait for each other."""
    # Not FOR UPDATE, for which inserts that point at the person would wait.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def lock_people(*who: Select[int] | Select[int | None] | Sequence[int]) -> None:
    """The same for all of these, in one order always, so that two who lock the same people never wait for each
    other."""
    people = select(User.id).where(or_(*(User.id.in_(each) for each in who))).order_by(User.id)
    db.session.execute(people.with_for_update(key_share=True))


def _grants(user_id: int, course_id: int) -> Iterable[Grant]:
    query = select(Grant).filter_by(user_id=user_id, course_id=course_id).order_by(Grant.id)
    return db.session.scalars(query)


def stands(grant: Grant) -> bool:
    """Whether the grant gives anything still; a paused one keeps its place."""
    return grant.ended_at is None and not has_run_out(grant.ends_at, now())


def _follows(grant: Grant) -> bool:
    """Whether the grant keeps to what becomes of its source: one that the school ended by hand does so too, for the
    deed may be taken back."""
    return grant.ended_at is None or grant.end_reason == EndReason.ADMIN.value


def _end_of_term(course_id: int, kind: GrantKind) -> datetime | None:
    """When a grant that is given now runs out; None for as long as the course is offered."""
    months = db.session.scalar(select(Course.access_months).filter_by(id=course_id))
    if months is None or not kind.has_term:
        return None
    moment = now()
    return datetime.combine(months_after(moment.date(), months), moment.timetz())


def _given_by(order_id: int) -> Select[int, int]:
    return select(Grant.user_id, Grant.course_id).filter_by(order_id=order_id).order_by(Grant.id)


def _of_source(source: str) -> list[Grant]:
    """The grants of this source, locked, and the persons before them."""
    lock_people(select(Grant.user_id).filter_by(source=source))
    query = select(Grant).filter_by(source=source).order_by(Grant.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _settle_into(state: EnrollmentState, grants: Iterable[Grant]) -> list[Enrollment]:
    """Settle the enrollments of these grants; those that are in this state by that, and were not before."""
    db.session.flush()
    turned = []
    for user_id, course_id in dict.fromkeys((grant.user_id, grant.course_id) for grant in grants):
        before = find_enrollment(user_id, course_id)
        was = before.state if before else None
        found = settle(user_id, course_id)
        turned += [found] if found.state == state != was else []
    return turned


def _end(grants: Iterable[Grant], reason: EndReason, by: int | None) -> list[Enrollment]:
    """End those that stand, what ended before keeps its reason; the enrollments that this concerned."""
    followed, moment = [grant for grant in grants if _follows(grant)], now()
    standing = [grant for grant in followed if grant.ended_at is None]
    for grant in standing:
        grant.ended_at, grant.end_reason = moment, reason.value
    if reason is not EndReason.ADMIN:
        _let_lapse(followed, moment)
    people = dict.fromkeys((grant.user_id, grant.course_id) for grant in standing)
    settled = [settle(user_id, course_id) for user_id, course_id in people]
    for found in settled:
        record("enrollment.revoke", f"enrollment:{found.id}", {"reason": reason.value}, actor_id=by)
    return settled


def _let_lapse(grants: Iterable[Grant], moment: datetime) -> None:
    """The fact behind these is gone: those that the school had ended before have nothing to come back to."""
    for grant in grants:
        grant.pauses = []
        if grant.end_reason == EndReason.ADMIN.value:
            grant.ends_at = min(grant.ends_at or moment, moment)


def _tell(found: Enrollment, before: EnrollmentState | None) -> None:
    """Publish what a settling changed."""
    if found.state == before:
        return
    news = {
        EnrollmentState.ACTIVE: AccessResumed if before == EnrollmentState.PAUSED else Enrolled,
        EnrollmentState.PAUSED: AccessPaused,
        EnrollmentState.REVOKED: AccessRevoked,
    }
    events.publish(news[found.state](found.user_id, found.course_id))
