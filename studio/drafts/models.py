"""Tables: drafts of the bundle's files, and every save of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from studio.drafts.rules import DraftState


class Draft(Base):
    """A file of the bundle as it is being written; one for each path. It is closed once it was published or discarded,
    and opened again by the next save.

    `course` is the slug of the course in whose folder the file lies, empty for what belongs to the school.
    `base_revision` is the published revision that it began from, 0 for a new file, and `base_text` what stood there.
    `number` is that of its newest save, which `text` holds; `saved_by` wrote it.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("base_revision >= 0", name="base_revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(unique=True)
    course: Mapped[str] = mapped_column(index=True)
    base_revision: Mapped[int]
    base_text: Mapped[str]
    number: Mapped[int]
    text: Mapped[str]
    state: Mapped[DraftState] = mapped_column(default=DraftState.WRITING)
    made_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class DraftSave(Base):
    """One save of a draft, by its number."""

    __tablename__ = "draft_saves"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
