"""How many wrong codes one may try, by one person and from one address, so that nobody finds one by guessing."""

from collections.abc import Callable
from typing import TypeVar

from flask import request

from core.errors import InvalidInput, LimitReached
from core.limits import count, is_used_up

WRONG_CODES = "10/hour; 30/day"
T = TypeVar("T")


def try_code(
    scope: str, who: int | str | None, look: Callable[[], T], wrong: type[InvalidInput], full: str
) -> T:
    """What the code stands for. A `wrong` one is counted and raised; raises LimitReached, with the sentence `full`,
    where too many were. `who` is a person's id or what a guest's browser is known by, nothing for somebody unknown."""
    keys = [f"address:{request.remote_addr}", *([f"person:{who}"] if who else [])]
    if any(is_used_up(WRONG_CODES, scope, key) for key in keys):
        raise LimitReached(full)
    try:
        return look()
    except wrong:
        for key in keys:
            count(WRONG_CODES, scope, key)
        raise
