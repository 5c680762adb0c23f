"""What the worker does for the shop: reconcile each hour and when somebody asks, compare each
night, look each hour at plans that are due."""

import logging
from datetime import timedelta

from core import jobs
from core.config import current_config
from shop import reconcile
from shop.ledger import reports
from shop.plans import following


def register() -> None:
    """Let the worker reconcile, and compare the ledger with Stripe."""
    jobs.answer(reconcile.BELL, reconcile.reconcile)
    jobs.periodic("stripe-reconcile", timedelta(hours=1), hourly)
    jobs.periodic("plans-overdue", timedelta(hours=1), look_at_plans)
    jobs.periodic("stripe-report", timedelta(hours=1), nightly)


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


def nightly() -> None:
    """Compare the day before with Stripe, once, and log where the books differ."""
    if not current_config().takes_money or not reports.is_due():
        return
    report = reports.make(reports.yesterday(), "job")
    if report.differences:
        logging.getLogger("ledger").warning(
            "the ledger and Stripe differ", extra={"day": report.day, "differences": len(report.differences)}
        )


def look_at_plans() -> None:
    """End the grace that is over, and hear what Stripe did not tell."""
    if current_config().takes_money:
        following.look_at_overdue()
