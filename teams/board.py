"""What a manager sees of the team's seats: where each stands, as far as its holder shares it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, String, and_, cast, select

from accounts.models import User
from certificates.models import Certificate
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import NotFound
from core.outbox import MailState, OutboxMail
from courses.models import Course, Step
from progress import rules as progress
from progress.models import CourseCompletion, StepCompletion
from shop.models import Order, OrderKind
from shop.rules import OrderState
from teams.models import Manager, Seat
from teams.rules import Learned, SeatState, Seen, notes_on, seen_by_manager, why_it_stays

K = TypeVar("K")
Pair = tuple[int | None, int]  # the ids of a person and a course
HELD = and_(Seat.user_id.is_not(None), Seat.ended_at.is_(None))


@dataclass(frozen=True)
class SeatRow:
    """One seat as its team's managers see it. `name` is the holder's, empty unless they share something; `notes` are
    sentences on what became of it, `invited_at` of an invitation that nobody has taken."""

    id: int
    email: str
    name: str
    seen: Seen
    is_paused: bool
    notes: str
    invited_at: datetime | None

    @property
    def state(self) -> SeatState:
        return self.seen.state

    @property
    def is_somebodys(self) -> bool:
        """Whether it stands for a person or an address."""
        return self.state not in (SeatState.FREE, SeatState.ENDED)

    @property
    def may_change(self) -> bool:
        return self.is_somebodys and self.why_it_stays == ""

    @property
    def why_it_stays(self) -> str:
        """Why nobody else can have it, empty where trying may help; an invitation is withdrawn at any time."""
        return "" if self.state is SeatState.INVITED else why_it_stays(self.seen, self.is_paused)

    @property
    def certified(self) -> str:
        """Until when its holder is certified, in words; empty for nothing that is seen."""
        if not self.seen.is_certified:
            return ""
        day = self.seen.valid_until
        return f"until {day:%-d %b %Y}" if day else "without end"


@dataclass(frozen=True)
class CourseSeats:
    """The seats of one course: those of which there is something to tell, how many of each state there are, and how
    many are paused, which are not counted again by their state."""

    course_id: int
    slug: str
    title: str
    rows: tuple[SeatRow, ...]
    counts: Counter[SeatState]
    paused: int

    @property
    def free(self) -> int:
        return self.counts[SeatState.FREE]

    @property
    def bought(self) -> int:
        return sum(self.counts.values()) - self.counts[SeatState.ENDED] + self.paused


def board_of(team_id: int) -> list[CourseSeats]:
    """All seats of a team by course, in a handful of queries however many they are."""
    found = list(db.session.execute(_seats(team_id)))
    learned, lost = _learned(team_id), _lost(team_id)
    titles = {course.id: course for _, course, _ in found}
    made: dict[int, list[SeatRow]] = {course_id: [] for course_id in titles}
    for seat, course, name in found:
        of_holder = learned.get((seat.user_id, course.id), Learned())
        made[course.id].append(_row(seat, name, of_holder, seat.id in lost))
    return [_of_course(titles[course_id], rows) for course_id, rows in made.items()]


def row_of(team_id: int, seat_id: int) -> tuple[CourseSeats, SeatRow]:
    """One seat of a team that stands for somebody. Raises NotFound."""
    for course in board_of(team_id):
        for row in course.rows:
            if row.id == seat_id and row.is_somebodys:
                return course, row
    raise NotFound("There is no such seat, or it is free now.")


def awaited_by(team_id: int) -> list[Order]:
    """The orders of seats by the team's managers whose money is on its way, or is looked at; the oldest first."""
    managers = select(Manager.user_id).where(Manager.team_id == team_id, Manager.user_id.is_not(None))
    query = select(Order).where(Order.user_id.in_(managers), Order.kind == OrderKind.SEATS)
    waits = Order.state.in_((OrderState.PROCESSING, OrderState.REVIEW))
    ours = Order.livemode == current_config().is_live
    return list(db.session.scalars(query.where(waits, ours).order_by(Order.id)))


def disputed_of(team_id: int) -> list[Order]:
    """The orders whose seats rest while their payment is disputed, the oldest first."""
    rests = select(Seat.order_id).where(
        Seat.team_id == team_id, Seat.pause_reason != "", Seat.ended_at.is_(None)
    )
    return list(db.session.scalars(select(Order).where(Order.id.in_(rests)).order_by(Order.id)))


def lines_of(board: Iterable[CourseSeats]) -> Iterator[Sequence[object]]:
    """The board as a table for a spreadsheet; it says no more than the page."""
    yield "Course", "Email", "Name", "State", "Progress in percent", "Certified", "Notes"
    for course in board:
        for row in course.rows:
            percent = "" if row.seen.percent is None else row.seen.percent
            yield course.title, row.email, row.name, row.state.value, percent, row.certified, row.notes


def _seats(team_id: int) -> Select[Seat, Course, str]:
    query = select(Seat, Course, User.name).join(Course, Course.id == Seat.course_id)
    query = query.outerjoin(User, User.id == Seat.user_id).where(Seat.team_id == team_id)
    return query.order_by(Course.title, Seat.id)


def _sets(pairs: Iterable[tuple[K, int]]) -> dict[K, frozenset[int]]:
    """The numbers that come with each key."""
    found: dict[K, set[int]] = {}
    for key, number in pairs:
        found.setdefault(key, set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _row(seat: Seat, name: str | None, learned: Learned, is_lost: bool) -> SeatRow:
    shown = (name or "") if seat.shares.shows_progress and not seat.is_ended else ""
    return SeatRow(
        seat.id,
        seat.email,
        shown,
        seen_by_manager(seat, learned),
        bool(seat.pause_reason),
        " ".join(notes_on(seat, is_lost)),
        None if seat.is_accepted else seat.invited_at,
    )


def _of_course(course: Course, rows: list[SeatRow]) -> CourseSeats:
    rests = [row for row in rows if row.is_paused and row.state is not SeatState.ENDED]
    counts = Counter(row.state for row in rows) - Counter(row.state for row in rests)
    told = [row for row in rows if row.email or (row.state is SeatState.FREE and row.notes)]
    told.sort(key=lambda row: row.state is SeatState.ENDED)
    return CourseSeats(course.id, course.slug, course.title, tuple(told), counts, len(rests))


def _lost(team_id: int) -> frozenset[int]:
    """The seats whose newest invitation could not be delivered."""
    key = "seat:" + cast(Seat.id, String) + ":invitation:" + cast(Seat.mails, String)
    query = select(Seat.id).join(OutboxMail, OutboxMail.dedupe_key == key)
    undelivered = query.where(Seat.team_id == team_id, OutboxMail.state == MailState.DEAD)
    return frozenset(db.session.scalars(undelivered))


def _learned(team_id: int) -> dict[Pair, Learned]:
    """What the holders of the team's seats have done in the seats' courses."""
    required, done = _required(team_id), _done(team_id)
    completed, certified = _completed(team_id), _certified(team_id)
    return {
        pair: Learned(
            len(steps),
            progress.percent(required.get(pair[1], frozenset()), steps, pair in completed),
            pair in certified,
            certified[pair].valid_until if pair in certified else None,
        )
        for pair, steps in ((pair, done.get(pair, frozenset())) for pair in {*done, *completed, *certified})
    }


def _required(team_id: int) -> dict[int, frozenset[int]]:
    """The required steps of the courses that the team has seats of."""
    courses = select(Seat.course_id).where(Seat.team_id == team_id)
    query = select(Step.course_id, Step.id).where(
        Step.course_id.in_(courses), Step.retired_at.is_(None), Step.required.is_(True)
    )
    return _sets((course_id, step_id) for course_id, step_id in db.session.execute(query))


def _done(team_id: int) -> dict[Pair, frozenset[int]]:
    query = (
        select(Seat.user_id, Seat.course_id, StepCompletion.step_id)
        .join(StepCompletion, StepCompletion.user_id == Seat.user_id)
        .join(Step, and_(Step.id == StepCompletion.step_id, Step.course_id == Seat.course_id))
        .where(Seat.team_id == team_id, HELD)
    )
    return _sets(((user_id, course_id), step_id) for user_id, course_id, step_id in db.session.execute(query))


def _completed(team_id: int) -> set[Pair]:
    of_seat = and_(CourseCompletion.user_id == Seat.user_id, CourseCompletion.course_id == Seat.course_id)
    query = select(Seat.user_id, Seat.course_id).join(CourseCompletion, of_seat)
    return {(row[0], row[1]) for row in db.session.execute(query.where(Seat.team_id == team_id, HELD))}


def _certified(team_id: int) -> dict[Pair, Certificate]:
    """The certificates that stand today, of each person and course the newest."""
    of_seat = and_(Certificate.user_id == Seat.user_id, Certificate.course_id == Seat.course_id)
    query = select(Seat.user_id, Seat.course_id, Certificate).join(Certificate, of_seat)
    stands = (Certificate.valid_until.is_(None)) | (Certificate.valid_until >= now().date())
    query = query.where(Seat.team_id == team_id, HELD, Certificate.revoked_at.is_(None), stands)
    return {(row[0], row[1]): row[2] for row in db.session.execute(query.order_by(Certificate.issued_at))}
