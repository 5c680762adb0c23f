"""Front matter: YAML between two lines of `---`, read as text with the line of every value. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from core.errors import Problem

FENCE = re.compile(r"---[ \t]*$")
FRAME = "Begin the file with a line of ---, the front matter, and another line of ---."
PLAIN = "Write plain keys, texts and lists."
DEEPEST = 20  # levels of lists within lists


@dataclass(frozen=True)
class Node:
    """One value with its line in the file: a text, a list or a mapping, and the other two empty."""

    line: int
    shape: str  # text, list or mapping
    text: str = ""
    items: tuple["Node", ...] = ()
    pairs: tuple[tuple[str, "Node"], ...] = ()

    def plain(self) -> Any:
        """Texts, lists and dicts without lines."""
        if self.shape == "text":
            return self.text
        if self.shape == "list":
            return [item.plain() for item in self.items]
        return {key: node.plain() for key, node in self.pairs}


@dataclass(frozen=True)
class FrontMatter:
    """The values by key, and the body that follows with the line on which it begins."""

    file: str
    values: dict[str, Node] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1

    def line_of(self, key: str) -> int:
        return self.values[key].line if key in self.values else 1

    def plain(self) -> dict[str, Any]:
        return {key: node.plain() for key, node in self.values.items()}


def read_text(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """The file's text with plain line ends; a byte that is no UTF-8 is a problem with its line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [Problem(file, line, "this is not UTF-8", "Save the file as UTF-8.")]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return "", [Problem(file, line, "a NUL character", "Take it out.")]
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def read_front_matter(data: bytes, file: str, required: bool = True) -> tuple[FrontMatter, list[Problem]]:
    """The file taken apart; with problems, whatever could be read of it."""
    text, problems = read_text(data, file)
    if problems:
        return FrontMatter(file), problems
    lines = text.split("\n")
    end = _end(lines)
    if end is None:
        missing = [Problem(file, 1, "the front matter is missing or never ends", FRAME)]
        return FrontMatter(file, body=text), missing if required or FENCE.match(lines[0]) else []
    values, problems = _compose("\n".join(lines[1:end]), file)
    return FrontMatter(file, values, "\n".join(lines[end + 1 :]), end + 2), problems


def _end(lines: list[str]) -> int | None:
    if not FENCE.match(lines[0]):
        return None
    return next((n for n, line in enumerate(lines[1:], 1) if FENCE.match(line)), None)


def _compose(text: str, file: str) -> tuple[dict[str, Node], list[Problem]]:
    """The mapping; line 1 of `text` is line 2 of the file."""
    try:
        alias = next((e for e in yaml.parse(text, yaml.BaseLoader) if isinstance(e, yaml.AliasEvent)), None)
        if alias is not None:
            line = alias.start_mark.line + 2 if alias.start_mark else 1
            return {}, [Problem(file, line, "an alias", PLAIN)]
        root = yaml.compose(text, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark is not None else 1
        return {}, [Problem(file, line, f"not YAML: {error.problem or error.context}", PLAIN)]
    except (yaml.YAMLError, RecursionError) as error:
        return {}, [Problem(file, 1, f"not YAML: {type(error).__name__}", PLAIN)]
    if root is None:
        return {}, []
    if not isinstance(root, yaml.MappingNode):
        return {}, [Problem(file, 2, "the front matter has no keys", "Write `title: …`.")]
    reader = _Reader(file)
    return dict(reader.node(root).pairs), reader.problems


class _Reader:
    """From YAML's nodes to ours; a key that stands twice is a problem."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def node(self, node: yaml.Node, depth: int = 0) -> Node:
        line = node.start_mark.line + 2
        if depth > DEEPEST:
            self.problems.append(Problem(self.file, line, "lists nested too deeply", PLAIN))
            return Node(line, "text")
        if isinstance(node, yaml.SequenceNode):
            return Node(line, "list", items=tuple(self.node(item, depth + 1) for item in node.value))
        if isinstance(node, yaml.MappingNode):
            return Node(line, "mapping", pairs=tuple(self._pairs(node, depth + 1)))
        return Node(line, "text", text=str(node.value).strip())

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 2
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem(self.file, line, "a key that is no word", PLAIN))
            elif key.value in seen:
                self.problems.append(Problem(self.file, line, f"{key.value}: stands twice", "Keep one."))
            else:
                seen.add(key.value)
                inner = self.node(value, depth)
                yield key.value, Node(line, inner.shape, inner.text, inner.items, inner.pairs)
