"""Tables: documents that were read and wait to be looked over, and their pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class DocumentImport(Base):
    """What one person brought into one course at once. `documents` are as they were read; drafts are made of it once,
    at `finished_at`, and it is forgotten at `ends_at`."""

    __tablename__ = "document_imports"

    id: Mapped[str] = mapped_column(primary_key=True)
    course: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    documents: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class ImportedPicture(Base):
    """A picture of an import, at `key` in the media storage until the import ends. `place` counts from 0."""

    __tablename__ = "imported_pictures"
    __table_args__ = (UniqueConstraint("import_id", "place"), CheckConstraint("place >= 0", name="place"))

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("document_imports.id"))
    place: Mapped[int]
    key: Mapped[str] = mapped_column(unique=True)
    ending: Mapped[str]
    sha256: Mapped[str]
