"""Who did what to what: an append-only trail, written in the transaction of the deed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.database import Base, db


class AuditEntry(Base):
    """One deed. `actor_id` is None for the system; `subject` names the thing, as `enrollment:17`."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("deeds_by_time", "at", "id"),
        Index("deeds_of_a_kind", "action", "at", "id"),
        Index("deeds_of_a_person", "actor_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    action: str, subject: str, detail: dict[str, Any] | None = None, actor_id: int | None = None
) -> None:
    """Add one entry: an action as `room.verb`, its subject, and what a reader later needs to understand it."""
    entry = AuditEntry(at=now(), actor_id=actor_id, action=action, subject=subject, detail=detail or {})
    db.session.add(entry)
    db.session.flush()
