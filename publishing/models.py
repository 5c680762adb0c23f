"""The files of the bundle as they came, byte for byte, each with all its revisions."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from publishing.changes import ChangeKind


class ContentFile(Base):
    """One path of the bundle. `revision` is the number of its newest revision; `removed_at` when it was taken out.

    `rendered_from` is the hash of all that its pages were made of: the file, glossary, bibliography, figures and
    the renderer itself; empty for a file that makes no page.
    """

    __tablename__ = "content_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    revision: Mapped[int]
    rendered_from: Mapped[str]
    removed_at: Mapped[datetime | None]


class ContentRevision(Base):
    """What a file held: its bytes, or for media the key under which they are stored; who published it, why, and what
    kind of change they said it was."""

    __tablename__ = "content_revisions"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("content_files.id"))
    number: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    storage_key: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reason: Mapped[str]
    kind: Mapped[ChangeKind | None]


class BroughtFile(Base):
    """What a file held when files came the last time, whether or not that was taken over: the text where it is one."""

    __tablename__ = "brought_files"

    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
