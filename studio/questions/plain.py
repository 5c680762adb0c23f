"""Plain text as Markdown that reads the same: every sign that would mean something is made to mean itself. Pure."""

import re

ENTITY = re.compile(r"&(?=#?\w+;)")
SIGNS = re.compile(r"[\\`*\[\]{}]")
EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
LINE_START = (
    (re.compile(r"^([-+>#]|!!!)"), r"\\\1"),
    (re.compile(r"^(\d+)([.)])(?=\s|$)"), r"\1\\\2"),
    (re.compile(r"^:"), "&#58;"),
    (re.compile(r"^="), "&#61;"),
    (re.compile(r"^~"), "&#126;"),
    (re.compile(r"^(hint|why|answer|words):"), r"\1&#58;"),
)
EQUALS = re.compile(r"(?:(?<=\s)|^)=(?=\s|$)")


def inline(text: str) -> str:
    """Text within a line."""
    text = ENTITY.sub("&amp;", text).replace("<", "&lt;")
    return EDGE.sub(r"\\_", SIGNS.sub(r"\\\g<0>", text)).replace("|", "&#124;")


def line_start(line: str) -> str:
    """A line of inline Markdown that begins no block, no answer and no note."""
    for pattern, instead in LINE_START:
        line = pattern.sub(instead, line)
    return line


def markdown(text: str) -> str:
    """Plain text with its lines and paragraphs; spaces that would make code of it are taken off."""
    lines = [line_start(inline(line.strip())) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def side(text_md: str) -> str:
    """One side of a pair, in which an equals sign of its own stays one."""
    return EQUALS.sub(r"\=", text_md)
