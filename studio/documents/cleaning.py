"""HTML from a document or from somebody's clipboard, cleaned by an allow-list, as a tree to be read. Never shown.

What other programs say by styles is said by elements here: bold spans, and the lists of Word, which are paragraphs.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree.ElementTree import Element

import nh3

from core.errors import InvalidInput
from core.markup import tree

MOST_DEPTH = 200  # elements open at once
TOO_DEEP = "This text is nested too deeply to be read."
TAGS = tree.names(
    "a b blockquote body br caption center code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "li main article section header footer ol p pre s span strike strong sub sup table tbody td tfoot th thead tr u ul"
)
EMPTIED = tree.names(
    "script style template noscript iframe object embed svg math title textarea select xmp head"
)
STYLED = {"style", "class", "id"}
ATTRIBUTES = {
    "*": STYLED,
    "a": STYLED | {"href", "name"},
    "img": STYLED | {"src", "alt"},
    "ol": STYLED | {"start"},
    "td": STYLED | {"colspan", "rowspan"},
    "th": STYLED | {"colspan", "rowspan"},
}
SEAMS = re.compile(r"</(strong|em|b|i)>(\s*)<\1>")
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>")
BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
NOT_BOLD = re.compile(r"font-weight:\s*(?:normal|[1-4]00)")
ITALIC = re.compile(r"font-style:\s*italic")
IN_LIST = re.compile(r"mso-list:\s*\w+\s+level(\d)")
BULLET = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
COUNTS = re.compile(r"\(?(?:\d+|[a-zA-Z]{1,4})[.)]")


def clean_tree(html: str) -> Element:
    """The cleaned elements under a nameless `div`. Raises InvalidInput for what is nested too deeply."""
    _require_shallow(html)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    root = tree.parse(SEAMS.sub(r"\2", cleaned))
    for element in list(root.iter()):
        _say_by_elements(element)
    for element in list(root.iter()):
        _set_word_lists(element)
    return root


def _require_shallow(html: str) -> None:
    depth = 0
    for found in TAG.finditer(html):
        if found[2].lower() not in tree.VOID and not found[3]:
            depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > MOST_DEPTH:
            raise InvalidInput(TOO_DEEP)


def _say_by_elements(element: Element) -> None:
    """A bold span is `strong`, an oblique one `em`; Google wraps all in a `b` that is not bold."""
    style = element.get("style", "")
    if element.tag in ("b", "strong") and NOT_BOLD.search(style):
        element.tag = "span"
    elif element.tag == "span" and BOLD.search(style):
        element.tag = "strong"
    elif element.tag == "span" and ITALIC.search(style):
        element.tag = "em"


def _set_word_lists(parent: Element) -> None:
    """Paragraphs that Word calls items of a list, one after another, become a list with its levels."""
    children: list[Element] = []
    for is_listed, group in groupby(list(parent), key=lambda child: _level(child) > 0):
        run = list(group)
        children += _lists(run) if is_listed else run
    if len(children) != len(parent):
        parent[:] = children


def _level(element: Element) -> int:
    found = IN_LIST.search(element.get("style", "")) if element.tag == "p" else None
    return int(found[1]) if found else 0


def _lists(paragraphs: list[Element]) -> Iterator[Element]:
    """The lists of the first level, each with those below it in its items."""
    open_lists: list[Element] = []
    for paragraph in paragraphs:
        level, tag = _level(paragraph), _take_bullet(paragraph)
        open_lists = open_lists[:level]
        if not open_lists:
            open_lists = [Element(tag)]
            yield open_lists[0]
        elif len(open_lists) < level and len(open_lists[-1]):
            open_lists.append(tree.add(open_lists[-1][-1], tag))
        item = tree.add(open_lists[-1], "li", paragraph.text)
        item.extend(list(paragraph))


def _take_bullet(paragraph: Element) -> str:
    """Take the bullet that stands in the words away; it tells which kind of list this is."""
    for parent, child in tree.parents(paragraph):
        if BULLET.search(child.get("style", "")):
            words = "".join(child.itertext()).strip()
            tree.replace(parent, child, Element("span"))
            return "ol" if COUNTS.fullmatch(words) else "ul"
    return "ul"
