"""What may be done with a seat: invite, withdraw, accept, move, leave. The door opens the transaction.

Whoever decides about somebody's access locks that person first and the seat second.
"""

from sqlalchemy import and_, func, or_, select

from accounts.models import User
from core import mail
from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, NotFound
from core.ids import fingerprint, random_token
from courses.models import Course
from enrollment.admission.services import require_admission
from enrollment.models import Enrollment
from enrollment.rules import EndReason, GrantKind
from enrollment.services import (
    ENDED,
    end_grants,
    enroll,
    enroll_again,
    find_enrollment,
    holds,
    lock_person,
    was_ended_by_school,
)
from progress import rules as progress
from progress.models import CourseCompletion
from progress.services import done_steps, required_steps
from teams.models import Seat, Team
from teams.rules import RESTS, USED, Freed, Invitation, Share, Use, may_move, read_invitations
from teams.services import NO_LINK

PAUSED = "The payment for this seat is being looked at. The link works again once that is settled."
NOT_YOURS = "There is no such seat."


def dry_run(team_id: int, course_id: int, text: str) -> tuple[Invitation, ...]:
    """What would come of inviting this list. Raises InvalidInput for one that is too long."""
    return read_invitations(text, _seated(team_id, course_id), len(_free(team_id, course_id)))


def invite_all(team: Team, course_id: int, text: str, by: int) -> tuple[Invitation, ...]:
    """Invite those of the list that can be invited now; what came of each line."""
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    lines = dry_run(team.id, course_id, text)
    good = [each for each in lines if each.fate.is_good]
    for seat, invitation in zip(_free(team.id, course_id), good, strict=False):
        _send(seat, team, invitation.email, by)
    return lines


def correct(team: Team, seat_id: int, email: str, by: int) -> None:
    """Send the invitation of a seat again, to the same address or to another one: the link before it is void.

    Raises NotFound, Conflict for a seat that somebody has, or whose payment is disputed, or an address that has one.
    """
    seat = _locked(team.id, seat_id)
    if not seat.email or seat.is_accepted or seat.is_ended:
        raise Conflict("Only an invitation that nobody has taken can be sent again.")
    if seat.pause_reason:
        raise Conflict(RESTS)
    if email != seat.email and email in _seated(team.id, seat.course_id):
        raise Conflict("This address has a seat of the course, or was invited to one.")
    _send(seat, team, email, by)


def withdraw(team: Team, seat_id: int, by: int) -> None:
    """Take an invitation back: its link is void, the seat is free. Raises NotFound, Conflict for an accepted one."""
    seat = _locked(team.id, seat_id)
    if seat.is_accepted or seat.is_ended:
        raise Conflict(
            "This seat was accepted. It can be moved to somebody else, until a fifth of the course is done."
        )
    _clear(seat, Freed.WITHDRAWN)
    record("seat.withdraw", seat.source, actor_id=by)


def move(team: Team, seat_id: int, email: str, by: int) -> None:
    """Give an accepted seat to somebody else: who had it is out, with all progress kept; the other is invited.

    Raises NotFound, Conflict for one that is not accepted, was used too far, or whose payment is disputed.
    """
    seat = _locked_with_holder(Seat.id == seat_id, Seat.team_id == team.id)
    if seat is None:
        raise NotFound(NOT_YOURS)
    if seat.user_id is None or seat.is_ended:
        raise Conflict("Nobody holds this seat.")
    if not may_move(percent_of(seat.user_id, seat.course_id)):
        raise Conflict(USED)
    if seat.pause_reason:
        raise Conflict(RESTS)
    if email in _seated(team.id, seat.course_id):
        raise Conflict("This address has a seat of the course, or was invited to one.")
    _take_from_holder(seat, team)
    _send(seat, team, email, by)


def invitation_of(token: str) -> tuple[Seat, Team, Course]:
    """The seat that a mail's link belongs to. Raises NotFound for a link that is not good any more."""
    query = (
        select(Seat, Team, Course)
        .join(Team, Team.id == Seat.team_id)
        .join(Course, Course.id == Seat.course_id)
    )
    found = db.session.execute(
        query.where(Seat.token_hash == fingerprint(token), Seat.ended_at.is_(None))
    ).first()
    if found is None:
        raise NotFound(NO_LINK)
    return found[0], found[1], found[2]


def use_of(order_id: int) -> Use:
    """How the seats of an order are used; none of an order of something else."""
    unused, free = Seat.accepted_at.is_(None), Seat.email == ""
    counted = select(
        func.count(), func.count(Seat.user_id), func.count().filter(unused), func.count().filter(free)
    )
    return Use(*db.session.execute(counted.where(Seat.order_id == order_id, Seat.ended_at.is_(None))).one())


def seats_held(user_id: int) -> list[tuple[Seat, Team, Course]]:
    """The seats that this person holds, the newest first."""
    query = (
        select(Seat, Team, Course)
        .join(Team, Team.id == Seat.team_id)
        .join(Course, Course.id == Seat.course_id)
    )
    query = query.where(Seat.user_id == user_id, Seat.ended_at.is_(None)).order_by(Seat.accepted_at.desc())
    return [(seat, team, course) for seat, team, course in db.session.execute(query)]


def accept(token: str, user_id: int, shares: Share) -> bool:
    """Take the seat of a mail's link. False for somebody who is in the course already: then the seat is free again.

    Raises NotFound for a link that is not good any more, Conflict while the seat's payment is disputed, for somebody
    whose access the school ended, and for one who may not enroll now: the seat stays theirs to accept.
    """
    lock_person(user_id)
    seat = _waiting(token)
    if seat.pause_reason:
        raise Conflict(PAUSED)
    if holds(user_id, seat.course_id):
        _clear(seat, Freed.UNTAKEN)
        record("seat.return", seat.source, actor_id=user_id)
        return False
    if was_ended_by_school(find_enrollment(user_id, seat.course_id)):
        raise Conflict(ENDED)
    require_admission(user_id, (seat.course_id,), is_paid=True)
    seat.user_id, seat.accepted_at, seat.shares = user_id, now(), shares
    seat.by_another = db.session.get_one(User, user_id).email != seat.email
    db.session.flush()
    enroll(user_id, seat.course_id, GrantKind.SEAT, source=seat.source, order_id=seat.order_id)
    record("seat.accept", seat.source, {"shares": shares.value}, actor_id=user_id)
    return True


def decline(token: str) -> None:
    """Whoever has the link does not want the seat: it is free again. Raises NotFound for a link that is not good any
    more."""
    seat = _waiting(token)
    _clear(seat, Freed.UNTAKEN)
    record("seat.decline", seat.source)


def choose(user_id: int, seat_id: int, shares: Share) -> None:
    """Change what the managers see of one's own seat. Raises NotFound."""
    seat_held(user_id, seat_id).shares = shares
    db.session.flush()


def leave(user_id: int, seat_id: int) -> None:
    """Leave one's own seat: access by it ends, all that was done is kept. It is free again unless it was used.

    Raises NotFound.
    """
    lock_person(user_id)
    seat = seat_held(user_id, seat_id)
    is_used = not may_move(percent_of(user_id, seat.course_id))
    end_grants(seat.source, EndReason.SEAT, user_id)
    if is_used:
        seat.user_id, seat.token_hash, seat.shares, seat.left_at = None, None, Share.NOTHING, now()
        db.session.flush()
    else:
        _clear(seat, Freed.LEFT)
    record("seat.leave", f"seat:{seat_id}", {"used": is_used}, actor_id=user_id)


def reopen(seat: Seat) -> list[Enrollment]:
    """Give a seat back whose money is with the school after all: who held it is in again. It is free where nobody
    did, or who did has another seat by now. A seat that stands changes nothing. The enrollments that this opened."""
    if seat.ended_at is None:
        return []
    if seat.left_at is None and (seat.user_id is None or _has_another(seat)):
        _clear(seat, Freed.REOPENED if seat.is_accepted else Freed.UNINVITED)
    seat.ended_at = None
    db.session.flush()
    if seat.user_id is None:
        return []
    record("seat.reopen", seat.source)
    return enroll_again(seat.user_id, seat.course_id, GrantKind.SEAT, seat.source, seat.order_id)


def percent_of(user_id: int, course_id: int) -> int:
    """How much of the course's required steps this person has done, 0 to 100."""
    completed = select(CourseCompletion.id).filter_by(user_id=user_id, course_id=course_id).limit(1)
    is_completed = db.session.scalar(completed) is not None
    return progress.percent(required_steps(course_id), done_steps(user_id, course_id), is_completed)


def _send(seat: Seat, team: Team, email: str, by: int) -> None:
    """Invite an address to a seat, by a link that is new."""
    token, course = random_token(), db.session.get_one(Course, seat.course_id)
    seat.email, seat.token_hash, seat.invited_at, seat.mails = (
        email,
        fingerprint(token),
        now(),
        seat.mails + 1,
    )
    db.session.flush()
    facts: dict[str, object] = {"team": team.name, "course": course.title, "path": f"/team/join/{token}"}
    mail.queue("seat_invitation", email, facts, dedupe_key=f"{seat.source}:invitation:{seat.mails}")
    record("seat.invite", seat.source, actor_id=by)


def _clear(seat: Seat, why: Freed) -> None:
    """Make a seat free: of whom it was for stays the address, which a manager typed, and why it came back."""
    if seat.email:
        seat.was_for, seat.freed = seat.email, why
    seat.email, seat.token_hash, seat.invited_at = "", None, None
    seat.user_id, seat.accepted_at, seat.shares, seat.by_another = None, None, Share.NOTHING, False
    db.session.flush()


def _has_another(seat: Seat) -> bool:
    """Whether who holds this seat, or the address that it is for, has another one of the course."""
    same = or_(Seat.user_id == seat.user_id, and_(Seat.team_id == seat.team_id, Seat.email == seat.email))
    others = select(Seat.id).where(Seat.id != seat.id, Seat.course_id == seat.course_id, same)
    in_use = others.where(Seat.ended_at.is_(None), Seat.left_at.is_(None))
    return db.session.scalar(in_use.limit(1)) is not None


def _take_from_holder(seat: Seat, team: Team) -> None:
    person, course = db.session.get_one(User, seat.user_id), db.session.get_one(Course, seat.course_id)
    end_grants(seat.source, EndReason.SEAT)
    _clear(seat, Freed.MOVED)
    facts: dict[str, object] = {
        "name": person.name,
        "team": team.name,
        "course": course.title,
        "slug": course.slug,
    }
    mail.queue("seat_ended", person.email, facts, dedupe_key=f"{seat.source}:ended:{seat.mails}")


def _seated(team_id: int, course_id: int) -> frozenset[str]:
    """The addresses of the team that have a seat of the course, or were invited to one."""
    query = select(Seat.email).where(Seat.team_id == team_id, Seat.course_id == course_id, Seat.email != "")
    used = query.where(Seat.ended_at.is_(None), Seat.left_at.is_(None))
    holders = select(func.lower(User.email)).join(Seat, Seat.user_id == User.id)
    held = holders.where(Seat.team_id == team_id, Seat.course_id == course_id, Seat.ended_at.is_(None))
    return frozenset(db.session.scalars(used)) | frozenset(db.session.scalars(held))


def _free(team_id: int, course_id: int) -> list[Seat]:
    """The team's free seats of the course, the oldest first."""
    query = select(Seat).filter_by(
        team_id=team_id, course_id=course_id, email="", ended_at=None, pause_reason=""
    )
    return list(db.session.scalars(query.order_by(Seat.id)))


def seat_held(user_id: int, seat_id: int) -> Seat:
    """One's own seat, locked. Raises NotFound, for another person's too."""
    found = _one(Seat.id == seat_id, Seat.user_id == user_id, Seat.ended_at.is_(None))
    if found is None:
        raise NotFound(NOT_YOURS)
    return found


def _waiting(token: str) -> Seat:
    """The seat of an invitation that nobody has taken, locked. Raises NotFound."""
    found = _one(Seat.token_hash == fingerprint(token), Seat.ended_at.is_(None), Seat.accepted_at.is_(None))
    if found is None:
        raise NotFound(NO_LINK)
    return found


def _locked(team_id: int, seat_id: int) -> Seat:
    found = _one(Seat.id == seat_id, Seat.team_id == team_id)
    if found is None:
        raise NotFound(NOT_YOURS)
    return found


def _locked_with_holder(*where: object) -> Seat | None:
    """A seat, locked, and its holder before it."""
    holder = db.session.scalar(select(Seat.user_id).where(*where))  # type: ignore[arg-type]
    if holder is not None:
        lock_person(holder)
    return _one(*where)


def _one(*where: object) -> Seat | None:
    query = select(Seat).where(*where).with_for_update()  # type: ignore[arg-type]
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
