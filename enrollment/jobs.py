"""What this room does in the background."""

import logging
from datetime import timedelta

from core import jobs
from core.database import transaction
from enrollment import services


def register() -> None:
    """End each minute what had an end date that has come."""
    jobs.periodic("expired-grants", timedelta(minutes=1), end_expired)


def end_expired() -> None:
    """End them, each in a transaction of its own, so that none holds up the others."""
    for grant_id in services.due_grants():
        try:
            with transaction():
                services.end_due(grant_id)
        except Exception:
            logging.getLogger("enrollment").exception("a grant was not ended", extra={"grant": grant_id})
