"""The values of front matter, typed, with a problem for each that is missing, unknown or of another kind. Pure."""

import re
from collections.abc import Iterable
from datetime import date

from core.errors import Problem
from publishing.texts.front_matter import FrontMatter, Node

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_RULE = "Use a-z, 0-9 and single hyphens."
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
YES_NO = {"true": True, "yes": True, "false": False, "no": False}


class Fields:
    """Reads keys from one mapping. `where` names it in problems: empty for the whole front matter."""

    def __init__(
        self, file: str, values: dict[str, Node], line: int, problems: list[Problem], where: str = ""
    ) -> None:
        self.file, self.values, self.line, self.problems, self.where = file, values, line, problems, where

    @classmethod
    def of(cls, front: FrontMatter, problems: list[Problem]) -> "Fields":
        return cls(front.file, front.values, 1, problems)

    def inside(self, node: Node, where: str) -> "Fields":
        """The fields of a mapping within this one."""
        if node.shape != "mapping":
            self.fault(node.line, f"{where}: this is no mapping", "Write `key: value` lines, indented.")
        return Fields(self.file, dict(node.pairs), node.line, self.problems, f"{where}.")

    def fault(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, message, remedy))

    def only(self, *known: str) -> None:
        """Report every other key."""
        for key, node in self.values.items():
            if key not in known:
                self.fault(
                    node.line, f"{self.where}{key}: there is no such key", f"Known are {', '.join(known)}."
                )

    def require(self, *keys: str) -> None:
        """Report keys that are missing or empty."""
        for key in keys:
            node = self.values.get(key)
            if node is None:
                self.fault(self.line, f"{self.where}{key}: is missing", f"Write `{key}: …`.")
            elif not (node.text or node.items or node.pairs):
                self.fault(node.line, f"{self.where}{key}: is empty", f"Write `{key}: …`.")

    def line_of(self, key: str) -> int:
        return self.values[key].line if key in self.values else self.line

    def text(self, key: str, default: str = "") -> str:
        node = self.values.get(key)
        if node is None or not self._is(node, "text", key, "Write it in one text."):
            return default
        return " ".join(node.text.split()) or default

    def long_text(self, key: str) -> str:
        """A text whose paragraphs stay apart."""
        node = self.values.get(key)
        return node.text if node and self._is(node, "text", key, "Write it in one text.") else ""

    def nodes(self, key: str) -> tuple[Node, ...]:
        """The items of a list; an empty value is an empty list."""
        node = self.values.get(key)
        if node is None or (node.shape == "text" and not node.text):
            return ()
        return node.items if self._is(node, "list", key, "Write each as a line `- …`.") else ()

    def texts(self, key: str) -> tuple[str, ...]:
        items = [item for item in self.nodes(key) if self._is(item, "text", key, "Write it in one text.")]
        for item in items:
            if not item.text:
                self.fault(item.line, f"{self.where}{key}: an empty entry", "Write it, or delete the line.")
        return tuple(" ".join(item.text.split()) for item in items)

    def slugs(self, key: str) -> tuple[str, ...]:
        """Slugs as a list, or one alone."""
        node = self.values.get(key)
        if node is not None and node.shape == "text" and node.text:
            node = Node(node.line, "list", items=(node,))
        items = node.items if node is not None else ()
        for item in items:
            self.check_slug(item.text, item.line, f"{self.where}{key}: “{item.text}” is no slug")
        return tuple(item.text for item in items)

    def check_slug(self, slug: str, line: int, message: str) -> None:
        if not SLUG.fullmatch(slug):
            self.fault(line, message, SLUG_RULE)

    def one_of(self, key: str, words: Iterable[str], default: str) -> str:
        value, known = self.text(key, default), tuple(words)
        if value not in known:
            self.fault(
                self.line_of(key),
                f"{self.where}{key}: “{value}” is not known",
                f"Known are {', '.join(known)}.",
            )
        return value

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int | None:
        value = self.text(key)
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
            message = f"{self.where}{key}: “{value}” is no whole number from {least} to {most}"
            self.fault(self.line_of(key), message, "Write it in digits.")
            return default
        return int(value)

    def yes_no(self, key: str, default: bool) -> bool:
        value = self.text(key)
        if not value:
            return default
        if value.casefold() not in YES_NO:
            self.fault(
                self.line_of(key),
                f"{self.where}{key}: “{value}” is neither yes nor no",
                "Write true or false.",
            )
        return YES_NO.get(value.casefold(), default)

    def day(self, key: str) -> date | None:
        value = self.text(key)
        if not value:
            return None
        day = _day(value)
        if day is None:
            message = f"{self.where}{key}: “{value}” is no date"
            self.fault(self.line_of(key), message, "Write it as 2026-11-21.")
        return day

    def _is(self, node: Node, shape: str, key: str, remedy: str) -> bool:
        if node.shape != shape:
            self.fault(node.line, f"{self.where}{key}: this is a {node.shape}, not a {shape}", remedy)
        return node.shape == shape


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_faq(fields: Fields) -> tuple[tuple[str, str, int], ...]:
    """Questions with their answers in Markdown, and the line of each answer."""
    entries = []
    for node in fields.nodes("faq"):
        entry = fields.inside(node, "faq")
        entry.only("question", "answer")
        entry.require("question", "answer")
        entries.append((entry.text("question"), entry.long_text("answer"), entry.line_of("answer")))
    return tuple(entries)
