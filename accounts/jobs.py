"""What this room does in the background."""

import logging
from datetime import timedelta

from accounts import services
from core import jobs
from core.database import transaction


def register() -> None:
    """Let the worker drop sign-ins that nobody can use any more."""
    jobs.periodic("sign-ins", timedelta(days=1), drop_dead_sign_ins)


def drop_dead_sign_ins() -> None:
    """Drop them, and say how many."""
    with transaction():
        dropped = services.drop_dead_sign_ins()
    logging.getLogger("accounts").info("dropped dead sign-ins", extra={"number": dropped})
