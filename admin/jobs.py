"""What the worker does for the admin: it adds up the school's figures by day."""

from datetime import timedelta

from admin import figures
from core import jobs


def register() -> None:
    """Let the worker count."""
    jobs.periodic("figures", timedelta(hours=1), figures.count_recent)
    jobs.periodic("all-figures", timedelta(days=1), figures.count_all)
