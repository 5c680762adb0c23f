"""What the worker does for the shop each hour: reconcile (also when somebody asks), and look at plans that are due."""

import logging
from datetime import timedelta

from core import jobs
from core.config import current_config
from shop import reconcile
from shop.plans import following


def register() -> None:
    """Let the worker reconcile."""
    jobs.answer(reconcile.BELL, reconcile.reconcile)
    jobs.periodic("stripe-reconcile", timedelta(hours=1), hourly)
    jobs.periodic("plans-overdue", timedelta(hours=1), look_at_plans)


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


def look_at_plans() -> None:
    """End the grace that is over, and hear what Stripe did not tell."""
    if current_config().takes_money:
        following.look_at_overdue()
