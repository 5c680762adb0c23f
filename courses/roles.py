"""What each of those who teach a course may do in it (docs/studio.md). Pure."""

from collections.abc import Mapping
from enum import StrEnum


class CourseRole(StrEnum):
    """What somebody is in one course. Everybody who is something there may read the course as its learners do."""

    OWNER = "owner"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    MARKER = "marker"
    ASSISTANT = "assistant"


class Deed(StrEnum):
    """What is done in a course by those who teach it."""

    READ_DRAFTS = "read drafts"
    WRITE = "write"
    REVIEW = "review"  # comment on lines, and approve
    PUBLISH = "publish"
    MARK = "mark"  # works, requests for another attempt, accommodations
    SEE_LEARNERS = "see learners"  # statistics, and how far each has come
    TELL_LEARNERS = "tell learners"  # announcements
    MANAGE = "manage"  # who teaches the course, and its settings


DEEDS: Mapping[CourseRole, frozenset[Deed]] = {
    CourseRole.OWNER: frozenset(Deed),
    CourseRole.EDITOR: frozenset(
        (Deed.READ_DRAFTS, Deed.WRITE, Deed.PUBLISH, Deed.SEE_LEARNERS, Deed.TELL_LEARNERS)
    ),
    CourseRole.REVIEWER: frozenset((Deed.READ_DRAFTS, Deed.REVIEW, Deed.SEE_LEARNERS)),
    CourseRole.MARKER: frozenset((Deed.MARK, Deed.SEE_LEARNERS)),
    CourseRole.ASSISTANT: frozenset((Deed.SEE_LEARNERS, Deed.TELL_LEARNERS)),
}


def roles_with(deed: Deed) -> frozenset[CourseRole]:
    """The roles that may do this."""
    return frozenset(role for role, deeds in DEEDS.items() if deed in deeds)
