"""Table: imports of questions that were looked at and may be kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class QuestionImport(Base):
    """What an import was understood as. `course` is a slug; `text` is the file of questions in our own format.

    `held` has for each question `id`, `kind`, `line`, `prompt` and `changes`; `refused` and `changes` are lists of
    line, message and remedy. `kept_path` is the file that it became a draft of, empty before.
    """

    __tablename__ = "question_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    format: Mapped[str]
    text: Mapped[str]
    held: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    refused: Mapped[list[list[Any]]] = mapped_column(JSON)
    kept_path: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
