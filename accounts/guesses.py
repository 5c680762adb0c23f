"""How many wrong guesses and how many mails: limited by place and by account, told alike to everyone."""

from flask import request

from core import limits
from core.errors import LimitReached

LIMIT = "5/minute; 50/day"  # wrong ones, from one place and for one account


def require_left(scope: str, account: str) -> None:
    """Refuse a guess when five a minute or fifty a day were wrong, from here or for this account."""
    if any(limits.is_used_up(LIMIT, scope, key) for key in _keys(account)):
        raise LimitReached("Too many tries. Wait a minute, then try again.")


def count_wrong(scope: str, account: str) -> None:
    """Count a guess that was wrong."""
    for key in _keys(account):
        limits.count(LIMIT, scope, key)


def may_mail(kind: str, address: str, limit: str = "1/15 minutes") -> bool:
    """Whether another mail of this kind may go to this address; counts it. Whoever asked is not told."""
    return limits.count(limit, f"mail:{kind}", address)


def _keys(account: str) -> tuple[str, str]:
    return request.remote_addr or "unknown", account.strip().lower()
