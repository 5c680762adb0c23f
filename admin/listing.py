"""A list's address: search, filters, order and page stand in it, so that a link or a reload shows the same."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from admin.rules import PageOf

Columns = Mapping[str, InstrumentedAttribute[Any] | ColumnElement[Any]]
LONGEST_SEARCH = 200  # characters


@dataclass(frozen=True)
class Pager:
    """The page shown and its neighbours, as the pager of the templates takes them."""

    page: PageOf
    previous_url: str | None
    next_url: str | None

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def pages(self) -> int:
        return self.page.pages


@dataclass(frozen=True)
class Listing:
    """What somebody asked of a list. `sort` names one of the allowed columns, with `-` for descending.

    `after` and `before` name the row next to which a page of a long list begins or ends (admin.paging); `place` is
    what the path of the address names.
    """

    endpoint: str
    q: str
    filters: dict[str, str]
    sort: str
    wanted_page: int
    default_sort: str
    after: str = ""
    before: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or any(self.filters.values()))

    @property
    def words(self) -> list[str]:
        return self.q.split()

    def url(self, endpoint: str | None = None, **changed: object) -> str:
        """This list with something changed, without what is as by default."""
        values: dict[str, Any] = {"q": self.q, **self.filters, "sort": self.sort, **changed}
        if values["sort"] == self.default_sort:
            values["sort"] = ""
        given = {name: value for name, value in values.items() if value}
        return url_for(endpoint or self.endpoint, **self.place, **given)

    def hidden(self) -> dict[str, str]:
        """What a form beside the filters carries along: all but the page."""
        kept = {"q": self.q, **self.filters, "sort": self.sort}
        return {name: value for name, value in kept.items() if value}

    def direction(self, column: str) -> str:
        """How this column is sorted, in the words of aria-sort; empty when by another."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "")

    def sort_url(self, column: str) -> str:
        """Sort by this column, or the other way round."""
        return self.url(sort=f"-{column}" if self.sort == column else column)

    def order(self, columns: Columns, tie: InstrumentedAttribute[Any]) -> list[ColumnElement[Any]]:
        """The columns to order by; `tie` settles what is equal, so that pages never overlap."""
        column = columns[self.sort.removeprefix("-")]
        return [column.desc(), tie.desc()] if self.sort.startswith("-") else [column.asc(), tie.asc()]

    def pager(self, page: PageOf) -> Pager:
        before = self.url(page=page.number - 1) if page.number > 1 else None
        after = self.url(page=page.number + 1) if page.number < page.pages else None
        return Pager(page, before, after)


def read_listing(
    endpoint: str,
    columns: Container[str],
    default_sort: str,
    filters: Mapping[str, object],
    place: Mapping[str, str] | None = None,
) -> Listing:
    """Read the address. What is not an allowed filter or column falls back to the default.

    `filters` maps each filter to what holds its allowed values.
    """
    asked = request.args
    sort = asked.get("sort", "")
    return Listing(
        endpoint,
        " ".join(asked.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
        {name: _allowed(asked.get(name, ""), values) for name, values in filters.items()},
        sort if sort.removeprefix("-") in columns else default_sort,
        asked.get("page", 1, type=int),
        default_sort,
        asked.get("after", ""),
        asked.get("before", ""),
        place or {},
    )


def holds(
    word: str, *columns: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """Whether one of the columns holds the word, whatever its case.

    SQLite lowers ASCII letters only, so a word is also looked for as names write it.
    """
    forms = dict.fromkeys((word, word.lower(), word.title(), word.upper()))
    return or_(*(column.icontains(form, autoescape=True) for column in columns for form in forms))


def _allowed(value: str, allowed: Any) -> str:
    return value if value in allowed else ""
