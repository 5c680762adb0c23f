"""The bibliography as readers see it: what a page cites, described."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.database import db
from sources.models import Source
from sources.rules import sentences


@dataclass(frozen=True)
class CitedSource:
    """A source as a page lists it: what it is, how the study was made, what it does not show, how sure we are."""

    authors: str
    title: str
    published_in: str
    year: str
    url: str
    link_text: str
    design: str
    limit: str
    certainties: tuple[str, ...]

    @property
    def opening(self) -> str:
        """Who wrote what."""
        return sentences(self.authors, self.title)


def describe(cited: Iterable[tuple[str, Sequence[str]]]) -> dict[str, CitedSource]:
    """By key and in the given order, what the bibliography says; each key comes with its claims' certainties."""
    wanted = dict(cited)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Source).where(Source.key.in_(wanted)))
    found = {source.key: source for source in rows}
    return {key: _cited(found[key], certainties) for key, certainties in wanted.items() if key in found}


def cited_sources(cited: Iterable[Mapping[str, Any]]) -> list[CitedSource]:
    """The sources of a published text, in the order in which it cites them; `cited` is as publishing stored it."""
    return list(describe((str(entry["key"]), entry["certainties"]) for entry in cited).values())


def _cited(source: Source, certainties: Sequence[str]) -> CitedSource:
    return CitedSource(
        source.authors,
        source.title,
        source.published_in,
        source.year,
        f"https://doi.org/{source.doi}" if source.doi else source.url,
        f"doi:{source.doi}" if source.doi else "Read it",
        source.design,
        source.limit,
        tuple(certainties),
    )
