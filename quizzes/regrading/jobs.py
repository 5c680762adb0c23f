"""What the worker does for regrades: the rest of a large one or of its preview, and what was interrupted."""

from datetime import timedelta

from core import jobs
from core.database import transaction
from quizzes.regrading import previews, services
from quizzes.regrading.running import BELL, PREVIEW_BELL, carry_on, look_on


def register() -> None:
    """Go on when a page rings, and each minute with what a lost bell left."""
    jobs.answer(BELL, carry_on)
    jobs.answer(PREVIEW_BELL, look_on)
    jobs.periodic("regrades", timedelta(minutes=1), carry_on_all)
    jobs.periodic("regrade-previews-sweep", timedelta(hours=1), previews.sweep)


def carry_on_all() -> None:
    """Bring all regrades and previews that were begun to their end."""
    with transaction():
        begun, asked = services.running(), previews.unfinished()
    for regrade_id in begun:
        carry_on(regrade_id)
    for preview_id in asked:
        look_on(preview_id)
