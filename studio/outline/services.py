"""The outline of a course from its newest text, and deeds that save it as a draft. The door opens the transaction."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from core.database import db
from core.errors import InvalidInput, NotFound
from courses.models import Course
from lessons.models import Lesson
from publishing.models import ContentFile
from publishing.texts.editing import remove, set_value, values_of
from quizzes.models import Quiz
from studio.drafts.models import Draft
from studio.drafts.services import drafts_in, find_draft, save, text_of
from studio.outline.rules import Module, Step, add_step, modules_of, slug_of, title_in

BODY = re.compile(r"courses/([a-z0-9-]+/(?:lessons|quizzes)/[a-z0-9-]+)\.md")
FOLDERS = {"lesson": "lessons", "quiz": "quizzes"}
EMPTY = "---\ntitle: {}\n---\n\n"
NO_TITLE = "Enter a title."
Edit = Callable[[str], str]


@dataclass(frozen=True)
class StepLine:
    """A step as the page shows it. `noun` is what it is called; it is of this course or borrowed from another, and
    has a draft, a published text, both or neither."""

    step: Step
    title: str
    noun: str
    is_own: bool
    is_draft: bool
    is_published: bool


@dataclass(frozen=True)
class ModuleLines:
    """A module with its steps."""

    module: Module
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class OutlinePage:
    """What stands in the course's newest text. `number` is that of its save; `left_out` are texts of the course that
    no module holds."""

    course: str
    title: str
    number: int
    is_draft: bool
    modules: tuple[ModuleLines, ...]
    left_out: tuple[StepLine, ...]

    @property
    def drafts(self) -> int:
        """How many steps have a draft."""
        return sum(line.is_draft for held in self.modules for line in held.steps)


def course_file(course: str) -> str:
    """Where in the bundle the course's own text stands."""
    return f"courses/{course}/course.md"


def title_of(course: str) -> str:
    """What the newest text calls the course; its slug where no text says."""
    published = select(Course.title).filter_by(slug=course)
    return _title_in(find_draft(course_file(course))) or db.session.scalar(published) or course


def outline_page(course: str) -> OutlinePage:
    """The outline with what each step is. Raises NotFound where the course has no text."""
    number, text = text_of(course_file(course))
    modules = modules_of(text, course)
    known = _Known(course, [step.name for held in modules for step in held.steps])
    held_names = {step.name for held in modules for step in held.steps}
    return OutlinePage(
        course,
        str(values_of(text).get("title") or course),
        number,
        find_draft(course_file(course)) is not None,
        tuple(ModuleLines(held, tuple(known.line(step) for step in held.steps)) for held in modules),
        tuple(known.line(Step(name, True)) for name in known.own if name not in held_names),
    )


def change(course: str, made_from: int, by: int, edit: Edit) -> None:
    """Save the course's text with an edit. Raises Overtaken where it was changed since `made_from`."""
    _, text = text_of(course_file(course))
    save(course_file(course), edit(text), made_from, by)


def begin_step(course: str, made_from: int, by: int, module: str, kind: str, title: str) -> Step:
    """A new lesson or quiz at the end of a module, as a draft that holds its title."""
    return _begin(course, made_from, by, module, kind, set_value(EMPTY, ("title",), _titled(title)))


def duplicate_step(course: str, made_from: int, by: int, name: str) -> Step:
    """A copy of a lesson of this course or of one that it borrows, at the end of the same module. A quiz is not
    copied: its questions are known by ids that no two files share."""
    step, module = _find(course, name)
    if step.kind != "lesson":
        raise InvalidInput(
            "Only a lesson can be duplicated. Questions are taken into another quiz by their ids."
        )
    _, text = text_of(step.file)
    return _begin(course, made_from, by, module.slug, step.kind, _copy(text))


def rename_step(course: str, by: int, name: str, title: str) -> None:
    """Another title in the draft of a step's own text. Raises NotFound for one that another course owns."""
    step, _ = _find(course, name)
    if not name.startswith(f"{course}/"):
        raise NotFound("This step belongs to another course, and is named there.")
    number, text = text_of(step.file)
    save(step.file, set_value(text, ("title",), _titled(title)), number, by)


def put_back(course: str, made_from: int, by: int, module: str, name: str) -> None:
    """A text of the course that no module holds, at the end of one."""
    if name not in _Known(course, []).own:
        raise NotFound("There is no such text in this course.")
    change(course, made_from, by, lambda text: add_step(text, course, Step(name, True), module))


class _Known:
    """What is published and what is being written of a course's steps, in a few queries."""

    def __init__(self, course: str, names: list[str]) -> None:
        self.course = course
        self.drafts = {draft.path: draft for draft in drafts_in(course)}
        under = ContentFile.path.startswith(f"courses/{course}/", autoescape=True)
        published = select(ContentFile.path).where(under, ContentFile.removed_at.is_(None))
        paths = {*db.session.scalars(published), *self.drafts}
        self.own = sorted(found[1] for found in map(BODY.fullmatch, paths) if found)
        self.titles = _titles({*names, *self.own})

    def line(self, step: Step) -> StepLine:
        draft = self.drafts.get(step.file)
        title, noun = self.titles.get(step.name, ("", step.kind))
        return StepLine(
            step,
            _title_in(draft) or title or step.slug.replace("-", " ").capitalize(),
            noun,
            step.name.startswith(f"{self.course}/"),
            draft is not None,
            step.name in self.titles,
        )


def _titles(names: set[str]) -> dict[str, tuple[str, str]]:
    """Title and noun of published lessons and quizzes by their full names."""
    lessons = select(Lesson.name, Lesson.title).where(Lesson.name.in_(names))
    quizzes = select(Quiz.name, Quiz.title, Quiz.kind).where(Quiz.name.in_(names))
    found = {name: (title, "lesson") for name, title in db.session.execute(lessons)}
    return found | {name: (title, str(kind)) for name, title, kind in db.session.execute(quizzes)}


def _title_in(draft: Draft | None) -> str:
    return title_in(draft.text) if draft else ""


def _begin(course: str, made_from: int, by: int, module: str, kind: str, text: str) -> Step:
    taken = {name.rpartition("/")[2] for name in _Known(course, []).own}
    _, outline = text_of(course_file(course))
    taken |= {step.slug for held in modules_of(outline, course) for step in held.steps}
    slug = slug_of(str(values_of(text)["title"]), taken, kind)
    step = Step(f"{course}/{FOLDERS[kind]}/{slug}", True)
    change(course, made_from, by, lambda outline: add_step(outline, course, step, module))
    save(step.file, text, 0, by)
    return step


def _copy(text: str) -> str:
    """A lesson under another title, without what is known by an id that no two lessons share."""
    values = values_of(text)
    copy = set_value(text, ("title",), f"{values.get('title') or 'Lesson'} (copy)")
    return remove(remove(copy, ("objectives",)), ("formerly",))


def _find(course: str, name: str) -> tuple[Step, Module]:
    """A step of the newest outline and its module."""
    _, text = text_of(course_file(course))
    for module in modules_of(text, course):
        for step in module.steps:
            if step.name == name:
                return step, module
    raise NotFound("This step is not in the outline any more.")


def _titled(title: str) -> str:
    words = " ".join(title.split())
    if not words:
        raise InvalidInput(NO_TITLE)
    return words
