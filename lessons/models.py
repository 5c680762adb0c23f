"""Lessons as published: rendered once, read many times; and what learners write into them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Lesson(Base):
    """The published body of a lesson. `name` is its full name, `course/lessons/slug`.

    `parts` is the HTML as it is shown, in order: a string is markup, an object is a slot that the page fills
    (`{"kind": "check", "id": ...}`). `outline` lists headings with their minutes; `cited` the sources in order.
    `clarification` says what was made clearer at `clarified_at`, for the head of the lesson.
    """

    __tablename__ = "lessons"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    objectives: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # id, text
    reviewed: Mapped[date | None]
    minutes: Mapped[int]
    words: Mapped[int]
    parts: Mapped[list[Any]] = mapped_column(JSON)
    outline: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # id, title, level, minutes
    cited: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # key, certainty
    text: Mapped[str]
    revision: Mapped[int]
    clarification: Mapped[str] = mapped_column(default="")
    clarified_at: Mapped[datetime | None]


class LessonMedia(Base):
    """A file that a lesson shows, under the name it has in the lesson's address."""

    __tablename__ = "lesson_media"
    __table_args__ = (UniqueConstraint("lesson_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    name: Mapped[str]
    storage_key: Mapped[str]
    mime: Mapped[str]


class Tool(Base):
    """A practice tool as published; `course` is the slug of the course in whose folder it lies.

    `html` still has places for what the school says of itself; `paced` tools are shown with the breathing pacer.
    """

    __tablename__ = "tools"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    course: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    reviewed: Mapped[date | None]
    paced: Mapped[bool]
    html: Mapped[str]
    cited: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # as of a lesson


class ToolLink(Base):
    """A lesson that links a practice tool, and so opens it to whoever may enter the lesson."""

    __tablename__ = "tool_links"
    __table_args__ = (Index("ix_tool_links_tool", "tool"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    tool: Mapped[str] = mapped_column(primary_key=True)  # its slug


class Reflection(Base):
    """A learner's private answer to one `reflect` prompt of a lesson."""

    __tablename__ = "reflections"
    __table_args__ = (UniqueConstraint("user_id", "lesson_id", "prompt"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    prompt: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]


class CheckAnswer(Base):
    """A learner's newest answer to a question inside a lesson; it counts for nothing but the learner."""

    __tablename__ = "check_answers"
    __table_args__ = (
        UniqueConstraint("user_id", "lesson_id", "question"),
        Index("ix_check_answers_lesson", "lesson_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    question: Mapped[str]  # the question's id
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered_at: Mapped[datetime]
