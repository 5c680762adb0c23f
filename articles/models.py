"""Articles as published: rendered once, read by anyone."""

from datetime import date
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Article(Base):
    """The published text of `articles/<slug>.md`.

    `html` is the body as it is shown; `outline` lists its headings, `cited` the sources in order: first those that
    the body numbers, then those that only an answer names. `media` maps the name of a picture to its storage key.
    """

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    authors: Mapped[list[str]] = mapped_column(JSON)  # slugs, in order
    published: Mapped[date]
    reviewed: Mapped[date | None]
    related: Mapped[list[str]] = mapped_column(JSON)  # slugs of courses, in order
    faq: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # question, answer_html
    minutes: Mapped[int]
    html: Mapped[str]
    outline: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # id, title, level
    cited: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # key, certainties
    media: Mapped[dict[str, str]] = mapped_column(JSON)
