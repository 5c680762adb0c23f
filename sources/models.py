"""Sources that lessons cite, and terms that they explain."""

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Source(Base):
    """One entry of the bibliography. `design` says how the study was made, `limit` what it does not show."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # the BibTeX entry type, as article
    authors: Mapped[str]
    title: Mapped[str]
    published_in: Mapped[str]  # journal, book or publisher
    year: Mapped[str]
    doi: Mapped[str]
    url: Mapped[str]
    design: Mapped[str]
    limit: Mapped[str]


class Term(Base):
    """One term of the glossary, with the other words it goes by."""

    __tablename__ = "terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(JSON)
    definition: Mapped[str]  # plain text
