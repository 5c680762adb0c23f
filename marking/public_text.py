"""Markdown of the public as safe HTML: headings, lists, tables, quotations, emphasis, code. Pure.

CommonMark by markdown-it-py without HTML, links and pictures, which stay the text that they are. Why this library
and which of its rules are off: docs/decisions/0013-public-markdown.md.
"""

from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

# HTML, addresses and pictures are shown as they were typed. So are entities, indented lines and underlined headings,
# which nobody means who writes plain text.
OFF = ["html_block", "html_inline", "autolink", "link", "image", "reference", "entity", "code", "lheading"]
HEADINGS_BELOW = 2  # a page's own headings are above those of a text in it
LAST_LEVEL = 6
MOST_CELLS = 10_000  # of a table; its missing cells are written, so a short text could ask for very many
TABLE_OPENS = '<div class="table-box" tabindex="0" role="group" aria-label="Table"><table>\n'


def render(text: str) -> Markup:
    """The HTML of a text."""
    return Markup(MARKDOWN.render(text))


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, if it cannot grow beyond what a page shows; else its lines are a paragraph."""
    columns = state.getLines(start, start + 1, 0, False).count("|") + 1
    return columns * (end - start) <= MOST_CELLS and table(state, start, end, silent)


def _set_in_page(state: StateCore) -> None:
    """Headings below those of the page, the cells of a table without styles, its head for screen readers."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + HEADINGS_BELOW, LAST_LEVEL)}"
        token.attrs.pop("style", None)
        if token.type == "th_open":
            token.attrs["scope"] = "col"


def _fence(
    self: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return f"<pre>{escape(tokens[place].content)}</pre>\n"


def _table_opens(
    self: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return TABLE_OPENS


def _table_closes(
    self: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return "</table></div>\n"


def _made() -> MarkdownIt:
    # A line ends where its author ended it.
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False})
    made.enable("table").disable(OFF)
    made.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    made.core.ruler.push("set_in_page", _set_in_page)
    for name, rule in (("fence", _fence), ("table_open", _table_opens), ("table_close", _table_closes)):
        made.add_render_rule(name, rule)
    return made


MARKDOWN = _made()
