"""Reading the catalogue and the outline. An outline is kept in memory until its course's version changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate, groupby

from sqlalchemy import select

from core.config import current_config
from core.database import db
from core.errors import NotFound
from core.money import Money
from courses.models import Course, CourseInstructor, CoursePrice, Module, Step
from courses.roles import CourseRole
from courses.rules import minutes_in_words

LESSON = "lesson"  # the kind of a step that is read


@dataclass(frozen=True)
class OutlineStep:
    """A step as pages show it. `number` counts the lessons of the module, `position` all steps of the course, from 1.
    It opens with its module, `opens_days` after a learner began or on `opens_on`.

    Only lessons are numbered, since texts name them so; the `number` of what is no lesson is 0.
    A step that was taken out of the course has no place in it: `number`, `position` and `module_number` are 0.
    """

    id: int
    slug: str
    kind: str
    noun: str
    body: str
    title: str
    minutes: int
    required: bool
    preview: bool
    number: int
    position: int
    module_number: int
    added_at: datetime
    url: str
    opens_days: int | None
    opens_on: date | None

    @property
    def is_taken_out(self) -> bool:
        return self.position == 0


@dataclass(frozen=True)
class OutlineModule:
    """A module with its steps in order."""

    number: int
    slug: str
    title: str
    steps: tuple[OutlineStep, ...]

    @property
    def lessons(self) -> int:
        """How many of the steps are lessons."""
        return sum(step.kind == LESSON for step in self.steps)

    @property
    def minutes_text(self) -> str:
        """What is required; optional steps add nothing."""
        return minutes_in_words(sum(step.minutes for step in self.steps if step.required))


@dataclass(frozen=True)
class Outline:
    """The course's modules and steps as they stand at one version of the course."""

    course_id: int
    slug: str
    title: str
    order: str
    version: int
    modules: tuple[OutlineModule, ...]

    @cached_property
    def steps(self) -> tuple[OutlineStep, ...]:
        return tuple(step for module in self.modules for step in module.steps)

    @cached_property
    def required(self) -> frozenset[int]:
        """The ids of the steps that completing the course takes."""
        return frozenset(step.id for step in self.steps if step.required)

    @property
    def optional(self) -> frozenset[int]:
        """The ids of the other ones."""
        return frozenset(step.id for step in self.steps) - self.required

    @cached_property
    def added(self) -> dict[int, datetime]:
        """When each step was added."""
        return {step.id: step.added_at for step in self.steps}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], OutlineStep]:
        return {(step.slug, step.kind): step for step in self.steps}

    def find(self, slug: str, kind: str) -> OutlineStep:
        """The step of this slug and kind. Raises NotFound."""
        step = self._by_name.get((slug, kind))
        if step is None:
            raise NotFound("This course has no such step. The outline lists what it has.")
        return step

    def by_id(self, step_id: int) -> OutlineStep | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def neighbours(self, step: OutlineStep) -> tuple[OutlineStep | None, OutlineStep | None]:
        """The steps before and after; none of either for a step that was taken out."""
        if step.is_taken_out:
            return None, None
        steps, i = self.steps, step.position - 1
        return (steps[i - 1] if i else None), (steps[i + 1] if i + 1 < len(steps) else None)


_outlines: dict[tuple[str, int], Outline] = {}


def find_course(slug: str) -> Course:
    """The published course of this address. Raises NotFound."""
    course = db.session.scalar(select(Course).filter_by(slug=slug))
    if course is None:
        raise NotFound("There is no course at this address. The catalogue lists all of them.")
    return course


def courses_named(slugs: Sequence[str]) -> list[Course]:
    """The published courses of these slugs, in this order; one that is not there is passed over."""
    found = {row.slug: row for row in db.session.scalars(select(Course).where(Course.slug.in_(slugs)))}
    return [found[slug] for slug in slugs if slug in found]


def courses_by(author: str) -> list[Course]:
    """The courses that name this author, in the order of the catalogue."""
    return [course for _, courses in catalogue() for course in courses if author in course.authors]


def catalogue() -> list[tuple[str, list[Course]]]:
    """All courses by collection, both in the order of the alphabet but free courses first."""
    courses = db.session.scalars(select(Course).order_by(Course.price_minor, Course.title)).all()
    ordered = sorted(courses, key=lambda course: course.collection)
    return [(name, list(group)) for name, group in groupby(ordered, key=lambda course: course.collection)]


def prices_of(course: Course) -> dict[str, Money]:
    """What the course costs, by currency: its own one first, then those it is offered in besides."""
    others = select(CoursePrice).filter_by(course_id=course.id).order_by(CoursePrice.currency)
    return {course.currency: course.price} | {row.currency: row.price for row in db.session.scalars(others)}


def outline_of(course_id: int, version: int) -> Outline:
    """The outline at this version, from memory where it is there."""
    key = (current_config().database_url, course_id)
    kept = _outlines.get(key)
    if kept is None or kept.version != version:
        kept = _outlines[key] = _read_outline(course_id)
    return kept


def find_ever(outline: Outline, slug: str, kind: str) -> OutlineStep:
    """The step of this slug and kind, also when it was taken out of the course. Raises NotFound."""
    try:
        return outline.find(slug, kind)
    except NotFound:
        query = select(Step).filter_by(course_id=outline.course_id, slug=slug, kind=kind)
        gone = db.session.scalar(query)
        if gone is None:
            raise
        return _entry(outline.slug, gone, None, 0, 0, 0)


def course_outline(course: Course) -> Outline:
    return outline_of(course.id, course.version)


def find_step(step_id: int) -> Step:
    """The row of a step. Raises NotFound."""
    step = db.session.get(Step, step_id)
    if step is None:
        raise NotFound("There is no such step.")
    return step


def role_in(user_id: int, course_id: int) -> CourseRole | None:
    """What this person is in the course; None for whoever does not teach it."""
    found = db.session.get(CourseInstructor, (course_id, user_id))
    return None if found is None else found.role


def _read_outline(course_id: int) -> Outline:
    course = db.session.get(Course, course_id, populate_existing=True)
    if course is None:
        raise NotFound("There is no such course.")
    steps = db.session.scalars(
        select(Step).where(Step.course_id == course_id, Step.retired_at.is_(None)).order_by(Step.position)
    ).all()
    held = {step.module_id for step in steps}
    modules = db.session.scalars(
        select(Module).where(Module.course_id == course_id, Module.id.in_(held)).order_by(Module.position)
    ).all()
    numbered = {step.id: i for i, step in enumerate(steps, 1)}
    return Outline(
        course_id,
        course.slug,
        course.title,
        course.order,
        course.version,
        tuple(_module(course, m, n, list(steps), numbered) for n, m in enumerate(modules, 1)),
    )


def _module(
    course: Course, module: Module, number: int, steps: list[Step], numbered: dict[int, int]
) -> OutlineModule:
    own = [step for step in steps if step.module_id == module.id]
    counted = accumulate(int(step.kind == LESSON) for step in own)
    entries = (
        _entry(course.slug, step, module, lesson if step.kind == LESSON else 0, numbered[step.id], number)
        for step, lesson in zip(own, counted, strict=True)
    )
    return OutlineModule(number, module.slug, module.title, tuple(entries))


def _entry(
    course: str, step: Step, module: Module | None, number: int, position: int, module_number: int
) -> OutlineStep:
    middle = "quizzes/" if step.kind == "quiz" else ""
    return OutlineStep(
        step.id,
        step.slug,
        step.kind,
        step.noun,
        step.body,
        step.title,
        step.minutes,
        step.required,
        step.preview,
        number,
        position,
        module_number,
        step.added_at,
        f"/learn/{course}/{middle}{step.slug}",
        module.opens_days if module else None,
        module.opens_on if module else None,
    )
