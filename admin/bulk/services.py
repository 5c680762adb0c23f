"""Looking at a file of people, and enrolling them. The door's transaction is open."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import delete, select, update

from accounts import services as accounts
from accounts.invitations import invitation_path
from accounts.models import User
from admin.bulk.models import BulkUpload, UploadState
from admin.bulk.rules import Fate, Judged, Known, Line, judge, read_lines
from admin.services import tell_of_enrollment
from core import jobs, mail
from core.audit import record
from core.clock import now
from core.database import after_commit, db
from core.errors import Conflict, NotFound
from courses.models import Course
from courses.services import find_course
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState
from enrollment.cohorts.services import give_place
from enrollment.models import Enrollment
from enrollment.rules import GrantKind, is_open
from enrollment.services import enroll, is_enrolled, lock_person

T = TypeVar("T")
BELL = "bulk-enrollment"
BATCH = 25  # lines a transaction, so that nobody waits long for their turn to write
KEPT = timedelta(days=30)
ASKED_AT_ONCE = 500  # values of one statement


def look_at(name: str, data: bytes, by: int) -> BulkUpload:
    """Read a file and say what would become of each line; nothing else is changed. Raises InvalidInput."""
    lines = read_lines(data)
    judged = judge(lines, known_of(lines))
    upload = BulkUpload(
        made_by=by, made_at=now(), name=name[:200], state=UploadState.PREVIEWED,
        lines=[_packed(each) for each in judged], done=0,
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    return upload


def find_upload(upload_id: int) -> BulkUpload:
    """Raises NotFound."""
    found = db.session.get(BulkUpload, upload_id)
    if found is None:
        raise NotFound("There is no such upload. It may have been forgotten: upload the file again.")
    return found


def judged_lines(upload: BulkUpload) -> list[Judged]:
    """The lines with their fates."""
    return [Judged(Line(**each["line"]), Fate(each["fate"]), each["why"]) for each in upload.lines]


def begin(upload: BulkUpload, by: int) -> None:
    """Let the worker enroll them: once, however often it is pressed. Raises Conflict while a line is wrong."""
    if any(each["fate"] == Fate.ERROR for each in upload.lines):
        raise Conflict("Some lines are wrong, so nobody is enrolled. Mend the file and upload it again.")
    is_waiting = (BulkUpload.id == upload.id) & (BulkUpload.state == UploadState.PREVIEWED)
    started = update(BulkUpload).where(is_waiting).values(state=UploadState.APPLYING, made_by=by)
    if db.session.execute(started.returning(BulkUpload.id)).first() is None:
        return
    record("enrollment.bulk", f"upload:{upload.id}", {"lines": len(upload.lines)}, actor_id=by)
    after_commit(partial(jobs.ring, BELL, upload.id))


def under_way() -> list[int]:
    """The uploads that are not at their end."""
    return list(db.session.scalars(select(BulkUpload.id).filter_by(state=UploadState.APPLYING)))


def apply_next(upload_id: int) -> bool:
    """Enroll the next lines of an upload; False when there is nothing left to do. Two workers take turns."""
    query = select(BulkUpload).filter_by(id=upload_id, state=UploadState.APPLYING).with_for_update()
    upload = db.session.scalar(query.execution_options(populate_existing=True))
    if upload is None:
        return False
    judged = judged_lines(upload)
    batch = judged[upload.done : upload.done + BATCH]
    came_out = [_apply(each.line, upload.made_by) for each in batch]
    after = judged[upload.done + len(batch) :]
    upload.lines = [_packed(each) for each in (*judged[: upload.done], *came_out, *after)]
    upload.done += len(batch)
    if not after:
        upload.state, upload.finished_at = UploadState.APPLIED, now()
    db.session.flush()
    return bool(after)


def forget_old() -> None:
    """What a file named is kept for a month."""
    old = delete(BulkUpload).where(BulkUpload.made_at < now() - KEPT)
    db.session.execute(old.where(BulkUpload.state != UploadState.APPLYING))


def known_of(lines: Sequence[Line]) -> Known:
    """What the school knows of the people, courses and cohorts that these lines name."""
    courses = {slug: number for number, slug in db.session.execute(select(Course.id, Course.slug))}
    slugs = {number: slug for slug, number in courses.items()}
    people = _people({line.email.strip().lower() for line in lines})
    cohorts = {cohort.id: cohort for cohort in db.session.scalars(select(Cohort))}
    enrolled, members = set[tuple[int, str]](), dict[tuple[int, str], str]()
    for ids in _in_parts(sorted(people.values())):
        for row in db.session.scalars(select(Enrollment).where(Enrollment.user_id.in_(ids))):
            if is_open(row, now()):
                enrolled.add((row.user_id, slugs[row.course_id]))
        taken = select(CohortPlace).where(CohortPlace.user_id.in_(ids), CohortPlace.state == PlaceState.TAKEN)
        for place in db.session.scalars(taken):
            members[(place.user_id, slugs[place.course_id])] = cohorts[place.cohort_id].name
    free = {
        (slugs[each.course_id], each.name): None if each.places is None else each.places - each.taken
        for each in cohorts.values()
    }
    return Known(people, courses, free, frozenset(enrolled), members)


def _people(addresses: set[str]) -> dict[str, int]:
    found = dict[str, int]()
    for part in _in_parts(sorted(addresses)):
        rows = db.session.execute(select(User.email, User.id).where(User.email.in_(part)))
        found.update({row.email: row.id for row in rows})
    return found


def _in_parts(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[at : at + ASKED_AT_ONCE] for at in range(0, len(values), ASKED_AT_ONCE)]


def _apply(line: Line, by: int | None) -> Judged:
    """Enroll the person of one line, unless something has changed since the preview: then nothing of it is done."""
    cohort = _locked_cohort(line)
    (judged,) = judge([line], known_of([line]))
    if judged.fate in (Fate.ERROR, Fate.ALREADY):
        return judged
    line, course = judged.line, find_course(line.course)
    user = accounts.find_by_email(line.email) or accounts.create_user(line.email, line.name)
    lock_person(user.id)
    was_in = is_enrolled(user.id, course.id)
    if cohort is not None:
        give_place(user.id, cohort, by, stays_open=was_in)
    if not was_in:
        enroll(user.id, course.id, GrantKind.ADMIN, granted_by=by, note=line.note)
        _tell(user, course, judged.fate)
    return judged


def _locked_cohort(line: Line) -> Cohort | None:
    """The cohort that a line names, so that its places do not change while the line is judged."""
    if not line.cohort:
        return None
    named = select(Cohort).join(Course, Course.id == Cohort.course_id)
    query = named.where(Course.slug == line.course, Cohort.name == line.cohort)
    locked = query.with_for_update(of=Cohort, key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))


def _tell(user: User, course: Course, fate: Fate) -> None:
    if fate is not Fate.INVITED:
        tell_of_enrollment(user, course)
        return
    words: dict[str, object] = {"name": user.name, "course": course.title, "path": invitation_path(user)}
    mail.queue("invited_by_school", user.email, words)


def _packed(judged: Judged) -> dict[str, object]:
    return {"line": asdict(judged.line), "fate": judged.fate.value, "why": judged.why}
