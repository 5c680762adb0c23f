"""What an admin does, each with its line in the audit trail. The door opens the transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from accounts import services as accounts
from accounts.models import User, UserRole
from accounts.rules import Role
from admin.rules import changes, end_of_day
from core import mail
from core.audit import record
from core.clock import now
from core.database import after_commit, db
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import crockford
from core.school import School, change_school, current_school
from core.storage import media
from courses.models import Course
from courses.services import find_course
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.rules import PlaceState
from enrollment.cohorts.services import begins_at, give_place, place_of
from enrollment.rules import GrantKind
from enrollment.services import enroll, find_enrollment, is_enrolled, lock_person

LAST_ADMIN = "This is the only admin who can sign in. Make somebody else an admin first."


def grant_role(user: User, role: Role, by: int) -> bool:
    """Give a role; False when they have it."""
    granted = accounts.grant_role(user, role)
    if granted:
        record("user.grant", f"user:{user.id}", {"role": role.value}, actor_id=by)
    return granted


def revoke_role(user: User, role: Role, by: int) -> bool:
    """Take a role; False when they do not have it. Raises Conflict for the last admin's."""
    if role is Role.ADMIN:
        _require_another_admin(user)
    revoked = accounts.revoke_role(user, role)
    if revoked:
        record("user.revoke", f"user:{user.id}", {"role": role.value}, actor_id=by)
    return revoked


def set_active(user: User, active: bool, by: int) -> None:
    """Close an account or open it again. Raises Conflict for the last admin's."""
    if not active and Role.ADMIN in user.role_words:
        _require_another_admin(user)
    if user.active != active:
        accounts.set_active(user, active)
        record("user.reopen" if active else "user.close", f"user:{user.id}", actor_id=by)


def enroll_by_hand(
    address: str, course_slug: str, by: int | None, note: str, last_day: date | None = None
) -> tuple[User, Course]:
    """Let the person with this address into a course, whatever it costs; `note` says why, for the staff to read.

    They stay until the end of `last_day` in the school's time zone, where there is one. Raises InvalidInput for an
    address that nobody has and Conflict for who is enrolled already.
    """
    user, course = accounts.find_by_email(address), find_course(course_slug)
    if user is None:
        raise InvalidInput(
            f"Nobody has an account with the address {address}. Ask them to register first.", "email"
        )
    if is_enrolled(user.id, course.id):
        raise Conflict(f"{user.name or user.email} is enrolled in {course.title} already.")
    ends_at = end_of_day(last_day, current_school().time_zone) if last_day else None
    enroll(user.id, course.id, GrantKind.ADMIN, granted_by=by, note=note, ends_at=ends_at)
    tell_of_enrollment(user, course, last_day)
    return user, course


def tell_of_enrollment(user: User, course: Course, last_day: date | None = None) -> None:
    """Write to somebody that the school enrolled them."""
    words: dict[str, object] = {
        "name": user.name, "course": course.title, "path": f"/learn/{course.slug}",
        "last_day": f"{last_day:%-d %B %Y}" if last_day else "",
    }  # fmt: skip
    mail.queue("enrolled_by_school", user.email, words)


def enroll_in_cohort(
    address: str, course_slug: str, cohort: Cohort, by: int, stays_open: bool = False
) -> None:
    """Make the person with this address a member of a cohort, and enroll them where they are not; `stays_open`: the
    course does not close, until the cohort begins, to somebody who is in it already.

    Raises InvalidInput for an address that nobody has and Conflict where the cohort is full.
    """
    user = _somebody(address)
    lock_person(user.id)
    was_in, is_asked = is_enrolled(user.id, cohort.course_id), put_out_by(address, cohort) is not None
    give_place(user.id, cohort, by, stays_open and was_in)
    if not was_in:
        enroll_by_hand(address, course_slug, by, f"Member of {cohort.name}.")
    elif is_asked:
        _note_entry(user, cohort, stays_open, by)


def put_out_by(address: str, cohort: Cohort) -> User | None:
    """The person with this address, where joining the cohort could close to them, until it begins, a course that is
    open now. Raises InvalidInput for an address that nobody has."""
    user = _somebody(address)
    place = place_of(user.id, cohort.course_id)
    is_member = place is not None and place.state is PlaceState.TAKEN
    is_in = is_enrolled(user.id, cohort.course_id)
    return user if is_in and not is_member and now() < begins_at(cohort) else None


def _note_entry(user: User, cohort: Cohort, stays_open: bool, by: int) -> None:
    """Keep what was chosen for somebody who was in the course before, and write to them where it closes to them."""
    enrolled = find_enrollment(user.id, cohort.course_id)
    if enrolled is None:
        raise AssertionError("who is in a course has an enrollment")
    chosen = {"group": cohort.name, "until_it_begins": "stays open" if stays_open else "closed to them"}
    record("cohort.enter", f"enrollment:{enrolled.id}", chosen, actor_id=by)
    if not stays_open:
        _tell_of_wait(user, cohort, f"group-waits:{enrolled.id}:{cohort.id}:{now():%Y%m%d%H%M%S}")


def _tell_of_wait(user: User, cohort: Cohort, key: str) -> None:
    course = db.session.get_one(Course, cohort.course_id)
    words: dict[str, object] = {
        "name": user.name, "group": cohort.name, "course": course.title, "begins": f"{cohort.starts_on:%-d %B %Y}",
        "path": f"/courses/{course.slug}",
    }  # fmt: skip
    mail.queue("cohort_waits", user.email, words, dedupe_key=key)


def _somebody(address: str) -> User:
    """Raises InvalidInput for an address that nobody has."""
    found = accounts.find_by_email(address)
    if found is None:
        raise InvalidInput(f"Nobody has an account with the address {address}.", "email")
    return found


def send_again(mail_id: int, by: int) -> None:
    """Put a mail that was given up on back into the outbox. Raises Conflict for any other."""
    if not mail.resend(mail_id):
        raise Conflict("This mail is not among those that could not be delivered.")
    record("mail.resend", f"mail:{mail_id}", actor_id=by)


def change_settings(values: Mapping[str, Any], logo: str | None, drop_logo: bool, by: int) -> School:
    """Change what the school says of itself. `logo` is what keep_logo gave; the one before is deleted at the end.

    Raises InvalidInput for a value that cannot be.
    """
    before = asdict(current_school())
    wanted = dict(values)
    if logo is not None:
        wanted["logo"] = logo
    elif drop_logo:
        wanted["logo"] = ""
    changed = changes(before, wanted)
    if not changed:
        return current_school()
    school = change_school({name: wanted[name] for name in changed})
    record("school.change", "school", changed, actor_id=by)
    if "logo" in changed and before["logo"]:
        after_commit(partial(media().delete, before["logo"]))
    return school


def keep_logo(png: bytes) -> str:
    """Put the picture into the storage; its key, which no earlier logo had."""
    key = f"school/logo-{crockford(12)}.png"
    media().put(key, png)
    return key


def read_logo() -> bytes:
    """The school's logo, a PNG. Raises NotFound where there is none."""
    key = current_school().logo
    try:
        if key:
            return media().read(key)
    except FileNotFoundError:
        pass
    raise NotFound("This school has no logo.")


def _require_another_admin(user: User) -> None:
    # The rows are locked, so that two admins who take each other's role at once do not both succeed.
    admins = db.session.scalars(
        select(UserRole.user_id).filter_by(role=Role.ADMIN.value).with_for_update()
    ).all()
    open_ones = db.session.scalars(select(User.id).where(User.id.in_(admins), User.active.is_(True))).all()
    if not set(open_ones) - {user.id}:
        raise Conflict(LAST_ADMIN)
