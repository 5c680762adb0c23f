"""Tables: files of people to enroll, as they were looked at and applied."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class UploadState(StrEnum):
    """A file is looked at, then applied once, batch by batch."""

    PREVIEWED = "previewed"
    APPLYING = "applying"
    APPLIED = "applied"


class BulkUpload(Base):
    """One file. `lines` are its lines with their fates, as judged at the preview and, up to `done`, as they came out;
    what they named is forgotten after a while."""

    __tablename__ = "bulk_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    name: Mapped[str]
    state: Mapped[UploadState] = mapped_column(index=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    done: Mapped[int]
    finished_at: Mapped[datetime | None]
