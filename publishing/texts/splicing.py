"""Where the values of front matter stand in the text, and what is spliced between them. Pure.

`editing` says what may be asked for, and holds each result to it.
"""

import re
from functools import lru_cache
from typing import Any, TypeAlias

import yaml
from yaml.composer import ComposerError

from core.errors import InvalidInput
from publishing.texts.dumping import after_colon, block, flow, item, plain_of, scalar

Keys: TypeAlias = "tuple[str | int, ...]"
Place: TypeAlias = "tuple[int, int]"
OPENING = re.compile(r"\ufeff?---[ \t]*(\r\n?|\n)")
CLOSING = re.compile(r"(?<=[\r\n])---[ \t]*(?=[\r\n]|\Z)")
LINE_END = re.compile(r"\r\n?|\n")
NO_FRONT = "The text has no front matter between two lines of ---. Write it first."
NOT_READ = "The front matter cannot be read. Put right what the check names, and try again."
NOT_THERE = "What this would change is not in the text any more. Load the page again."
ORDER: dict[str, tuple[str, ...]] = {
    "": (
        "title", "name", "subtitle", "summary", "kind", "collection", "language", "price", "currency", "prices",
        "level", "order", "start", "pass", "state", "attempts", "cool_down", "counts", "time_limit", "opens",
        "closes", "minutes", "practice_minutes", "view", "back", "shuffle", "feedback", "tries", "try_penalty",
        "hints", "hint_penalty", "negative", "certainty", "baseline", "anonymous", "second_marker", "cover",
        "portrait", "formerly", "objectives", "preview", "paced", "outcomes", "audience", "not_for", "authors",
        "published", "reviewed", "related", "may", "may_not", "publications", "requires", "access_months",
        "enroll_from", "enroll_until", "items", "draw", "modules", "certificate", "faq",
    ),
    "modules": ("slug", "title", "opens", "steps"),
    "opens": ("days", "date"),
    "certificate": ("requires", "pass", "valid_months", "category"),
    "faq": ("question", "answer"),
}  # fmt: skip
"""Where a new key goes among those that are there, by the name of what holds them."""


class _Loader(yaml.BaseLoader):
    """Reads everything as text. An alias is refused: a few of them in a row are a text without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise ComposerError("an alias")
        return super().compose_node(parent, index)


@lru_cache(maxsize=16)
def _compose(front: str) -> yaml.MappingNode | None:
    try:
        root = yaml.compose(front, _Loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput(NOT_READ) from error
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise InvalidInput(NOT_READ)
    return root


class Front:
    """The front matter of a text with its nodes. Raises InvalidInput where there is none, or none that can be read."""

    def __init__(self, text: str) -> None:
        opening = OPENING.match(text)
        closing = CLOSING.search(text, opening.end()) if opening else None
        if opening is None or closing is None:
            raise InvalidInput(NO_FRONT)
        self.text, self.newline = text, opening[1]
        self.start, self.end = opening.end(), closing.start()
        self.body = self.line_end(closing.end())
        self.root = _compose(text[self.start : self.end])

    def plain(self) -> dict[str, Any]:
        """What it says, as texts, lists and dicts."""
        said: Any = {} if self.root is None else plain_of(self.root)
        return dict(said)

    def find(self, keys: Keys) -> Any:
        """The node that the keys lead to, or None."""
        node: Any = self.root
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                node = next((value for name, value in node.value if name.value == key), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
            else:
                return None
        return node

    def is_in_flow(self, keys: Keys) -> bool:
        """Whether what the keys lead to stands within brackets."""
        parents = (self.find(keys[:n]) for n in range(len(keys)))
        return any(parent is not None and parent.flow_style for parent in parents)

    def begin(self, node: yaml.Node) -> int:
        return int(self.start + node.start_mark.index)

    def finish(self, node: yaml.Node) -> int:
        """Where the last character of a node stands, before the blank lines and comments that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.finish(last[1] if isinstance(last, tuple) else last)
        begin, end = self.begin(node), int(self.start + node.end_mark.index)
        return begin + len(self.text[begin:end].rstrip())

    def line_start(self, at: int) -> int:
        """Where the line that holds this place begins."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_end(self, at: int) -> int:
        """Where the next line begins."""
        found = LINE_END.search(self.text, at)
        return found.end() if found else len(self.text)

    def starts_line(self, at: int) -> bool:
        return not self.text[self.line_start(at) : at].strip()

    def ends_line(self, at: int) -> bool:
        """Whether nothing, not even a comment, follows in the line."""
        return not self.text[at : self.line_end(at)].strip()

    def splice(self, begin: int, end: int, text: str) -> str:
        """The whole text with this between two places, in the line ends of the file."""
        return self.text[:begin] + LINE_END.sub(self.newline, text) + self.text[end:]

    def slots(self, node: Any) -> list[Place] | None:
        """Where each entry of a list stands: its lines, or what is between commas; None where one begins within a
        line that is not its own."""
        if node.flow_style:
            return [(self.begin(entry), self.finish(entry)) for entry in node.value]
        dash = re.compile(rf"(?<=[\r\n]) {{{node.start_mark.column}}}-(?=\s)")
        places: list[Place] = []
        for entry in node.value:
            found = dash.search(self.text, places[-1][1] - 1) if places else None
            at = found.start() if found else self.line_start(self.begin(node))
            places.append((at, self.line_end(self.finish(entry))))
        return places if self.starts_line(self.begin(node)) else None

    def above(self, places: list[Place]) -> list[Place]:
        """The same places of lines, each with the comment directly above it."""
        before = [self.start, *(end for _, end in places)]
        return [
            (self._comment_start(at, least), end) for (at, end), least in zip(places, before, strict=False)
        ]

    def _comment_start(self, at: int, least: int) -> int:
        while at > least:
            previous = self.line_start(
                len(self.text[: at - 1].rstrip("\r")) if self.newline == "\r\n" else at - 1
            )
            if not self.text[previous:at].lstrip().startswith("#"):
                break
            at = previous
        return at


def put(text: str, keys: Keys, value: Any) -> str:
    """The text with the value where the keys lead; entries of lists and mappings that are the same already stay."""
    node = Front(text).find(keys)
    if node is None:
        return _add(text, keys, value)
    there = plain_of(node)
    if there == value:
        return text
    if isinstance(there, dict) and isinstance(value, dict) and there and value:
        return _put_mapping(text, keys, there, value)
    if isinstance(there, list) and isinstance(value, list) and there and value:
        return _put_list(text, keys, there, value)
    return replace(text, keys, value)


def _put_mapping(text: str, keys: Keys, there: dict[str, Any], value: dict[str, Any]) -> str:
    for key, inner in value.items():
        text = put(text, (*keys, key), inner)
    for key in [key for key in there if key not in value]:
        text = cut(text, (*keys, key))
    return text


def _put_list(text: str, keys: Keys, there: list[Any], value: list[Any]) -> str:
    """Entries that both begin or end with stay; those between are written over, taken out or put in."""
    least = min(len(there), len(value))
    head = next((n for n in range(least) if there[n] != value[n]), least)
    tail = next((n for n in range(least - head) if there[-1 - n] != value[-1 - n]), least - head)
    old, new = len(there) - tail, len(value) - tail
    for n in range(head, min(old, new)):
        text = put(text, (*keys, n), value[n])
    for _ in range(new, old):
        text = cut_entry(text, keys, new)
    for n in range(old, new):
        text = add_entry(text, keys, n, value[n])
    return text


def replace(text: str, keys: Keys, value: Any) -> str:
    """The text with another value in the place of one that is there."""
    front = Front(text)
    node, parent = front.find(keys), front.find(keys[:-1])
    begin, end = front.begin(node), front.finish(node)
    in_flow = front.is_in_flow(keys) or bool(getattr(node, "flow_style", False) and node.value)
    if in_flow or not front.ends_line(end):
        return front.splice(begin, end, _gap(text, begin) + _in_one_line(node, value, in_flow))
    if isinstance(node, yaml.CollectionNode) and node.value and value and _is_alike(node, value):
        return front.splice(begin, end, block(value, node.start_mark.column))
    if isinstance(value, str) and _quotes(node):
        return front.splice(begin, end, _in_one_line(node, value, False))
    column = parent.start_mark.column
    if isinstance(parent, yaml.SequenceNode):
        return front.splice(begin, end, _gap(text, begin) + item(value, column))
    return front.splice(len(text[:begin].rstrip()), end, after_colon(value, column))


def cut(text: str, keys: Keys) -> str:
    """The text without a key that is there; what held it alone says that it is empty."""
    front = Front(text)
    parent = front.find(keys[:-1])
    names = [name.value for name, _ in parent.value]
    at = names.index(keys[-1])
    name, value = parent.value[at]
    if len(names) == 1 and keys[:-1]:
        return replace(text, keys[:-1], {})
    if parent.flow_style:
        return _cut_from_line(
            front, [(front.begin(key), front.finish(inner)) for key, inner in parent.value], at
        )
    begin, end = front.begin(name), front.finish(value)
    if front.starts_line(begin):
        return front.splice(front.line_start(begin), front.line_end(end), "")
    return front.splice(begin, front.begin(parent.value[at + 1][0]), "")


def add_entry(text: str, keys: Keys, index: int, value: Any) -> str:
    """The text with one entry more in a list that has some."""
    front = Front(text)
    node = front.find(keys)
    places = front.slots(node)
    if node.flow_style or places is None:
        return _add_in_line(front, node, index, value)
    column = node.start_mark.column
    at = front.above(places)[index][0] if index < len(places) else places[-1][1]
    return front.splice(at, at, " " * column + f"- {item(value, column)}\n")


def cut_entry(text: str, keys: Keys, index: int) -> str:
    """The text with one entry less in a list that has others."""
    front = Front(text)
    node = front.find(keys)
    places = front.slots(node)
    if places is None:
        entries: Any = plain_of(node)
        return replace(text, keys, entries[:index] + entries[index + 1 :])
    if node.flow_style:
        return _cut_from_line(front, places, index)
    return front.splice(*places[index], "")


def permute(text: str, keys: Keys, order: list[int]) -> str:
    """The text with the entries of a list in another order; what stands between them stays."""
    front = Front(text)
    node = front.find(keys)
    places = front.slots(node)
    if places is None:
        entries: Any = plain_of(node)
        return replace(text, keys, [entries[n] for n in order])
    places = places if node.flow_style else front.above(places)
    ends = [begin for begin, _ in places[1:]]
    gaps = [text[end:begin] for (_, end), begin in zip(places, ends, strict=False)] + [""]
    pieces = [text[begin:end] for begin, end in places]
    moved = "".join(pieces[n] + gap for n, gap in zip(order, gaps, strict=True))
    return text[: places[0][0]] + moved + text[places[-1][1] :]


def _add(text: str, keys: Keys, value: Any) -> str:
    """The text with a key that is not there yet, in its place among the others."""
    front = Front(text)
    parent, key = front.find(keys[:-1]), keys[-1]
    if parent is None and not keys[:-1]:
        return front.splice(front.end, front.end, f"{_name(key)}:{after_colon(value, 0)}\n")
    if parent is None or not parent.value:
        return put(text, keys[:-1], {key: value})
    if not isinstance(parent, yaml.MappingNode):
        raise InvalidInput(NOT_THERE)
    before = _before(parent, keys)
    if parent.flow_style:
        return _add_pair_in_line(front, parent, before, f"{_name(key)}: {flow(value)}")
    column = parent.start_mark.column
    entry = f"{_name(key)}:{after_colon(value, column)}\n"
    if before is None:
        return front.splice(front.begin(parent), front.begin(parent), entry + " " * column)
    at = front.line_end(front.finish(before))
    return front.splice(at, at, " " * column + entry)


def _before(parent: yaml.MappingNode, keys: Keys) -> yaml.Node | None:
    """The value of the key behind which a new one goes: of those that come before it in the format, the last."""
    names = [key for key in keys[:-1] if isinstance(key, str)]
    order = ORDER.get(names[-1] if names else "", ())
    ranks = {name: rank for rank, name in enumerate(order)}
    own = ranks.get(str(keys[-1]), len(order))
    earlier = [(ranks.get(name.value, len(order)), at) for at, (name, _) in enumerate(parent.value)]
    last = max((place for place in earlier if place[0] <= own), default=None)
    return None if last is None else parent.value[last[1]][1]


def _add_pair_in_line(front: Front, parent: yaml.MappingNode, before: yaml.Node | None, pair: str) -> str:
    if before is None:
        at = front.begin(parent.value[0][0])
        return front.splice(at, at, f"{pair}, ")
    at = front.finish(before)
    return front.splice(at, at, f", {pair}")


def _add_in_line(front: Front, node: Any, index: int, value: Any) -> str:
    if not node.flow_style:
        entries: Any = plain_of(node)
        return front.splice(
            front.begin(node),
            front.finish(node),
            block([*entries[:index], value, *entries[index:]], node.start_mark.column),
        )
    if index < len(node.value):
        at = front.begin(node.value[index])
        return front.splice(at, at, f"{flow(value)}, ")
    at = front.finish(node.value[-1])
    return front.splice(at, at, f", {flow(value)}")


def _cut_from_line(front: Front, places: list[Place], index: int) -> str:
    """Without one of the entries between brackets, and its comma."""
    if index + 1 < len(places):
        return front.splice(places[index][0], places[index + 1][0], "")
    if index == 0:
        return front.splice(*places[0], "")
    return front.splice(places[index - 1][1], places[index][1], "")


def _in_one_line(node: Any, value: Any, in_flow: bool) -> str:
    return scalar(value, in_flow, _quotes(node)) if isinstance(value, str) else flow(value)


def _quotes(node: Any) -> str:
    """The quotes around a text as it stands, if there are any."""
    return node.style if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') else ""


def _is_alike(node: yaml.Node, value: Any) -> bool:
    return isinstance(value, dict) == isinstance(node, yaml.MappingNode) and not isinstance(value, str)


def _gap(text: str, at: int) -> str:
    """The blank that what follows a colon or a dash needs before it."""
    return " " if text[at - 1] in ":-" else ""


def _name(key: str | int) -> str:
    return scalar(str(key))
