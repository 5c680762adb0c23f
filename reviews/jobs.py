"""What the worker does for reviews: it takes news in, and reminds, often enough to meet every zone's morning."""

from datetime import timedelta

from core import jobs
from reviews import news, reminders


def register() -> None:
    """Let the worker take in and remind."""
    jobs.periodic("review-news", timedelta(minutes=1), news.gather)
    jobs.periodic("review-reminders", timedelta(minutes=30), reminders.send_due)
