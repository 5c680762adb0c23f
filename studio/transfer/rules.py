"""Who may bring in what. Pure."""

from dataclasses import dataclass

from publishing.bundle import course_of, read_bundle
from publishing.entries import STARTS, loses
from publishing.texts.course_text import CourseText
from publishing.three_way import Change, Held

NOT_YOURS = "You are not an owner of this course"
SCHOOLS = "It belongs to the school and stands already; an admin may change it"
LEGAL = "Legal texts are brought in by an admin"
PRICE = "It changes a price, which asks for the permission “money”"
STEPS = "It takes a step of a course that you do not own"


@dataclass(frozen=True)
class Bringer:
    """Who brings files: an admin anything, everybody else what is of the courses that they own (slugs), and what is new
    to the school."""

    is_admin: bool
    owned: frozenset[str]
    may_price: bool


def refusal(change: Change, bringer: Bringer) -> str:
    """Why this person may not bring in this change, empty where they may."""
    if bringer.is_admin or not (change.is_new_text or change.is_open):
        return ""
    if course_of(change.path):
        return _in_a_course(change, bringer)
    if change.path.startswith("legal/"):
        return LEGAL
    return "" if change.sides.ours is None or _only_adds(change) else SCHOOLS


def _in_a_course(change: Change, bringer: Bringer) -> str:
    course = course_of(change.path)
    if course not in bringer.owned:
        return NOT_YOURS
    if change.path != f"courses/{course}/course.md":
        return ""
    before, after = (_course(course, each) for each in (change.sides.ours, change.outcome))
    if _prices(before) != _prices(after) and not bringer.may_price:
        return PRICE
    strange = _courses_of_steps(after) - _courses_of_steps(before) - bringer.owned
    return STEPS if strange else ""


def _only_adds(change: Change) -> bool:
    """Whether every entry of the bibliography or the glossary stays as it is."""
    if change.path not in STARTS or change.sides.ours is None or change.outcome is None or change.is_open:
        return False
    before, after = (each.read().decode() for each in (change.sides.ours, change.outcome))
    return not loses(change.path, before, after)


def _course(slug: str, file: Held | None) -> CourseText | None:
    path = f"courses/{slug}/course.md"
    return read_bundle({path: file.read()})[0].courses.get(slug) if file else None


def _prices(course: CourseText | None) -> object:
    return course and (course.price, course.prices)


def _courses_of_steps(course: CourseText | None) -> set[str]:
    return {step.name.partition("/")[0] for step in course.steps} if course else set()
