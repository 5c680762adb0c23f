"""What the worker does for reviews: reminders, looked for often enough to meet every time zone's morning."""

from datetime import timedelta

from core import jobs
from reviews import reminders


def register() -> None:
    """Let the worker remind."""
    jobs.periodic("review-reminders", timedelta(minutes=30), reminders.send_due)
