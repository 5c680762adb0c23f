"""What the worker does for regrades: the rest of a large one, and what was interrupted."""

from datetime import timedelta

from core import jobs
from core.database import transaction
from quizzes.regrading import services
from quizzes.regrading.running import BELL, carry_on


def register() -> None:
    """Go on when a page rings, and each minute with what a lost bell left."""
    jobs.answer(BELL, carry_on)
    jobs.periodic("regrades", timedelta(minutes=1), carry_on_all)


def carry_on_all() -> None:
    """Bring all regrades that were begun to their end."""
    with transaction():
        begun = services.running()
    for regrade_id in begun:
        carry_on(regrade_id)
