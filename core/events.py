"""News travels upward: a room publishes a typed fact, rooms above it subscribe in app.py.

A handler runs at once, inside the publisher's transaction, in the order of subscription (floor by floor), and may
fail it by raising. So a completed course and its certificate are one commit, without an import upward.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")
_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[Event], handler: Callable[[Event], None]) -> None:
    """Let `handler` hear each fact of exactly this kind. A second subscription of the same pair changes nothing."""
    if handler not in _handlers[kind]:
        _handlers[kind].append(handler)


def publish(event: object) -> None:
    """Tell all subscribers. Their errors are the publisher's errors."""
    for handler in _handlers[type(event)]:
        handler(event)
