"""What the worker does for quizzes by the clock."""

from datetime import timedelta

from core import jobs
from quizzes import closing, kept


def register() -> None:
    """Close what is overdue each minute; take out kept forms of more than a day ago each hour."""
    jobs.periodic("overdue-attempts", timedelta(minutes=1), closing.close_overdue)
    jobs.periodic("kept-forms-sweep", timedelta(hours=1), kept.sweep)
