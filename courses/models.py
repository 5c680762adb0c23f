"""Courses, their modules and their ordered steps. A lesson or a quiz is the body of one step, in a room above."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from core.money import Money
from courses.roles import CourseRole


class Author(Base):
    """Who teaches, as told in content/authors/<slug>.md. `may` and `may_not` say what the author may do."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    portrait: Mapped[str]  # path inside the bundle, or empty
    may: Mapped[list[str]] = mapped_column(JSON)
    may_not: Mapped[list[str]] = mapped_column(JSON)
    publications: Mapped[list[str]] = mapped_column(JSON)
    body_html: Mapped[str]


class Course(Base):
    """One course as it is published now.

    `revision` counts published changes of the course's texts; `version` counts every change that a page shows
    (also of its lessons), and is what caches hold on to. `price_minor` is in minor units of `currency`; 0 is free.
    `requires` names the courses to complete before, by slug; `access_months` is how long access lasts, None for as
    long as the course is offered. It takes learners from `enroll_from` to `enroll_until`, both days included.
    """

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    subtitle: Mapped[str]
    collection: Mapped[str]
    language: Mapped[str]
    level: Mapped[str]
    order: Mapped[str]  # free, modules or strict: in which order steps open
    cover: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    outcomes: Mapped[list[str]] = mapped_column(JSON)
    audience: Mapped[list[str]] = mapped_column(JSON)
    not_for: Mapped[list[str]] = mapped_column(JSON)
    authors: Mapped[list[str]] = mapped_column(JSON)  # slugs, in order
    faq: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # question, answer_html
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # requires, pass, valid_months, category
    body_html: Mapped[str]
    revision: Mapped[int]
    version: Mapped[int]
    reviewed: Mapped[date | None]
    requires: Mapped[list[str]] = mapped_column(JSON, server_default="[]", default=list)
    access_months: Mapped[int | None]
    enroll_from: Mapped[date | None]
    enroll_until: Mapped[date | None]

    modules: Mapped[list["Module"]] = relationship(order_by="Module.position", cascade="all, delete-orphan")
    steps: Mapped[list["Step"]] = relationship(order_by="Step.position", cascade="all, delete-orphan")

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class CoursePrice(Base):
    """What a course costs in a further currency. Set by the school, never converted."""

    __tablename__ = "course_prices"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]

    @property
    def price(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Module(Base):
    """A named stretch of a course's steps. It opens `opens_days` after a learner began, or on `opens_on`."""

    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    slug: Mapped[str]
    title: Mapped[str]
    position: Mapped[int]
    opens_days: Mapped[int | None]
    opens_on: Mapped[date | None]


class Step(Base):
    """One thing to do in a course. Its slug is its identity in the course; records of learners hang on its id.

    `body` is the full name of what the step holds, as `the-barrier/lessons/bricks`. A step that was taken out
    has `retired_at`: its row stays, so that nobody loses what was done. `minutes` are computed from the body.
    """

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("modules.id"))
    position: Mapped[int]
    slug: Mapped[str]
    kind: Mapped[str]  # lesson or quiz
    noun: Mapped[str]  # what readers call it: lesson, quiz, case or assignment
    body: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    minutes: Mapped[int]
    required: Mapped[bool]
    preview: Mapped[bool]
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CourseInstructor(Base):
    """Who teaches a course here, with an account, and in which role."""

    __tablename__ = "course_instructors"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[CourseRole] = mapped_column(server_default="owner", default=CourseRole.OWNER)


class CourseFounder(Base):
    """A course that was never published, by its slug, and who began it: once it is published they own it and the row
    goes. Nobody, where they left: then it is the admins'."""

    __tablename__ = "course_founders"

    slug: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    founded_at: Mapped[datetime]
