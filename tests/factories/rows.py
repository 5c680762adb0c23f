"""Rows as tests hold them."""

from typing import Any

from core.database import db


def detached(row: Any) -> Any:
    """The row, loaded, and free of the session, which is over."""
    db.session.refresh(row)
    db.session.expunge(row)
    db.session.rollback()
    return row
