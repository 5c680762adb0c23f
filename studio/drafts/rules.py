"""The states of a draft, and what becomes of the older saves. Pure."""

from enum import StrEnum

KEPT_SAVES = 100  # the newest ones of a draft


class DraftState(StrEnum):
    """Where a draft stands on its way to learners. A save takes it back to writing."""

    WRITING = "writing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
