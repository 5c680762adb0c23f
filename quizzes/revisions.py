"""Revisions in memory: what a revision says never changes, so it is read and made once in a process."""

from collections.abc import Callable
from typing import Generic, TypeVar

from core.config import current_config

Made = TypeVar("Made")


class Revisions(Generic[Made]):
    """What `make` makes of a revision by its id, kept by database; beyond `most`, the first kept leave."""

    def __init__(self, make: Callable[[int], Made], most: int) -> None:
        self._make, self._most = make, most
        self._kept: dict[tuple[str, int], Made] = {}

    def __call__(self, revision_id: int) -> Made:
        """Raises what `make` raises; that is not kept."""
        key = (current_config().database_url, revision_id)
        made = self._kept.get(key)
        if made is None:
            made = self._kept[key] = self._make(revision_id)
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return made
