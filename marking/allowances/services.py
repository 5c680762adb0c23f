"""Accommodations and requests. The door opens the transaction; these flush."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from accounts.models import User
from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput, NotFound
from core.school import current_school
from courses.models import Course, Step
from courses.services import find_step
from enrollment.models import Enrollment, EnrollmentState
from marking import mails
from marking.services import Marker, marks_here
from quizzes.eligibility import allowance_of, eligibility
from quizzes.models import Accommodation, Attempt, AttemptRequest, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.rules import AttemptState
from quizzes.standing import waits_for_mark
from quizzes.terms import Allowance, deadline_of, window_of

NO_REASON = "Say in a sentence why you ask for another attempt."
BASELINE = (
    "This quiz is your starting point, and nothing depends on it, so no further attempt is granted. The quiz after the "
    "module asks the same ideas."
)
STILL_LEFT = "You have an attempt left. Ask once it is used."
WAITS = "Your last attempt is with a marker. Ask once it is marked."
NO_ANSWER = "Write a sentence for the learner: why not, or what to do first."
ANSWERED = "This question was answered already."
NO_REQUEST = "There is no such question. The queue lists what is open."
NO_LEARNER = "There is no such learner in this course."
NO_QUIZ = "There is no such quiz in this course."
NO_ACCOMMODATION = "There is no such accommodation. It may have been ended."
NOTHING = "Change something: extra time, extra attempts, or a date."
STANDS = "Something is changed here for this learner already, and this form was not filled from it."
WRONG_WINDOW = "The end lies before the beginning."
NO_MORE = "This learner has 100 further attempts here already, which is the most. Refuse with a sentence."
MOST_EXTRA = 100  # further attempts for one learner at one quiz
LONGEST = 2_000  # characters of a reason or an answer


@dataclass(frozen=True)
class Change:
    """What is changed for a learner: percent of the time limit, attempts, other dates."""

    extra_time: int = 0
    extra_attempts: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def is_nothing(self) -> bool:
        return self == Change()


# ---- requests


def ask(user_id: int, quiz: Quiz, step_id: int, reason: str) -> AttemptRequest:
    """Ask for one more attempt. A second question while one is open changes nothing and finds the first.

    Raises InvalidInput without a reason, Conflict while an attempt is left or the last one waits for its mark, and
    for a baseline.
    """
    _require_may_ask(user_id, quiz, step_id)
    if not reason.strip():
        raise InvalidInput(NO_REASON, "reason")
    _take_turn(user_id)
    found = open_request(user_id, quiz.id)
    if found is None:
        found = AttemptRequest(
            user_id=user_id, quiz_id=quiz.id, step_id=step_id, reason=reason.strip()[:LONGEST], state="open",
            asked_at=now(), answer="",
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found


def _require_may_ask(user_id: int, quiz: Quiz, step_id: int) -> None:
    learner = eligibility(user_id, quiz, step_id)
    if learner.settings.baseline:
        raise Conflict(BASELINE)
    if not learner.is_used_up:
        raise Conflict(STILL_LEFT)
    if waits_for_mark(user_id, quiz.id):
        raise Conflict(WAITS)


def open_request(user_id: int, quiz_id: int) -> AttemptRequest | None:
    """The question of this learner that waits for an answer."""
    return db.session.scalar(select(AttemptRequest).filter_by(user_id=user_id, quiz_id=quiz_id, state="open"))


def answer(marker: Marker, request_id: int, grant: bool, words: str) -> AttemptRequest:
    """Grant one more attempt, or refuse with a sentence; once. The learner is told by mail."""
    request = _request_to_answer(marker, request_id)
    if request.state != "open":
        raise Conflict(ANSWERED)
    if not grant and not words.strip():
        raise InvalidInput(NO_ANSWER, "answer")
    step = find_step(request.step_id)
    request.state = "granted" if grant else "refused"
    request.answer, request.answered_at, request.answered_by = words.strip()[:LONGEST], now(), marker.user_id
    if grant:
        _one_more(request, step.course_id, marker)
    db.session.flush()
    course = db.session.get_one(Course, step.course_id)
    mails.request_answered(request, f"/learn/{course.slug}/quizzes/{step.slug}")
    return request


def _request_to_answer(marker: Marker, request_id: int) -> AttemptRequest:
    query = (
        select(AttemptRequest)
        .join(Step, Step.id == AttemptRequest.step_id)
        .where(AttemptRequest.id == request_id, marks_here(marker, Step.course_id))
        .where(AttemptRequest.user_id != marker.user_id)
        .with_for_update(of=AttemptRequest)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(NO_REQUEST)
    return found


def _one_more(request: AttemptRequest, course_id: int, marker: Marker) -> None:
    """The request proves the quiz, which may be a case or have been taken out since. Raises Conflict at the most."""
    _take_turn_with_attempts(request.user_id, course_id)
    before = change_of(find_row(request.user_id, course_id, request.quiz_id))
    if before.extra_attempts >= MOST_EXTRA:
        raise Conflict(NO_MORE)
    extra = replace(before, extra_attempts=before.extra_attempts + 1)
    _write_down(marker, request.user_id, course_id, request.quiz_id, extra)


# ---- accommodations


def change(
    marker: Marker, user_id: int, course_id: int, quiz_id: int | None, wanted: Change, seen: str | None = None
) -> Accommodation:
    """Set what is changed for a learner in one quiz, or in all of the course. Open attempts get their new deadline.

    `seen` is the stamp of what the one who changes it had before their eyes; None replaces whatever stands. Raises
    Conflict where something else stands, InvalidInput for nothing or dates in the wrong order, NotFound for no
    learner or quiz of this course.
    """
    if wanted.is_nothing:
        raise InvalidInput(NOTHING)
    if wanted.opens_at and wanted.closes_at and wanted.closes_at <= wanted.opens_at:
        raise InvalidInput(WRONG_WINDOW, "closes")
    _require_in_course(user_id, course_id, quiz_id)
    _take_turn_with_attempts(user_id, course_id)
    if seen is not None:
        _require_seen(find_row(user_id, course_id, quiz_id), wanted, seen)
    return _write_down(marker, user_id, course_id, quiz_id, wanted)


def _require_seen(row: Accommodation | None, wanted: Change, seen: str) -> None:
    """A second press finds what the first one wrote, which is no conflict."""
    if row is not None and stamp_of(row) != seen and change_of(row) != wanted:
        raise Conflict(STANDS)


def stamp_of(row: Accommodation | None) -> str:
    """What stands, for a form to carry: other after each change, empty where nothing stands."""
    if row is None:
        return ""
    moments = (int(moment.timestamp()) if moment else "" for moment in (row.opens_at, row.closes_at))
    return ".".join(map(str, (row.id, row.extra_time, row.extra_attempts, *moments)))


def _write_down(
    marker: Marker, user_id: int, course_id: int, quiz_id: int | None, wanted: Change
) -> Accommodation:
    found = find_row(user_id, course_id, quiz_id)
    moves = _moves(change_of(found), wanted)
    row = found or Accommodation(user_id=user_id, course_id=course_id, quiz_id=quiz_id)
    for name, value in asdict(wanted).items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    _note("marking.accommodate", row, marker)
    if moves:
        _move_deadlines(user_id, course_id, quiz_id)
    return row


def end(marker: Marker, course_id: int, accommodation_id: int) -> Accommodation:
    """Take an accommodation back; attempts that were begun with it keep what they have used. Raises NotFound."""
    _take_turn_with_attempts(find_accommodation(course_id, accommodation_id).user_id, course_id)
    # Who waited reads it anew: it may be gone by a second press, or changed by somebody else.
    row = find_accommodation(course_id, accommodation_id)
    _note("marking.end_accommodation", row, marker)
    db.session.delete(row)
    db.session.flush()
    if _moves(change_of(row), Change()):
        _move_deadlines(row.user_id, course_id, row.quiz_id)
    return row


def find_accommodation(course_id: int, accommodation_id: int) -> Accommodation:
    """Raises NotFound for one of another course."""
    query = select(Accommodation).filter_by(id=accommodation_id, course_id=course_id)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(NO_ACCOMMODATION)
    return row


def find_row(user_id: int, course_id: int, quiz_id: int | None) -> Accommodation | None:
    """What is changed for this learner in exactly this."""
    query = select(Accommodation).filter_by(user_id=user_id, course_id=course_id, quiz_id=quiz_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def change_of(row: Accommodation | None) -> Change:
    """A row as a value; without one nothing is changed."""
    if row is None:
        return Change()
    return Change(row.extra_time, row.extra_attempts, row.opens_at, row.closes_at)


def quizzes_in(course_id: int) -> list[Quiz]:
    """The quizzes and assignments of a course, in its order; cases have neither time nor a mark by a person."""
    query = (
        select(Quiz)
        .join(Step, Step.body == Quiz.name)
        .where(Step.course_id == course_id, Step.retired_at.is_(None), Quiz.kind != QuizKind.CASE)
        .order_by(Step.position)
    )
    return list(db.session.scalars(query))


def quizzes_for(user_id: int, course_id: int) -> list[Quiz]:
    """Those in which something may be changed for this learner: all of the course, and where something is changed.

    A granted attempt may be at a case, or at a step that was taken out since.
    """
    here = quizzes_in(course_id)
    query = select(Quiz).join(Accommodation, Accommodation.quiz_id == Quiz.id).where(
        Accommodation.user_id == user_id, Accommodation.course_id == course_id
    )  # fmt: skip
    elsewhere = query.where(Quiz.id.not_in([quiz.id for quiz in here])).order_by(Quiz.title)
    return [*here, *db.session.scalars(elsewhere)]


def learners_matching(course_id: int, words: str, most: int = 20) -> list[User]:
    """Learners of the course whose name or address holds these words, by name."""
    query = select(User).join(Enrollment, Enrollment.user_id == User.id).where(
        Enrollment.course_id == course_id, Enrollment.state == EnrollmentState.ACTIVE
    )  # fmt: skip
    for word in words.split():
        query = query.where(
            or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        )
    return list(db.session.scalars(query.order_by(User.name, User.id).limit(most)))


def require_learner(user_id: int, course_id: int) -> None:
    """Raises NotFound for somebody who never was in this course."""
    enrolled = select(Enrollment.id).filter_by(user_id=user_id, course_id=course_id)
    if db.session.scalar(enrolled) is None and not _tried_here(user_id, course_id):
        raise NotFound(NO_LEARNER)


def _require_in_course(user_id: int, course_id: int, quiz_id: int | None) -> None:
    require_learner(user_id, course_id)
    if quiz_id is not None and quiz_id not in {quiz.id for quiz in quizzes_for(user_id, course_id)}:
        raise NotFound(NO_QUIZ)


def _tried_here(user_id: int, course_id: int) -> bool:
    """Instructors try the quizzes of their course without being enrolled, and may ask like others."""
    query = select(Attempt.id).join(Step, Step.id == Attempt.step_id)
    return (
        db.session.scalars(query.where(Attempt.user_id == user_id, Step.course_id == course_id)).first()
        is not None
    )


def _moves(before: Change, after: Change) -> bool:
    """Whether a deadline may be another one by it: attempts and another beginning move none."""
    return (before.extra_time, before.closes_at) != (after.extra_time, after.closes_at)


def _move_deadlines(user_id: int, course_id: int, quiz_id: int | None) -> None:
    """Open attempts get the deadline that their own time limit and the window give with what is changed now."""
    query = (
        select(Attempt, Quiz)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Step, Step.id == Attempt.step_id)
        .where(Attempt.user_id == user_id, Attempt.state == AttemptState.OPEN, Step.course_id == course_id)
        .where(Quiz.kind == QuizKind.QUIZ)
    )
    if quiz_id is not None:
        query = query.where(Attempt.quiz_id == quiz_id)
    _set_deadlines(db.session.execute(query.with_for_update(of=Attempt)))


def _set_deadlines(rows: Iterable[tuple[Attempt, Quiz]]) -> None:
    zone = ZoneInfo(current_school().time_zone)
    for attempt, quiz in rows:
        allowance = allowance_of(attempt.user_id, quiz.id, attempt.step_id)
        attempt.deadline_at = _deadline_of(attempt, QuizSettings.from_json(quiz.settings), allowance, zone)
    db.session.flush()


def _deadline_of(
    attempt: Attempt, published: QuizSettings, allowance: Allowance, zone: ZoneInfo
) -> datetime | None:
    """By the limit and the end with which the attempt began, whatever was published since; never before it began."""
    terms = attempt.agreed
    began = replace(published, time_limit=terms.time_limit, closes=terms.closes)
    deadline = deadline_of(began, attempt.started_at, window_of(began, zone, allowance), allowance)
    return deadline and max(deadline, attempt.started_at)


def _note(action: str, row: Accommodation, marker: Marker) -> None:
    moments = {name: moment and moment.isoformat() for name, moment in
               (("opens_at", row.opens_at), ("closes_at", row.closes_at))}  # fmt: skip
    detail: dict[str, Any] = {
        "course": row.course_id, "quiz": row.quiz_id, "extra_time": row.extra_time,
        "extra_attempts": row.extra_attempts, **moments,
    }  # fmt: skip
    record(action, f"user:{row.user_id}", detail, actor_id=marker.user_id)


def _take_turn_with_attempts(user_id: int, course_id: int) -> None:
    """The open attempts are held before the learner, in the order of a submission, so that neither waits for the
    other in a circle."""
    query = (
        select(Attempt.id)
        .join(Step, Step.id == Attempt.step_id)
        .where(Attempt.user_id == user_id, Attempt.state == AttemptState.OPEN, Step.course_id == course_id)
        .order_by(Attempt.id)
    )
    db.session.execute(query.with_for_update(of=Attempt))
    _take_turn(user_id)


def _take_turn(user_id: int) -> None:
    """What is changed for one learner is changed one after the other, so that the unique rows stay unique."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
