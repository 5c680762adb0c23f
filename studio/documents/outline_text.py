"""New lessons in the text of `course.md`: lines that are put under a module, all others left as they are. Pure."""

from collections.abc import Sequence

from core.errors import InvalidInput
from publishing.texts.front_matter import FrontMatter, Node, read_front_matter

NOT_READ = "The course's outline cannot be read as it stands. Mend it first, then make the drafts."
NO_PLACE = "This module cannot be added to from here. Choose another one."


def modules_of(text: str) -> list[tuple[str, str]]:
    """Slug and title of each module."""
    found = [dict(node.pairs) for node in _modules(_front(text))]
    return [(pairs["slug"].text, pairs["title"].text) for pairs in found if {"slug", "title"} <= pairs.keys()]


def with_lessons(text: str, module: str, slugs: Sequence[str]) -> str:
    """The text with these lessons at the end of the module. Raises InvalidInput where they find no place."""
    steps = _steps(_front(text), module)
    lines = text.split("\n")
    last = steps.items[-1].line - 1 if steps is not None and steps.items else -1
    if last < 0 or not lines[last].lstrip().startswith("- "):
        raise InvalidInput(NO_PLACE, "module")
    indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    lines[last + 1 : last + 1] = [f"{indent}- lessons/{slug}" for slug in slugs]
    changed = "\n".join(lines)
    after = _steps(_front(changed), module)
    if after is None or [item.text for item in after.items[-len(slugs) :]] != [
        f"lessons/{slug}" for slug in slugs
    ]:
        raise InvalidInput(NO_PLACE, "module")
    return changed


def slugs_of(text: str) -> set[str]:
    """The slugs of all steps: no two of a course are alike."""
    found = [dict(node.pairs).get("steps") for node in _modules(_front(text))]
    written = [item.items[0] if item.items else item for steps in found if steps for item in steps.items]
    return {item.text.strip("[] ").rpartition("/")[2] for item in written}


def _front(text: str) -> FrontMatter:
    front, problems = read_front_matter(text.encode(), "course.md")
    if problems:
        raise InvalidInput(NOT_READ)
    return front


def _modules(front: FrontMatter) -> tuple[Node, ...]:
    node = front.values.get("modules")
    return node.items if node is not None else ()


def _steps(front: FrontMatter, module: str) -> Node | None:
    pairs = [dict(node.pairs) for node in _modules(front)]
    return next((each.get("steps") for each in pairs if "slug" in each and each["slug"].text == module), None)
