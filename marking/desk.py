"""A work on its marker's desk: what was handed in, the rubric to fill, and of other marks only what may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import or_, select

from accounts.models import User
from core.database import db
from core.web import Reader
from courses.models import Course
from marking.judging import FIRST, SECOND, place_of
from marking.models import Mark, Work
from marking.queue import HIDDEN, code_of, holders_of, is_anonymous, may_claim, state_in_words
from marking.rules import MOST_ROUNDS, WITH_ITS_AUTHOR, WorkState
from marking.services import Marker, in_reach, items_to_mark, markers_of, marks_of, question_of, versions_of
from marking.shown import ShownAnswer, ShownVersion, difference, show_answer, show_version
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.quiz_settings import QuizKind
from quizzes.results import exact
from quizzes.times import in_words


@dataclass(frozen=True)
class GivenMark:
    """A mark that was given, as those see it who may."""

    place: int
    marker: str
    points: str
    words: str
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True)
class Desk:
    """The marking page. `may_mark`: the form is this reader's to fill; `given` holds marks that may be seen."""

    attempt_id: str
    code: str
    title: str
    course: str
    who: str
    state: str
    kind: str
    when: str
    holders: tuple[str, ...]
    note: str
    version: int
    brief: Markup
    answers: tuple[ShownAnswer, ...]
    words: str
    earlier: tuple[ShownVersion, ...]
    may_claim: bool
    may_mark: bool
    may_return: bool
    may_assign: bool
    may_agree: bool
    markers: tuple[tuple[int, str], ...]
    given: tuple[GivenMark, ...]
    difference: str
    final_place: int | None
    reason: str
    possible: str
    pass_mark: str

    @property
    def url(self) -> str:
        return f"/studio/marking/{self.attempt_id}"


def desk_of(work: Work, marker: Marker, reader: Reader) -> Desk:
    """The work as this marker may see it."""
    attempt = db.session.get_one(Attempt, work.attempt_id)
    quiz, course = db.session.get_one(Quiz, attempt.quiz_id), db.session.get_one(Course, work.course_id)
    place, marks = place_of(work), marks_of(work, work.version)
    holder = work.second_id if place == SECOND else work.marker_id
    is_mine = place is not None and holder == marker.user_id
    draft = marks.get(place or 0) if is_mine else None
    state, kind = state_in_words(work)
    base = f"/studio/marking/{work.attempt_id}"
    # What is revised is its author's until it is handed in again; the version before is among the earlier ones.
    answers = () if work.state in WITH_ITS_AUTHOR else _answers(work, draft, base)
    given = tuple(_given(work, mark, base) for mark in marks.values() if _may_see(work, mark, marker))
    return Desk(
        attempt_id=work.attempt_id,
        code=code_of(work.attempt_id),
        title=quiz.title,
        course=course.title,
        who=_author(attempt) if work.state is WorkState.MARKED or not is_anonymous(quiz) else HIDDEN,
        state=state,
        kind=kind,
        when=in_words(work.handed_in_at, reader) if work.handed_in_at else "",
        holders=holders_of(work, _name(work.marker_id), _name(work.second_id)),
        note=work.note,
        version=work.version,
        brief=answers[0].prompt if answers else Markup(),
        answers=answers,
        words=draft.words if draft else "",
        earlier=_earlier(work, base, reader),
        may_claim=may_claim(work, marker.user_id),
        may_mark=is_mine,
        may_return=is_mine
        and place == FIRST
        and quiz.kind == QuizKind.ASSIGNMENT
        and work.rounds < MOST_ROUNDS,
        may_assign=place is not None and (holder in (None, marker.user_id) or marker.is_admin),
        may_agree=work.state is WorkState.AGREEING
        and (marker.user_id in (work.marker_id, work.second_id) or marker.is_admin),
        markers=_choices(work, attempt, place, holder),
        given=given,
        difference=difference(*(mark.points for mark in _in_order(marks))) if len(given) > 1 else "",
        final_place=work.final_place,
        reason=work.reason,
        possible=exact(attempt.possible),
        pass_mark=exact(attempt.possible * attempt.pass_percent / 100),
    )


def was_erased(marker: Marker, attempt_id: str) -> bool:
    """Whether the author took back a work that this person might mark else. Of other drafts nothing is told.

    It had a marker, or it is as empty as erasing leaves it.
    """
    is_emptied = (AttemptItem.seq > 0) & AttemptItem.saved_at.is_(None)
    query = (
        select(Work.attempt_id)
        .join(Attempt, Attempt.id == Work.attempt_id)
        .join(AttemptItem, AttemptItem.attempt_id == Work.attempt_id)
        .where(Work.attempt_id == attempt_id, Work.state == WorkState.DRAFT, in_reach(marker))
        .where(or_(Work.marker_id.is_not(None), is_emptied))
    )
    return db.session.scalars(query).first() is not None


def _may_see(work: Work, mark: Mark, marker: Marker) -> bool:
    """A mark that was given: one's own always, the other once both are there."""
    if mark.given_at is None:
        return False
    return mark.marker_id == marker.user_id or work.state in (WorkState.AGREEING, WorkState.MARKED)


def _given(work: Work, mark: Mark, base: str) -> GivenMark:
    points = exact(mark.points) if mark.points is not None else ""
    return GivenMark(mark.place, _name(mark.marker_id), points, mark.words, _answers(work, mark, base))


def _answers(work: Work, mark: Mark | None, base: str) -> tuple[ShownAnswer, ...]:
    return tuple(show_answer(item, mark, base) for item in items_to_mark(work.attempt_id))


def _earlier(work: Work, base: str, reader: Reader) -> tuple[ShownVersion, ...]:
    return tuple(
        show_version(
            version, question_of(work.attempt_id), marks_of(work, version.number).get(1), base, reader
        )
        for version in reversed(versions_of(work.attempt_id))
        if version.number < work.version
    )


def _choices(
    work: Work, attempt: Attempt, place: int | None, holder: int | None
) -> tuple[tuple[int, str], ...]:
    """To whom the work may be given: not its author, not who has it, not the first marker for a second mark."""
    not_these = {attempt.user_id, holder, work.marker_id if place == SECOND else None}
    return tuple(
        (person.id, person.name or person.email)
        for person in markers_of(work.course_id)
        if person.id not in not_these
    )


def _in_order(marks: dict[int, Mark]) -> Sequence[Mark]:
    return [marks[place] for place in (FIRST, SECOND)]


def _author(attempt: Attempt) -> str:
    return _name(attempt.user_id)


def _name(user_id: int | None) -> str:
    person = db.session.get(User, user_id) if user_id else None
    return (person.name or person.email) if person else ""
