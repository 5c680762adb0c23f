"""What the worker does for regrades: the rest of a large one or of its preview, and what was interrupted."""

from datetime import timedelta

from core import jobs
from core.database import transaction
from quizzes.regrading import previews, services
from quizzes.regrading.running import BELL, PREVIEW_BELL, carry_on, look_on


def register() -> None:
    """Go on when a page rings, and each minute with what a lost bell left."""
    jobs.answer_alone(BELL, carry_on)
    jobs.answer_alone(PREVIEW_BELL, look_on)
    jobs.periodic("regrades", timedelta(minutes=1), ring_for_all)
    jobs.periodic("regrade-previews-sweep", timedelta(hours=1), previews.sweep)


def ring_for_all() -> None:
    """A bell for each regrade and preview that was begun. They may take long, and the clock's other jobs must not
    wait for them."""
    with transaction():
        begun, asked = services.running(), previews.unfinished()
    for regrade_id in begun:
        jobs.ring(BELL, regrade_id)
    for preview_id in asked:
        jobs.ring(PREVIEW_BELL, preview_id)
