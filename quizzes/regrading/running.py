"""Carrying regrades and previews on: as many parts as wanted, each committed before the next begins."""

from itertools import count, islice

from core.database import transaction
from quizzes.regrading import previews, services

BELL, PREVIEW_BELL = "regrade", "regrade-preview"
AT_ONCE = 10  # batches that a page waits for
LOOKED_AT_ONCE = 1  # chunk of a preview that a page waits for


def carry_on(regrade_id: int, batches: int | None = None) -> bool:
    """Apply so many batches, or all. Returns whether more are left."""
    for _ in islice(count(), batches):
        with transaction():
            more = services.advance(regrade_id)
        if not more:
            return False
    return True


def look_on(preview_id: int, chunks: int | None = None) -> bool:
    """Look at so many chunks of a preview, or all. Returns whether more are left."""
    for _ in islice(count(), chunks):
        chunk = previews.look_on(preview_id)
        if chunk is None:
            return False
        with transaction():
            previews.keep(preview_id, chunk)
        if chunk.is_last:
            return False
    return True
