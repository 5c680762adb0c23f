"""Tables: zips that wait to be looked at and taken over."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class BroughtZip(Base):
    """A zip that somebody uploaded. It is theirs alone, and is gone when it was taken over, or at its end."""

    __tablename__ = "brought_zips"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
