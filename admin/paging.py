"""Long lists, page by page, found by key: a page begins after the row that its address names.

Its time depends on the rows shown and not on those passed over (docs/performance.md, "Long lists").
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from admin.listing import Listing
from admin.rules import PAGE_SIZE
from core.database import db

BATCH = 500  # rows of a file that are read at once
ENOUGH = 500  # rows that are counted; of more it is only said that there are more
LARGEST_ID = 2**31 - 1
T = TypeVar("T")
Rows = Select[*tuple[Any, ...]]
Reader = Session | scoped_session[Any] | Connection


@dataclass(frozen=True)
class Term:
    """One thing asked of a list, said twice: of a row, and as the ids of the rows for which it holds, by an index.

    What holds for few rows is read by its ids and sorted; what holds for many is met soon on the way through the list.
    `repeats` is how often an id may stand among `ids`, as a rule.
    """

    holds: ColumnElement[bool]
    ids: Rows
    repeats: int = 1


@dataclass(frozen=True)
class Order:
    """An order of a list: its columns, the most significant first. An index holds them, and the id after them.

    `join` brings in the table of columns that stand in another one.
    """

    columns: tuple[InstrumentedAttribute[Any], ...]
    join: Callable[[Rows], Rows] = lambda query: query


@dataclass(frozen=True)
class Table:
    """What is listed: the key of its rows, and its orders by the names that addresses use."""

    id: InstrumentedAttribute[Any]
    orders: Mapping[str, Order]


@dataclass(frozen=True)
class Count:
    """How many rows there are; `is_capped` where it is only known that there are more."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"More than {self.number:,}" if self.is_capped else f"{self.number:,}"


@dataclass(frozen=True)
class Page:
    """One page: the ids of its rows in their order, how many rows there are in all, and its neighbours."""

    ids: list[Any]
    count: Count
    previous_url: str | None
    next_url: str | None


class Walk:
    """The way through what was asked of a table, in the order that was asked for."""

    def __init__(self, table: Table, asked: Listing, terms: Sequence[Term], reader: Reader) -> None:
        self._table, self._reader = table, reader
        self._order = table.orders[asked.sort.removeprefix("-")]
        self._descending = asked.sort.startswith("-")
        self._terms = terms
        self._sizes = [_size_of(term, reader) for term in terms]
        self._lead = self._leading()

    def _leading(self) -> Term | None:
        """The term that holds for the fewest rows, where these are few enough to be sorted."""
        few = [(size, place) for place, (size, is_all) in enumerate(self._sizes) if is_all and size <= ENOUGH]
        return self._terms[min(few)[1]] if few else None

    @cached_property
    def count(self) -> Count:
        if len(self._terms) == 1 and self._sizes[0][0] > ENOUGH:
            return Count(ENOUGH, True)
        return number_of(self._wanted(self._table.id), self._reader)

    def position(self, cursor: str) -> tuple[Any, ...] | None:
        """Where the row with this id stands in the order, or None where no row has it."""
        if self._table.id.type.python_type is int:
            if not cursor.isdecimal() or int(cursor) > LARGEST_ID:
                return None
            cursor_id: object = int(cursor)
        else:
            cursor_id = cursor
        query = self._order.join(select(*self._order.columns, self._table.id))
        row = self._reader.execute(query.where(self._table.id == cursor_id)).one_or_none()
        return tuple(row) if row else None

    def rows(
        self, limit: int, start: tuple[Any, ...] | None = None, *, back: bool = False
    ) -> list[tuple[Any, ...]]:
        """The next rows after a position, or from the beginning: their positions, whose last part is the id.

        With `back` they are those before it, the nearest first.
        """
        columns, query = self._source
        upward = self._descending == back
        if start:
            query = query.where(_beyond(columns, start, upward))
        ordered = query.order_by(*(column.asc() if upward else column.desc() for column in columns))
        return [tuple(row) for row in self._reader.execute(ordered.limit(limit))]

    @cached_property
    def _source(self) -> tuple[list[ColumnElement[Any]], Rows]:
        columns: list[ColumnElement[Any]] = [*self._order.columns, self._table.id]  # type: ignore[list-item]
        query = self._order.join(self._wanted(*columns))
        if self._lead is None:
            return columns, query
        # The limit keeps the database from walking through the whole list to spare itself the sorting of few rows.
        few = query.limit(ENOUGH + 1).subquery()
        return list(few.c), select(*few.c)

    def _wanted(self, *columns: Any) -> Rows:
        query = select(*columns).select_from(self._table.id.class_)
        if self._lead is not None:
            query = query.where(self._table.id.in_(self._lead.ids))
        return query.where(*(term.holds for term in self._terms))


def find_page(table: Table, asked: Listing, terms: Sequence[Term] = ()) -> Page:
    """The page that the address names. One that names no row of the table is the first."""
    walk = Walk(table, asked, terms, db.session)
    if asked.before and (start := walk.position(asked.before)):
        rows = walk.rows(PAGE_SIZE + 1, start, back=True)
        if len(rows) > PAGE_SIZE:
            shown = rows[:PAGE_SIZE][::-1]
            return _page(asked, walk, shown, has_before=True, has_after=True)
        return _first(asked, walk)
    start = walk.position(asked.after) if asked.after else None
    if start is None:
        return _first(asked, walk)
    rows = walk.rows(PAGE_SIZE + 1, start)
    return _page(asked, walk, rows[:PAGE_SIZE], has_before=True, has_after=len(rows) > PAGE_SIZE)


def all_ids(
    table: Table, asked: Listing, terms: Sequence[Term], reader: Reader, batch: int
) -> Iterator[list[Any]]:
    """Everything that was asked for, in batches of ids, each read when it is needed."""
    walk = Walk(table, asked, terms, reader)
    rows = walk.rows(batch)
    while rows:
        yield [row[-1] for row in rows]
        rows = walk.rows(batch, rows[-1])


def streamed(
    table: Table, asked: Listing, terms: Sequence[Term], read: Callable[[Sequence[Any], Reader], Iterable[T]]
) -> Iterator[T]:
    """Everything that was asked for, read in batches on a connection of its own while it is being sent.

    What `read` needs besides is looked up before: once the answer has begun, nothing else asks the database.
    """
    engine = db.engine

    def stream() -> Iterator[T]:
        with engine.connect() as connection:
            for ids in all_ids(table, asked, terms, connection, BATCH):
                yield from read(ids, connection)

    return stream()


def some(ids: Rows, repeats: int = 1) -> Rows:
    """As many of these ids as are ever looked at, for a part of a union: a limit does not reach into one."""
    return select(ids.limit(repeats * ENOUGH + 1).subquery().c[0])


def in_order(ids: Sequence[Any], rows: Mapping[Any, Any]) -> list[Any]:
    """The rows in the order of these ids; one that has gone in the meantime is left out."""
    return [rows[number] for number in ids if number in rows]


def values_of(column: InstrumentedAttribute[str]) -> list[str]:
    """Every value that stands in a column, in order, each found in its index after the one before."""
    first = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    found = first.union_all(select(following).where(first.c.value.is_not(None)))
    return list(db.session.scalars(select(found.c.value).where(found.c.value.is_not(None))))


def number_of(ids: Rows, reader: Reader | None = None) -> Count:
    """How many rows a query finds, counted no further than needed."""
    number = (reader or db.session).execute(_size(ids)).scalar_one()
    return Count(min(number, ENOUGH), number > ENOUGH)


def _first(asked: Listing, walk: Walk) -> Page:
    rows = walk.rows(PAGE_SIZE + 1)
    return _page(asked, walk, rows[:PAGE_SIZE], has_before=False, has_after=len(rows) > PAGE_SIZE)


def _page(
    asked: Listing, walk: Walk, rows: list[tuple[Any, ...]], *, has_before: bool, has_after: bool
) -> Page:
    ids = [row[-1] for row in rows]
    before = asked.url(before=ids[0]) if ids and has_before else None
    after = asked.url(after=ids[-1]) if ids and has_after else None
    return Page(ids, walk.count, before, after)


def _size_of(term: Term, reader: Reader) -> tuple[int, bool]:
    """How many rows the term holds for, and whether these are all: no more are looked at than needed.

    As a rule few of the first ids repeat, and twice as many as needed tell enough; else more are looked at.
    """
    for most in (min(term.repeats, 2) * ENOUGH + 1, term.repeats * ENOUGH + 1):
        ids = term.ids.limit(most).subquery()
        number, distinct = reader.execute(select(func.count(), func.count(ids.c[0].distinct()))).one()
        if number < most or distinct > ENOUGH:
            break
    return distinct, number < most


def _size(ids: Rows) -> Select[int]:
    return select(func.count()).select_from(ids.limit(ENOUGH + 1).subquery())


def _beyond(
    columns: Sequence[ColumnElement[Any]], start: tuple[Any, ...], upward: bool
) -> ColumnElement[bool]:
    """Rows after `start`. The first column is compared by itself too: an index of it begins there, whatever table
    the other columns stand in."""
    values = [literal(value, column.type) for value, column in zip(start, columns, strict=True)]
    first, here, there = columns[0], tuple_(*columns), tuple_(*values)
    return and_(first >= values[0], here > there) if upward else and_(first <= values[0], here < there)
