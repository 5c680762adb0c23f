"""Looking at the school with a learner's eyes: which sign-in sees as whom, until when. These flush.

It stands in the row of the sign-in, so no browser can give it to itself, and it ends with the sign-in. The trail has a
line for its start and one for its end (docs/staff.md).
"""

from sqlalchemy import ColumnElement, select

from accounts import rules
from accounts.models import SignIn, User
from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Forbidden
from core.web import Reader

NOT_THIS_ONE = (
    "Only the accounts of learners are looked at, and by an admin those of the staff who are no admins."
)


def begin(by: Reader, person: User, reason: str) -> None:
    """Let this sign-in see as `person` for half an hour. Raises Forbidden for one whom its reader may not see as."""
    if not person.active or not rules.may_see_as(by.permissions, person.role_words):
        raise Forbidden(NOT_THIS_ONE)
    sign_in = db.session.get_one(SignIn, by.sign_in_id, with_for_update=True)
    _end(sign_in)
    sign_in.sees_user_id, sign_in.sees_until = person.id, now() + rules.SEES_FOR
    detail = {"reason": reason, "until": sign_in.sees_until.isoformat(timespec="seconds")}
    record("user.see_as", f"user:{person.id}", detail, actor_id=by.user_id)


def end(sign_in_id: int) -> int | None:
    """See as oneself again; whom this sign-in saw as until now, None where it was nobody."""
    sign_in = db.session.get(SignIn, sign_in_id, with_for_update=True)
    return _end(sign_in) if sign_in else None


def end_those(*wanted: ColumnElement[bool]) -> None:
    """End the sights of these sign-ins."""
    for sign_in in db.session.scalars(select(SignIn).where(SignIn.sees_user_id.is_not(None), *wanted)):
        _end(sign_in)


def seen_by(sign_in_id: int, permissions: frozenset[str]) -> tuple[User, int] | None:
    """Whom this sign-in sees as now, and for how many more minutes; None once it may not any more."""
    sign_in = db.session.get_one(SignIn, sign_in_id)
    person = db.session.get(User, sign_in.sees_user_id) if sign_in.sees_user_id else None
    if person is None or sign_in.sees_until is None or sign_in.sees_until <= now():
        return None
    if not person.active or not rules.may_see_as(permissions, person.role_words):
        return None
    return person, -(-(sign_in.sees_until - now()) // rules.MINUTE)


def _end(sign_in: SignIn) -> int | None:
    person_id = sign_in.sees_user_id
    sign_in.sees_user_id = sign_in.sees_until = None
    db.session.flush()
    if person_id is not None:
        record("user.see_as_end", f"user:{person_id}", actor_id=sign_in.user_id)
    return person_id
