"""Values as YAML, in the way in which the content format is written by hand. Pure.

Every text is written so that it reads back as it is: plain where that can be, quoted where it has to be, long ones
folded, those of several paragraphs as they stand.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import yaml
from yaml.reader import Reader

from core.errors import InvalidInput

Plain: TypeAlias = "str | Sequence[Plain] | dict[str, Plain]"
WIDTH = 100  # characters of a line that is folded
STEP = 2  # spaces that each level is indented by


def tidy(value: Plain) -> Plain:
    """The value as it reads back: no blanks around texts, plain line ends. Raises InvalidInput for a character that
    no text may hold."""
    if isinstance(value, dict):
        return {key: tidy(inner) for key, inner in value.items()}
    if not isinstance(value, str):
        return [tidy(item) for item in value]
    if Reader.NON_PRINTABLE.search(value):
        raise InvalidInput("A control character stands in the text. Take it out and save again.")
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def block(value: Plain, indent: int) -> str:
    """A mapping or a list with each entry on a line of its own; the first line is not indented."""
    if isinstance(value, dict):
        entries = [f"{scalar(key)}:{after_colon(inner, indent)}" for key, inner in value.items()]
    else:
        entries = [f"- {item(inner, indent)}" for inner in value]
    return ("\n" + " " * indent).join(entries)


def after_colon(value: Plain, indent: int) -> str:
    """What stands behind `key:`, with the blank or the line end before it; `indent` is the key's."""
    if not value or isinstance(value, str):
        return " " + written(value, indent)
    inner = indent + STEP
    return "\n" + " " * inner + block(value, inner)


def item(value: Plain, indent: int) -> str:
    """What stands behind `- `; `indent` is that of the dash. A list within a list stands in one line."""
    return block(value, indent + STEP) if value and isinstance(value, dict) else written(value, indent)


def written(value: Plain, indent: int) -> str:
    """A text, which may take several lines; what holds others stands in one."""
    if not isinstance(value, str):
        return flow(value)
    if "\n" in value or len(value) > WIDTH:
        return next((text for text in _long(value, indent) if reads_as(f"- {text}", [value])), scalar(value))
    return scalar(value)


def flow(value: Plain) -> str:
    """The value in one line, with brackets around what holds others."""
    if isinstance(value, str):
        return scalar(value, in_flow=True)
    if isinstance(value, dict):
        pairs = (f"{scalar(key, in_flow=True)}: {flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(flow(inner) for inner in value) + "]"


def scalar(text: str, in_flow: bool = False, style: str = "") -> str:
    """A text in one line, in the quotes of `style` where it can be, plain where it can be, or in double quotes."""
    quoted = _double(text)
    if style == '"':
        return quoted
    wished = ["'" + text.replace("'", "''") + "'"] if style == "'" else [text]
    frame = "[{}]" if in_flow else "- {}"
    fits = (one for one in wished if "\n" not in one and reads_as(frame.format(one), [text]))
    return next(fits, quoted)


def reads_as(text: str, value: Plain) -> bool:
    """Whether this YAML says exactly that; what is no text counts by what it holds."""
    try:
        root = yaml.compose(text, yaml.BaseLoader)
    except yaml.YAMLError:
        return False
    return root is not None and plain_of(root) == value


def plain_of(node: yaml.Node) -> Plain:
    """What a node says, as it is read."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((str(key.value), plain_of(inner)) for key, inner in reversed(node.value))
        return dict(reversed(dict(pairs).items()))
    if isinstance(node, yaml.SequenceNode):
        return [plain_of(inner) for inner in node.value]
    return str(node.value).strip()


def _long(text: str, indent: int) -> Iterator[str]:
    """Ways to write a long text: folded if it is one paragraph, line by line if it is not."""
    margin = "\n" + " " * (indent + STEP)
    if "\n" not in text:
        lines = textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        yield ">-" + "".join(margin + line for line in lines)
    else:
        yield "|-" + "".join(margin + line if line else "\n" for line in text.split("\n"))


def _double(text: str) -> str:
    return yaml.dump(text, default_style='"', width=float("inf"), allow_unicode=True).rstrip("\n")
