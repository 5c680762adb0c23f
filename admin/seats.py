"""The seats that teams bought, as the admin reads them: whose they are, and where each stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all

from accounts.models import PersonWord, User
from admin.listing import Listing
from admin.order_words import Word
from admin.paging import Order as OrderOf
from admin.paging import Page, Reader, Table, Term, find_page, in_order, some, streamed
from admin.search import LAST, WORDS, begins, is_found
from core.database import db
from courses.models import Course
from shop.models import Order, OrderKind
from teams.models import Seat, Team

SEATS = Table(Seat.id, {"bought": OrderOf((Seat.order_id,))})
STATES: dict[str, Word] = {
    "free": Word("Free", "", "circle-dashed"),
    "invited": Word("Invited", "info", "mail"),
    "accepted": Word("Accepted", "ok", "circle-check"),
    "left": Word("Left", "", "minus"),
    "ended": Word("Ended", "", "undo-2"),
}
_STANDS = and_(Seat.ended_at.is_(None), Seat.left_at.is_(None))
HOLDS: dict[str, ColumnElement[bool]] = {
    "free": and_(_STANDS, Seat.email == ""),
    "invited": and_(_STANDS, Seat.email != "", Seat.accepted_at.is_(None)),
    "accepted": and_(_STANDS, Seat.accepted_at.is_not(None)),
    "left": and_(Seat.left_at.is_not(None), Seat.ended_at.is_(None)),
    "ended": Seat.ended_at.is_not(None),
}
_state = case(*((holds, state) for state, holds in HOLDS.items())).label("state")


@dataclass(frozen=True)
class SeatLine:
    """One seat. `email` is the address that was invited, `user_id` and `name` are its holder's, if it has one."""

    id: int
    number: int
    team: str
    course: str
    order_number: str
    email: str
    user_id: int | None
    name: str | None
    state: str
    is_paused: bool
    invited_at: datetime | None
    accepted_at: datetime | None

    @property
    def word(self) -> Word:
        return STATES[self.state]


def page_of_seats(asked: Listing) -> tuple[list[SeatLine], Page]:
    """One page of the seats that were asked for."""
    shown = find_page(SEATS, asked, _terms(asked))
    return _read(shown.ids, db.session), shown


def all_rows(asked: Listing) -> Iterator[SeatLine]:
    """Everything that was asked for, read while it is being sent."""
    return streamed(SEATS, asked, _terms(asked), _read)


def counted(order: Order) -> list[tuple[Word, int]]:
    """How many seats of an order stand so, in the order of STATES; none where it holds no seats."""
    if order.kind is not OrderKind.SEATS:
        return []
    rows = db.session.execute(select(_state, func.count()).where(Seat.order_id == order.id).group_by(_state))
    numbers: dict[str, int] = {row[0]: row[1] for row in rows}
    return [(word, numbers[state]) for state, word in STATES.items() if state in numbers]


def _read(ids: Sequence[int], reader: Reader) -> list[SeatLine]:
    rows = reader.execute(_lines().where(Seat.id.in_(ids)))
    return in_order(ids, {row.id: SeatLine(**row._mapping) for row in rows})


def _lines() -> Select[*tuple[Any, ...]]:
    query = select(
        Seat.id, Seat.number, Team.name.label("team"), Course.title.label("course"),
        Order.number.label("order_number"), Seat.email, Seat.user_id, User.name,
        _state, (Seat.pause_reason != "").label("is_paused"), Seat.invited_at, Seat.accepted_at,
    )  # fmt: skip
    query = query.join(Team, Team.id == Seat.team_id).join(Course, Course.id == Seat.course_id)
    return query.join(Order, Order.id == Seat.order_id).outerjoin(User, User.id == Seat.user_id)


def _terms(asked: Listing) -> list[Term]:
    found = [_named(word) for word in asked.words]
    if state := asked.filters["state"]:
        found.append(_where(HOLDS[state]))
    if slug := asked.filters["course"]:
        found.append(_where(Seat.course_id == select(Course.id).filter_by(slug=slug).scalar_subquery()))
    return found


def _named(word: str) -> Term:
    """The number of an order as a whole, or the beginning of an invited address, of the team's name, or of a word of
    the holder's."""
    start = word.lower()
    address = and_(Seat.email >= start, Seat.email < start + LAST)
    team = Team.name.istartswith(word, autoescape=True)
    order = Seat.order_id == select(Order.id).filter_by(number=word.upper()).scalar_subquery()
    holders = select(Seat.id).join(PersonWord, PersonWord.user_id == Seat.user_id).where(begins(word))
    of_teams = select(Seat.id).join(Team, Team.id == Seat.team_id).where(team)
    by_words = (some(of_teams), some(holders, WORDS))
    ids = union_all(*(some(select(Seat.id).where(each)) for each in (address, order)), *by_words).subquery()
    is_teams = select(team).where(Team.id == Seat.team_id).scalar_subquery()
    return Term(or_(address, is_teams, order, is_found(Seat.user_id, word)), select(ids.c[0]), WORDS + 3)


def _where(holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(Seat.id).where(holds))
