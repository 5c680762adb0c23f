"""A lesson in the dialect, rendered, and what a browser would make of it."""

import re
from html.parser import HTMLParser

from core import markup
from core.markup.rendered import Rendered

NAME = "courses/skin/lessons/barrier.md"

FORBIDDEN_TAGS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "button",
    "base",
    "meta",
    "link",
    "math",
}


class Inspector(HTMLParser):
    """Collects what a browser could run or fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.dangers.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "action"):
                self.dangers.append(name)
            if name in ("href", "src") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I):
                self.dangers.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def render(text: str) -> Rendered:
    return markup.render_lesson(text, NAME)


DRAWING = b'<svg viewBox="0 0 640 400"><title>T</title><desc>D</desc><g id="a"/><use href="#a"/></svg>'
