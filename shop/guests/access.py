"""The secret by which a guest's browser is known again: in its session, and nowhere else."""

from flask import session

from core.ids import fingerprint, random_token

_KEPT = "guest"  # where the session has it


def guest_key() -> str:
    """The fingerprint of this browser's secret; empty where it began no order."""
    secret = session.get(_KEPT)
    return fingerprint(secret) if secret else ""


def new_guest_key() -> str:
    """As guest_key; a browser that has no secret gets one."""
    if _KEPT not in session:
        session[_KEPT] = random_token()
    return guest_key()
