"""What may be done to the outline in the text of a course; each returns the whole text. Pure.

Modules go by their slug and steps by the full name of their body, so that an edit means the same thing wherever
either stands by now. All raise InvalidInput or NotFound with a sentence for the writer.
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput, NotFound
from publishing.texts.course_text import full_name
from publishing.texts.editing import insert, move, remove_item, set_value, values_of

LONGEST_SLUG = 60  # characters
GONE = "That is not in the outline any more. This is how it stands now."
HOLDS_STEPS = "A module that holds steps stays. Move its steps, or take them out, first."
TWICE = "This is in the outline already."


@dataclass(frozen=True)
class Step:
    """A step as the text has it; `name` is the full name of its body."""

    name: str
    required: bool

    @staticmethod
    def name_of(file: str) -> str:
        """The full name of a body by its file."""
        return file.removeprefix("courses/").removesuffix(".md")

    @property
    def slug(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def kind(self) -> str:
        return "lesson" if "/lessons/" in self.name else "quiz"

    @property
    def file(self) -> str:
        """Where in the bundle its text stands."""
        return f"courses/{self.name}.md"


@dataclass(frozen=True)
class Module:
    """A module as the text has it."""

    slug: str
    title: str
    steps: tuple[Step, ...]


def modules_of(text: str, course: str) -> list[Module]:
    """The outline; an entry that cannot be read is an empty module, or a step whose name is what stands there."""
    return [
        Module(
            _word(entry, "slug"), _word(entry, "title"), tuple(_step(one, course) for one in _steps(entry))
        )
        for entry in _modules(text)
    ]


def title_in(text: str) -> str:
    """The title that a text gives itself; nothing where its front matter cannot be read."""
    try:
        return str(values_of(text).get("title") or "")
    except InvalidInput:
        return ""


def slug_of(title: str, taken: Container[str], otherwise: str) -> str:
    """A slug for a title that no other has: of a title without a letter of ours, `otherwise`; with a number behind it
    where it is taken."""
    letters = unicodedata.normalize("NFKD", title.casefold().replace("ß", "ss")).encode("ascii", "ignore")
    words = re.sub(r"[^a-z0-9]+", "-", letters.decode().replace("'", "")).strip("-")
    slug, number = words[:LONGEST_SLUG].strip("-") or otherwise, 1
    found = slug
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def add_module(text: str, title: str) -> str:
    """One more module at the end, without a step."""
    entries = _modules(text)
    slug = slug_of(title, {_word(entry, "slug") for entry in entries}, "module")
    return insert(text, ("modules",), len(entries), {"slug": slug, "title": title, "steps": []})


def rename_module(text: str, slug: str, title: str) -> str:
    return set_value(text, ("modules", _module_at(text, slug), "title"), title)


def shift_module(text: str, slug: str, by: int) -> str:
    """A module so many places on; at either end it stays."""
    at = _module_at(text, slug)
    to = max(0, min(at + by, len(_modules(text)) - 1))
    return move(text, ("modules",), at, to)


def drop_module(text: str, slug: str) -> str:
    """Without a module that is empty."""
    at = _module_at(text, slug)
    if _steps(_modules(text)[at]):
        raise InvalidInput(HOLDS_STEPS)
    return remove_item(text, ("modules",), at)


def add_step(text: str, course: str, step: Step, module: str) -> str:
    """One more step at the end of a module."""
    if any(there.slug == step.slug for held in modules_of(text, course) for there in held.steps):
        raise InvalidInput(TWICE)
    at = _module_at(text, module)
    place = len(_steps(_modules(text)[at]))
    return insert(text, ("modules", at, "steps"), place, _written(step, course))


def drop_step(text: str, course: str, name: str) -> str:
    """Without a step; its text and what learners did stay."""
    module, at = _step_at(text, course, name)
    return remove_item(text, ("modules", module, "steps"), at)


def without_steps(text: str, course: str, names: Iterable[str]) -> str:
    """Without these steps, and without the modules that held nothing else."""
    full = {held.slug for held in modules_of(text, course) if held.steps}
    for name in names:
        text = drop_step(text, course, name)
    for slug in [held.slug for held in modules_of(text, course) if held.slug in full and not held.steps]:
        text = drop_module(text, slug)
    return text


def place_step(text: str, course: str, name: str, module: str, place: int) -> str:
    """A step at a place of a module, counted from 0 without itself; past the end it is the last."""
    (old, at), new = _step_at(text, course, name), _module_at(text, module)
    others = len(_steps(_modules(text)[new])) - (old == new)
    place = max(0, min(place, others))
    if old == new:
        return move(text, ("modules", old, "steps"), at, place)
    step = _steps(_modules(text)[old])[at]
    return insert(remove_item(text, ("modules", old, "steps"), at), ("modules", new, "steps"), place, step)


def shift_step(text: str, course: str, name: str, by: int) -> str:
    """A step one place up (-1) or down (1); from the end of a module it goes into the neighbour."""
    modules, (module, at) = modules_of(text, course), _step_at(text, course, name)
    if 0 <= at + by < len(modules[module].steps):
        return place_step(text, course, name, modules[module].slug, at + by)
    if not 0 <= module + by < len(modules):
        return text
    neighbour = modules[module + by]
    return place_step(text, course, name, neighbour.slug, 0 if by > 0 else len(neighbour.steps))


def set_required(text: str, course: str, name: str, required: bool) -> str:
    """Whether completing the course takes this step."""
    module, at = _step_at(text, course, name)
    return set_value(text, ("modules", module, "steps", at), _written(Step(name, required), course))


def _modules(text: str) -> list[Any]:
    found = values_of(text).get("modules")
    return found if isinstance(found, list) else []


def _steps(entry: Any) -> list[Any]:
    found = entry.get("steps") if isinstance(entry, dict) else None
    return found if isinstance(found, list) else []


def _word(entry: Any, key: str) -> str:
    found = entry.get(key, "") if isinstance(entry, dict) else ""
    return found if isinstance(found, str) else ""


def _step(entry: Any, course: str) -> Step:
    """As the course's reader has it: what stands in brackets is optional."""
    optional = isinstance(entry, list) and len(entry) == 1
    written = entry[0] if optional else entry
    if isinstance(written, str) and written.startswith("[") and written.endswith("]"):
        optional, written = True, written[1:-1].strip()
    return Step(full_name(str(written), course) or str(written), not optional)


def _written(step: Step, course: str) -> Any:
    name = step.name.removeprefix(f"{course}/")
    return name if step.required else [name]


def _module_at(text: str, slug: str) -> int:
    slugs = [_word(entry, "slug") for entry in _modules(text)]
    if slug not in slugs:
        raise NotFound(GONE)
    return slugs.index(slug)


def _step_at(text: str, course: str, name: str) -> tuple[int, int]:
    """The numbers of the module and of the step in it."""
    for module, held in enumerate(modules_of(text, course)):
        for at, step in enumerate(held.steps):
            if step.name == name:
                return module, at
    raise NotFound(GONE)
