"""What the worker does for the shop: reconcile each hour, and when somebody asks."""

import logging
from datetime import timedelta

from core import jobs
from core.config import current_config
from shop import reconcile


def register() -> None:
    """Let the worker reconcile."""
    jobs.answer(reconcile.BELL, reconcile.reconcile)
    jobs.periodic("stripe-reconcile", timedelta(hours=1), hourly)


def hourly() -> None:
    """Reconcile where payments are set up, and log what a person must look at."""
    if not current_config().takes_money:
        return
    report = reconcile.reconcile("job")
    if report.trouble or report.unknown_sessions:
        logging.getLogger("reconcile").warning(
            "something needs a look",
            extra={"trouble": report.trouble, "unknown_sessions": report.unknown_sessions},
        )
