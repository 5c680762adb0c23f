"""What markers do with a work: claim, pass on, mark, return, agree. The door opens the transaction; these flush."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput
from marking import mails
from marking.models import Mark, Work, WorkVersion
from marking.rules import (
    WorkState,
    WorkStep,
    needs_second,
    next_state,
    require_round_left,
    step_after_first,
    step_after_second,
)
from marking.scheme import Judged, judge, scheme_of
from marking.services import Marker, items_to_mark, markers_of, marks_of, work_to_mark
from quizzes import closing
from quizzes.marks import Certainty, Given, mark
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.reads import asked
from quizzes.rules import Score

FIRST, SECOND = 1, 2
PLACES = {WorkState.WAITING: FIRST, WorkState.SECOND: SECOND}
TAKEN = "Another marker has this work already."
NOT_YOURS = "This work is not with you. Claim it, or ask its marker to pass it on."
OWN_FIRST_MARK = "You gave the first mark. Another marker reads it without seeing yours."
NOT_NOW = "This work is not waiting for a mark."
NO_SUCH_MARKER = "Choose one of those who mark in this course and may mark this work."
NO_REASON = "Write a sentence on why this mark is the final one."
NOTHING_TO_CHANGE = "Write what is to be changed, in the comment on the whole."
NOT_RETURNED = "Answers of a quiz are marked as they are; only assignments are returned."


@dataclass(frozen=True)
class Judgement:
    """What a marker's form holds: by the position of each answer the levels and comments, and words on the whole."""

    levels: Mapping[int, list[int | None]] = field(default_factory=dict)
    comments: Mapping[int, list[str]] = field(default_factory=dict)
    words: str = ""


def claim(marker: Marker, attempt_id: str) -> Work:
    """Take a work that nobody has; who has it, keeps it. Raises Conflict where another one was quicker."""
    work = work_to_mark(marker, attempt_id, locked=True)
    holder = _holder(work)
    if holder not in (None, marker.user_id):
        raise Conflict(TAKEN)
    _require_other_marker(work, marker.user_id)
    _set_holder(work, marker.user_id)
    return work


def pass_on(marker: Marker, attempt_id: str, to: int, note: str) -> Work:
    """Give a work that nobody has, or that one has oneself, to a named marker; an admin may give any.

    A mark that was not given is dropped. Raises Conflict for somebody else's work, InvalidInput for no marker.
    """
    work = work_to_mark(marker, attempt_id, locked=True)
    if _holder(work) not in (None, marker.user_id) and not marker.is_admin:
        raise Conflict(TAKEN)
    author = db.session.get_one(Attempt, attempt_id).user_id
    if to == author or to not in {person.id for person in markers_of(work.course_id)}:
        raise InvalidInput(NO_SUCH_MARKER, "to")
    _require_other_marker(work, to)
    draft = marks_of(work, work.version).get(PLACES[work.state])
    if draft is not None and draft.marker_id != to:
        db.session.delete(draft)
    _set_holder(work, to, note.strip())
    record("marking.assign", f"attempt:{attempt_id}", {"to": to}, actor_id=marker.user_id)
    mails.assigned(work, to, marker.user_id)
    return work


def save_mark(marker: Marker, attempt_id: str, judgement: Judgement) -> Mark:
    """Keep what was judged so far, seen by nobody else. Raises Conflict where the work is with somebody else."""
    work = work_to_mark(marker, attempt_id, locked=True)
    return _saved(work, marker, judgement)


def give_mark(marker: Marker, attempt_id: str, judgement: Judgement) -> Work:
    """Give the mark, once: it is final, or a second marker reads. Raises InvalidInput while a level is missing."""
    work = work_to_mark(marker, attempt_id, locked=True)
    given = _saved(work, marker, judgement)
    judged = judged_by(given)
    if not all(each.complete for each in judged.values()):
        raise InvalidInput("Choose a level for every criterion before you give the mark.")
    points = sum((each.earned for each in judged.values()), Fraction(0))
    given.points_num, given.points_den = points.as_integer_ratio()
    given.given_at = now()
    step = _step_after(work, given)
    _finish(work, marks_of(work, work.version)[FIRST]) if step is WorkStep.FINISH else _move(work, step)
    return work


def return_work(marker: Marker, attempt_id: str, judgement: Judgement) -> Work:
    """Give an assignment back to its author, with what to change. Raises Conflict for a third time."""
    work = work_to_mark(marker, attempt_id, locked=True)
    state = next_state(work.state, WorkStep.RETURN)
    attempt = db.session.get_one(Attempt, attempt_id, with_for_update=True)
    if _quiz_of(attempt).kind != QuizKind.ASSIGNMENT:
        raise Conflict(NOT_RETURNED)
    require_round_left(work.rounds)
    if not judgement.words.strip():
        raise InvalidInput(NOTHING_TO_CHANGE, "words")
    _saved(work, marker, judgement)
    version = db.session.get_one(WorkVersion, (attempt_id, work.version))
    version.returned_at, version.change = now(), judgement.words.strip()
    work.state, work.rounds, work.handed_in_at = state, work.rounds + 1, None
    closing.reopen(attempt)
    mails.returned(work)
    return work


def agree(marker: Marker, attempt_id: str, place: int, reason: str) -> Work:
    """Make one of two marks final. Raises Conflict for others than the two markers and admins, InvalidInput without
    a reason."""
    work = work_to_mark(marker, attempt_id, locked=True)
    if work.state is not WorkState.AGREEING:
        next_state(work.state, WorkStep.FINISH)
        raise Conflict(NOT_NOW)
    if marker.user_id not in (work.marker_id, work.second_id) and not marker.is_admin:
        raise Conflict(NOT_YOURS)
    chosen = marks_of(work, work.version).get(place)
    if chosen is None:
        raise InvalidInput("Choose one of the two marks.", "place")
    if not reason.strip():
        raise InvalidInput(NO_REASON, "reason")
    work.reason = reason.strip()
    _finish(work, chosen)
    return work


def judged_by(given: Mark) -> dict[int, Judged]:
    """What a mark is worth, answer by answer."""
    return {
        item.position: judge(
            scheme_of(asked(item.revision_id).question), given.levels.get(str(item.position), [])
        )
        for item in items_to_mark(given.attempt_id)
    }


def place_of(work: Work) -> int | None:
    """Which mark is to be given now: the first or the second; None where none is."""
    return PLACES.get(work.state)


def _saved(work: Work, marker: Marker, judgement: Judgement) -> Mark:
    if work.state not in PLACES:
        next_state(work.state, WorkStep.FINISH)
        raise Conflict(NOT_NOW)
    if _holder(work) != marker.user_id:
        raise Conflict(NOT_YOURS)
    place = PLACES[work.state]
    draft = marks_of(work, work.version).get(place) or Mark(
        attempt_id=work.attempt_id, version=work.version, place=place
    )
    draft.marker_id, draft.saved_at, draft.words = marker.user_id, now(), judgement.words.strip()
    draft.levels = {str(position): levels for position, levels in judgement.levels.items()}
    draft.comments = {str(position): comments for position, comments in judgement.comments.items()}
    db.session.add(draft)
    db.session.flush()
    return draft


def _step_after(work: Work, given: Mark) -> WorkStep:
    if given.place == SECOND:
        return step_after_second(marks_of(work, work.version)[FIRST].levels == given.levels)
    attempt = db.session.get_one(Attempt, work.attempt_id)
    quiz = _quiz_of(attempt)
    if quiz.kind != QuizKind.ASSIGNMENT:
        return WorkStep.FINISH
    always = QuizSettings.from_json(quiz.settings).second_marker
    earned = given.points or Fraction(0)
    return step_after_first(needs_second(always, earned, attempt.possible, attempt.pass_percent))


def _move(work: Work, step: WorkStep) -> None:
    work.state = next_state(work.state, step)
    work.note = ""
    db.session.flush()


def _finish(work: Work, final: Mark) -> None:
    """The mark becomes the attempt's: its scores, its log, and what follows from a pass."""
    _move(work, WorkStep.FINISH)
    work.final_place, work.marked_at = final.place, now()
    attempt = db.session.get_one(Attempt, work.attempt_id, with_for_update=True, populate_existing=True)
    judged, changed = judged_by(final), []
    for item in items_to_mark(work.attempt_id):
        worth = judged[item.position]
        closing.set_score(item, Score(worth.earned, worth.possible), _counts_for(item, worth, attempt))
        changed.append([item.position, *worth.earned.as_integer_ratio()])
    db.session.flush()
    db.session.refresh(attempt, ["items"])
    had_passed = attempt.passed
    closing.add_up(attempt)
    if had_passed:
        attempt.passed = True  # A pass that a regrade gave stays.
    closing.log_grade(attempt, "marker", changed, by=final.marker_id)
    closing.complete(attempt)
    closing.tell_marked(attempt)
    mails.marked(work)


def _counts_for(item: AttemptItem, worth: Judged, attempt: Attempt) -> Fraction | None:
    terms = attempt.agreed
    certainty = Certainty(item.certainty) if item.certainty else None
    given = Given(True, certainty, len(item.tried), item.hinted)
    return mark(Score(worth.counts, worth.possible), given, terms)


def _holder(work: Work) -> int | None:
    """With whom the work is now. Raises Conflict where it waits for no marker."""
    if work.state not in PLACES:
        raise Conflict(NOT_NOW)
    return work.marker_id if PLACES[work.state] == FIRST else work.second_id


def _require_other_marker(work: Work, user_id: int) -> None:
    if work.state is WorkState.SECOND and work.marker_id == user_id:
        raise Conflict(OWN_FIRST_MARK)


def _set_holder(work: Work, user_id: int, note: str = "") -> None:
    if PLACES[work.state] == FIRST:
        work.marker_id = user_id
    else:
        work.second_id = user_id
    work.note = note
    db.session.flush()


def _quiz_of(attempt: Attempt) -> Quiz:
    return db.session.get_one(Quiz, attempt.quiz_id)
