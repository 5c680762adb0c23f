"""What keeps somebody from enrolling. Pure; docs/access.md says it in prose."""

from collections.abc import Sequence
from datetime import datetime

from enrollment.admission.windows import Hindrance, Window

SENTENCES = {
    Hindrance.NOT_OPEN_YET: "This course takes learners from {day} on.",
    Hindrance.CLOSED: "This course takes no new learners at present.",
    Hindrance.PREREQUISITES: "Complete {courses} first: this course builds on it.",
    Hindrance.CHOOSE_GROUP: "This course is taken in groups: choose one of them.",
}


def hindrances(
    window: Window, missing: Sequence[object], must_choose: bool, now: datetime, is_paid: bool = False
) -> tuple[Hindrance, ...]:
    """All that keeps somebody from enrolling, what they can do least about first; nothing where they may. `missing`
    are the courses that they have to complete before; `must_choose` whether they need a place in a group. A place
    that `is_paid` already, as a gift or a seat, is taken also once the course takes nobody new."""
    outside = window.hindrance(now)
    found = (
        None if is_paid and outside is Hindrance.CLOSED else outside,
        Hindrance.PREREQUISITES if missing else None,
        Hindrance.CHOOSE_GROUP if must_choose else None,
    )
    return tuple(each for each in found if each is not None)


def sentence(hindrance: Hindrance, titles: Sequence[str], day: str) -> str:
    """What somebody is told of a hindrance. `titles` are those of the missing courses, `day` when enrolling opens."""
    quoted = [f"“{title}”" for title in titles]
    courses = " and ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))
    return SENTENCES[hindrance].format(courses=courses, day=day)
