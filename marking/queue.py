"""The markers' queue: what waits, the oldest first, and how long marking takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from accounts.models import User
from core.clock import now
from core.database import db
from core.web import Reader
from courses.models import Course, Step
from marking.models import Work
from marking.rules import IN_THE_QUEUE, TURNAROUND_DAYS, WorkState, age_in_words, middle
from marking.services import Marker, in_reach, marks_here
from quizzes.models import Attempt, AttemptRequest, Quiz
from quizzes.quiz_settings import QuizSettings
from quizzes.standing import is_awaited
from quizzes.times import in_words

MOST_SHOWN = 200
HIDDEN = "Hidden until marked"
STATES = {
    WorkState.WAITING: ("Waits for a marker", "info"),
    WorkState.SECOND: ("Waits for a second marker", "warn"),
    WorkState.AGREEING: ("Two marks differ", "warn"),
    WorkState.MARKED: ("Marked", "ok"),
}
_marker, _second, _author = aliased(User), aliased(User), aliased(User)

Filter = Callable[[Marker], ColumnElement[bool]]


def _waiting(_: Marker) -> ColumnElement[bool]:
    return Work.state.in_(IN_THE_QUEUE)


def _mine(marker: Marker) -> ColumnElement[bool]:
    """With me now, or one of two marks between which I may choose."""
    return or_(
        and_(Work.state == WorkState.WAITING, Work.marker_id == marker.user_id),
        and_(Work.state == WorkState.SECOND, Work.second_id == marker.user_id),
        and_(
            Work.state == WorkState.AGREEING,
            or_(Work.marker_id == marker.user_id, Work.second_id == marker.user_id),
        ),
    )


def _unclaimed(_: Marker) -> ColumnElement[bool]:
    return or_(
        and_(Work.state == WorkState.WAITING, Work.marker_id.is_(None)),
        and_(Work.state == WorkState.SECOND, Work.second_id.is_(None)),
    )


def _marked(_: Marker) -> ColumnElement[bool]:
    return Work.state == WorkState.MARKED


FILTERS: dict[str, tuple[str, Filter]] = {
    "": ("All that wait", _waiting),
    "mine": ("With me", _mine),
    "unclaimed": ("With nobody", _unclaimed),
    "second": ("Second marks", lambda _: Work.state.in_((WorkState.SECOND, WorkState.AGREEING))),
    "marked": ("Marked", _marked),
}


@dataclass(frozen=True)
class Entry:
    """One work in the queue. `who` is empty of a name as long as it is anonymous; `age` of a marked one is how long
    it took."""

    attempt_id: str
    code: str
    title: str
    course: str
    who: str
    when: str
    age: str
    state: str
    kind: str
    markers: tuple[str, ...]
    may_claim: bool

    @property
    def url(self) -> str:
        return f"/studio/marking/{self.attempt_id}"


@dataclass(frozen=True)
class Asked:
    """A learner's question for another attempt."""

    id: int
    who: str
    title: str
    course: str
    reason: str
    when: str
    tried: int


@dataclass(frozen=True)
class Turnaround:
    """How marking goes: what waits, how old the oldest is, how long it took in the middle."""

    waiting: int
    oldest: str
    median: str
    marked: int


def queue_of(marker: Marker, reader: Reader, wanted: str) -> list[Entry]:
    """The works that a filter names, the oldest first; of marked ones the newest."""
    query = _query(marker).where(FILTERS[wanted][1](marker))
    oldest = Work.marked_at.desc() if wanted == "marked" else Work.handed_in_at
    rows = db.session.execute(query.order_by(oldest, Work.attempt_id).limit(MOST_SHOWN))
    return [_entry(marker, reader, *row) for row in rows]


def requests_of(marker: Marker, reader: Reader) -> list[Asked]:
    """The questions for another attempt that may be answered now, the oldest first."""
    tried = (
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.user_id == AttemptRequest.user_id, Attempt.quiz_id == AttemptRequest.quiz_id)
        .scalar_subquery()
    )
    query = (
        select(AttemptRequest, _author.name, Quiz.title, Course.title, tried)
        .join(_author, _author.id == AttemptRequest.user_id)
        .join(Quiz, Quiz.id == AttemptRequest.quiz_id)
        .join(Step, Step.id == AttemptRequest.step_id)
        .join(Course, Course.id == Step.course_id)
        .where(_may_answer(marker))
        .order_by(AttemptRequest.asked_at, AttemptRequest.id)
        .limit(MOST_SHOWN)
    )
    return [
        Asked(row.id, who, title, course, row.reason, in_words(row.asked_at, reader), count)
        for row, who, title, course, count in db.session.execute(query)
    ]


def _may_answer(marker: Marker) -> ColumnElement[bool]:
    """Of requests joined with their steps, those that this person may answer. One whose learner waits for a mark
    comes back with it: a name beside a nameless work would say whose it is."""
    return and_(
        AttemptRequest.state == "open",
        AttemptRequest.user_id != marker.user_id,
        marks_here(marker, Step.course_id),
        not_(is_awaited(AttemptRequest.user_id, AttemptRequest.quiz_id)),
    )


def turnaround(marker: Marker) -> Turnaround:
    """The figures of the works in reach."""
    reach = select(Work).join(Attempt).where(in_reach(marker))
    waiting = reach.where(_waiting(marker))
    since = now() - timedelta(days=TURNAROUND_DAYS)
    times = db.session.execute(
        reach.with_only_columns(Work.handed_in_at, Work.marked_at).where(Work.marked_at >= since)
    )
    waits = [marked - handed for handed, marked in times if handed and marked]
    oldest = db.session.scalar(waiting.with_only_columns(func.min(Work.handed_in_at)))
    count = db.session.scalar(waiting.with_only_columns(func.count())) or 0
    return Turnaround(
        waiting=count,
        oldest=age_in_words(now() - oldest) if oldest else "none waits",
        median=_median_in_words(waits),
        marked=len(waits),
    )


def waiting_count(marker: Marker) -> int:
    """How many works and questions wait in reach: for the studio's front page."""
    works = select(func.count()).select_from(Work).join(Attempt).where(in_reach(marker), _waiting(marker))
    questions = (
        select(func.count())
        .select_from(AttemptRequest)
        .join(Step, Step.id == AttemptRequest.step_id)
        .where(_may_answer(marker))
    )
    return (db.session.scalar(works) or 0) + (db.session.scalar(questions) or 0)


def code_of(attempt_id: str) -> str:
    """A short name for a work that says nothing of its author."""
    return attempt_id[-5:]


def _median_in_words(waits: Sequence[timedelta]) -> str:
    found = middle(waits)
    return age_in_words(found) if found is not None else "none yet"


def _query(marker: Marker) -> Select[Work, Quiz, str, str, str, str]:
    return (
        select(Work, Quiz, Course.title, _author.name, _marker.name, _second.name)
        .join(Attempt, Attempt.id == Work.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Course, Course.id == Work.course_id)
        .join(_author, _author.id == Attempt.user_id)
        .outerjoin(_marker, _marker.id == Work.marker_id)
        .outerjoin(_second, _second.id == Work.second_id)
        .where(in_reach(marker))
    )


def _entry(
    marker: Marker, reader: Reader, work: Work, quiz: Quiz, course: str, author: str, first: str | None,
    second: str | None,
) -> Entry:  # fmt: skip
    state, kind = state_in_words(work)
    is_shown = work.state is WorkState.MARKED or not is_anonymous(quiz)
    return Entry(
        attempt_id=work.attempt_id,
        code=code_of(work.attempt_id),
        title=quiz.title,
        course=course,
        who=author if is_shown else HIDDEN,
        when=in_words(work.handed_in_at, reader) if work.handed_in_at else "",
        age=_age(work),
        state=state,
        kind=kind,
        markers=holders_of(work, first, second),
        may_claim=may_claim(work, marker.user_id),
    )


def state_in_words(work: Work) -> tuple[str, str]:
    """The state as markers read it, and the kind of its badge."""
    if work.state is WorkState.WAITING and work.marker_id is not None:
        return "Being marked", "info"
    if work.state is WorkState.SECOND and work.second_id is not None:
        return "Being marked a second time", "info"
    return STATES.get(work.state, ("With its author", ""))


def holders_of(work: Work, first: str | None, second: str | None) -> tuple[str, ...]:
    """Who has the work, of the names of its two markers: the one who marks now, else whoever gave a mark."""
    now_with = {WorkState.WAITING: (first,), WorkState.SECOND: (second,)}.get(work.state, (first, second))
    return tuple(name for name in now_with if name)


def may_claim(work: Work, user_id: int) -> bool:
    """Whether nobody has the work, and this person may be the one."""
    if work.state is WorkState.SECOND:
        return work.second_id is None and work.marker_id != user_id
    return work.state is WorkState.WAITING and work.marker_id is None


def is_anonymous(quiz: Quiz) -> bool:
    """Whether markers of this quiz see no name before the mark is final."""
    return QuizSettings.from_json(quiz.settings).anonymous


def _age(work: Work) -> str:
    """How long it waits, or how long it took."""
    return age_in_words((work.marked_at or now()) - work.handed_in_at) if work.handed_in_at else ""
