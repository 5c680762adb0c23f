"""Speaking to Stripe from within the shop."""

from collections.abc import Callable
from typing import TypeVar

from core.database import db

T = TypeVar("T")


def ask(question: Callable[..., T], *arguments: object) -> T:
    """Ask Stripe, with no transaction open, not even a reader's."""
    db.session.rollback()
    return question(*arguments)
