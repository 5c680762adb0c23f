"""Taking back the deed by which the school ended somebody's access. The door opens the transaction.

What the deed ended goes on following its fact (docs/access.md), so what stands again is what would stand without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import NotFound
from enrollment.models import Enrollment, EnrollmentState, Grant
from enrollment.rules import EndReason, has_run_out
from enrollment.services import lock_person, settle


@dataclass(frozen=True)
class Ended:
    """What the school's last deed ended of somebody's access: what would stand again, and what is gone since. Nothing
    of both where it was not the school that ended it."""

    standing: tuple[Grant, ...] = ()
    lapsed: tuple[Grant, ...] = ()


def ended_by_school(enrollment_ids: Sequence[int]) -> dict[int, Ended]:
    """What the school ended, by the id of the enrollment; those that something else ended are not in it."""
    theirs = and_(Grant.user_id == Enrollment.user_id, Grant.course_id == Enrollment.course_id)
    query = select(Enrollment.id, Grant).join(Grant, theirs).where(Enrollment.id.in_(enrollment_ids))
    by_hand = query.where(
        Enrollment.state == EnrollmentState.REVOKED,
        Enrollment.end_reason == EndReason.ADMIN.value,
        Grant.end_reason == EndReason.ADMIN.value,
    )
    found: dict[int, list[Grant]] = {}
    for enrollment_id, grant in db.session.execute(by_hand.order_by(Grant.id)):
        found.setdefault(enrollment_id, []).append(grant)
    return {enrollment_id: _of_last_deed(grants) for enrollment_id, grants in found.items()}


def reopen_access(enrollment_id: int, by: int) -> Ended:
    """Let stand again what the school's last deed ended, each grant with its source, its end and its beginning; what is
    gone since stays ended. The answer says which is which. Raises NotFound."""
    found = db.session.get(Enrollment, enrollment_id)
    if found is None:
        raise NotFound("There is no such enrollment.")
    lock_person(found.user_id)
    db.session.refresh(found)
    ended = ended_by_school([enrollment_id]).get(enrollment_id, Ended())
    for grant in ended.standing:
        grant.ended_at, grant.end_reason = None, ""
    if ended.standing:
        settle(found.user_id, found.course_id, since=found.started_at)
        kinds = [grant.source for grant in ended.standing]
        record("enrollment.reopen", f"enrollment:{found.id}", {"by what": ", ".join(kinds)}, actor_id=by)
    return ended


def _of_last_deed(grants: Sequence[Grant]) -> Ended:
    """One deed ends all that stands, at one moment."""
    moment = max(grant.ended_at for grant in grants if grant.ended_at)
    last = [grant for grant in grants if grant.ended_at == moment]
    lapsed = tuple(grant for grant in last if has_run_out(grant.ends_at, now()))
    return Ended(tuple(grant for grant in last if grant not in lapsed), lapsed)
