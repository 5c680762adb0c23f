"""Front matter as a form: single values change, and every other byte of the file stays where it is. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from core.errors import InvalidInput

FRONT = re.compile(
    r"(?P<open>\ufeff?---[ \t]*\n)(?P<values>(?:.*\n)*?)(?P<close>---[ \t]*(?:\n+|\Z))", re.MULTILINE
)
OBJECTIVE = re.compile(r"\s*([a-z0-9]+(?:-[a-z0-9]+)*)\s*:\s*(\S.*?)\s*")
YES = ("true", "yes")
TEXTS = ("title", "summary", "practice_minutes", "reviewed")


@dataclass(frozen=True)
class Facts:
    """What the form shows of a lesson: texts by key as they are written, objectives as (id, text)."""

    texts: Mapping[str, str]
    objectives: tuple[tuple[str, str], ...]
    is_preview: bool


def split(text: str) -> tuple[str, str]:
    """The front matter, with its lines of --- and the empty lines after it, and the body; joined they are the text.
    A text without front matter is all body."""
    found = FRONT.match(text)
    end = found.end() if found else 0
    return text[:end], text[end:]


def facts_in(head: str) -> Facts | None:
    """What the front matter says; None where it cannot be read, and is edited as text with the body."""
    try:
        values = _values(_inside(head)) if head else None
    except yaml.YAMLError:
        return None
    if values is None:
        return None
    texts = {key: _text(values.get(key)) for key in TEXTS}
    return Facts(texts, _objectives(values.get("objectives")), _text(values.get("preview")).lower() in YES)


def with_facts(head: str, facts: Facts) -> str:
    """The front matter saying this; what says it already keeps its bytes."""
    before = facts_in(head)
    if before is None:
        return head
    changes = {key: value for key, value in facts.texts.items() if value != before.texts[key]}
    if facts.is_preview != before.is_preview:
        changes["preview"] = "true" if facts.is_preview else ""
    values = _inside(head)
    for key, value in changes.items():
        values = _with_text(values, key, value)
    if facts.objectives != before.objectives:
        values = _with_objectives(values, facts.objectives)
    found = FRONT.match(head)
    return f"{found['open']}{values}{found['close']}" if found else head


def read_objectives(written: str) -> tuple[tuple[str, str], ...]:
    """Objectives as a field holds them, each a line `id: what one can do`. Raises InvalidInput."""
    lines = [line for line in written.splitlines() if line.strip()]
    found = [OBJECTIVE.fullmatch(line) for line in lines]
    for line, match in zip(lines, found, strict=True):
        if match is None:
            raise InvalidInput(
                f"Write each objective on a line of its own, an id of a-z, 0-9 and hyphens before a colon: “{line}”.",
                "objectives",
            )
    return tuple((match[1], " ".join(match[2].split())) for match in found if match)


def _inside(head: str) -> str:
    found = FRONT.match(head)
    return found["values"] if found else ""


def _values(written: str) -> dict[str, yaml.Node] | None:
    """The nodes by key; None where the front matter is no mapping."""
    root = yaml.compose(written, yaml.BaseLoader)
    if root is None:
        return {}
    return dict(_pairs(root)) if isinstance(root, yaml.MappingNode) else None


def _pairs(node: yaml.MappingNode) -> Iterable[tuple[str, yaml.Node]]:
    return ((key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


def _text(node: yaml.Node | None) -> str:
    return " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""


def _objectives(node: yaml.Node | None) -> tuple[tuple[str, str], ...]:
    pairs = _pairs(node) if isinstance(node, yaml.MappingNode) else ()
    return tuple((key, _text(value)) for key, value in pairs)


def _with_text(values: str, key: str, text: str) -> str:
    node = (_values(values) or {}).get(key)
    if node is None:
        return f"{values}{key}: {_written(text)}\n" if text else values
    if not text:
        return _without(values, key)
    return _replaced(values, node, text)


def _replaced(values: str, node: yaml.Node, text: str) -> str:
    """The value alone is another; a comment behind it stays."""
    start, end = node.start_mark.index, node.end_mark.index
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    gap = " " if values[start - 1 : start] == ":" else ""
    return f"{values[:start]}{gap}{_written(text)}{_blank_end(values, start, end) if is_block else ''}{values[end:]}"


def _blank_end(values: str, start: int, end: int) -> str:
    """The line ends that a text over several lines had taken along."""
    block = values[start:end]
    return block[len(block.rstrip()) :] or "\n"


def _with_objectives(values: str, objectives: Sequence[tuple[str, str]]) -> str:
    """Each text where its id stands; the whole list anew where the ids or their order are others."""
    node = (_values(values) or {}).get("objectives")
    before = _objectives(node)
    if isinstance(node, yaml.MappingNode) and [key for key, _ in before] == [key for key, _ in objectives]:
        old = list(_pairs(node))
        for (_, each), (_, text) in reversed(list(zip(old, objectives, strict=True))):
            values = values if _text(each) == text else _replaced(values, each, text)
        return values
    place = len(values) if node is None else _lines_of(values, "objectives")[0]
    rest = values if node is None else _without(values, "objectives")
    lines = "".join(f"  {key}: {_written(text)}\n" for key, text in objectives)
    return f"{rest[:place]}objectives:\n{lines}{rest[place:]}" if objectives else rest


def _without(values: str, key: str) -> str:
    start, end = _lines_of(values, key)
    return values[:start] + values[end:]


def _lines_of(values: str, key: str) -> tuple[int, int]:
    """Where the lines of a key and its value begin and end."""
    root = yaml.compose(values, yaml.BaseLoader)
    assert isinstance(root, yaml.MappingNode)
    name, value = next(pair for pair in root.value if pair[0].value == key)
    last = _last_leaf(value)
    end = last.start_mark.index + len(values[last.start_mark.index : last.end_mark.index].rstrip())
    return values.rfind("\n", 0, name.start_mark.index) + 1, values.find("\n", end) + 1


def _last_leaf(node: yaml.Node) -> yaml.Node:
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return node
    last = node.value[-1]
    return _last_leaf(last[1] if isinstance(node, yaml.MappingNode) else last)


def _written(text: str) -> str:
    """The text as YAML: plain where it reads back as it is, else in quotes."""
    try:
        is_plain = [(key, node.value) for key, node in (_values(f"key: {text}\n") or {}).items()] == [
            ("key", text)
        ]
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain and "\n" not in text else json.dumps(text, ensure_ascii=False)
