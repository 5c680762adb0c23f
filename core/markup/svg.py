"""Figures drawn as SVG, cleaned by an allow-list so that they may stand inside a page."""

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

import nh3

from core.errors import Problem
from core.markup import tree

MAX_BYTES = 200_000
WIDE = 400.0  # units; a drawing wider than this scrolls on small screens

TAGS = tree.names(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan textPath marker "
    "linearGradient radialGradient stop clipPath mask pattern use symbol"
)
EMPTIED = tree.names("script style foreignObject metadata")
ATTRIBUTES = tree.names(
    "class id lang role aria-hidden aria-label aria-labelledby aria-describedby "
    "transform x y dx dy x1 y1 x2 y2 cx cy r rx ry fx fy fr d points width height viewBox "
    "preserveAspectRatio "
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin "
    "stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color visibility display paint-order "
    "vector-effect marker-start marker-mid marker-end markerWidth markerHeight markerUnits refX refY orient "
    "gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity clip-path clip-rule "
    "clipPathUnits mask maskUnits maskContentUnits patternUnits patternContentUnits patternTransform href "
    "text-anchor dominant-baseline alignment-baseline baseline-shift font-family font-size font-weight "
    "font-style letter-spacing word-spacing textLength lengthAdjust startOffset pathLength rotate"
)
FUNCTIONS = re.compile(r"([\w-]*)\s*\(")
SAFE_FUNCTIONS = tree.names("translate rotate scale matrix skewx skewy rgb rgba hsl hsla var calc color-mix")
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([\w.:-]+)['\"]?\s*\)")
LOCAL_REFERENCE = re.compile(r"#[\w.:-]+")
REFERRING = ("aria-labelledby", "aria-describedby")


@dataclass(frozen=True)
class Drawing:
    """A cleaned drawing: its root element, its own title and description or '', and whether it is wide."""

    root: Element
    title: str
    description: str
    is_wide: bool


def check_svg(data: bytes, file: str) -> list[Problem]:
    """What keeps a drawing from being published: no drawing, too big, no frame, no title, no description."""
    if len(data) > MAX_BYTES:
        return [Problem(file, 0, "the drawing is over 200 kB", "simplify its paths")]
    drawing = clean_svg(data)
    if drawing is None:
        return [Problem(file, 0, "not an SVG drawing in UTF-8", "save it as plain SVG")]
    wanted = {
        "viewBox": (drawing.root.get("viewBox"), 'add viewBox="0 0 width height" to <svg>'),
        "title": (drawing.title, "add <title> as the first child of <svg>"),
        "desc": (drawing.description, "add <desc> that says what the drawing shows"),
    }
    return [
        Problem(file, 1, f"a drawing without {name}", how) for name, (has, how) in wanted.items() if not has
    ]


def clean_svg(data: bytes, prefix: str = "", title: str = "") -> Drawing | None:
    """The drawing with only what is allowed, every id behind `prefix`; None for what is no drawing.

    `title` names a drawing that has no title of its own.
    """
    cleaned = _first_drawing(data)
    if cleaned is None:
        return None
    root = deepcopy(cleaned)  # it is kept for the next preview that shows it
    _set_frame(root)
    own, description = _text_of(root, "title"), _text_of(root, "desc")
    _set_name(root, own or title)
    for element in root.iter():
        _prefix(element, prefix)
    return Drawing(root, own, description, _width(root) > WIDE)


@lru_cache(maxsize=128)
def _first_drawing(data: bytes) -> Element | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes={"*": ATTRIBUTES},
        attribute_filter=_filter,
        link_rel=None,
    )
    root = tree.parse(cleaned).find("svg")
    if root is not None:
        root.tail = None
    return root


def _filter(tag: str, attribute: str, value: str) -> str | None:
    """References stay inside the drawing; of functions only those that fetch nothing."""
    if attribute == "href":
        return value if LOCAL_REFERENCE.fullmatch(value.strip()) else None
    local = LOCAL_URL.sub(r"url(#\1)", value)
    rest = LOCAL_URL.sub("", local)
    functions = {name.lower() for name in FUNCTIONS.findall(rest)}
    return local if functions <= SAFE_FUNCTIONS or attribute == "aria-label" else None


def _set_frame(root: Element) -> None:
    """The page gives the size; the drawing keeps its proportions."""
    width, height = root.attrib.pop("width", ""), root.attrib.pop("height", "")
    numbers = [re.fullmatch(r"([\d.]+)(?:px)?", size) for size in (width, height)]
    if "viewBox" not in root.attrib and all(numbers):
        root.set("viewBox", "0 0 " + " ".join(number[1] for number in numbers if number))


def _width(root: Element) -> float:
    sizes = re.findall(r"-?[\d.]+", root.get("viewBox", ""))
    try:
        return float(sizes[2])
    except (IndexError, ValueError):
        return 0.0


def _text_of(root: Element, tag: str) -> str:
    found = root.find(tag)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _set_name(root: Element, title: str) -> None:
    """One image for a screen reader, named by its title and described by its description."""
    for tag, text in (("desc", ""), ("title", title)):
        found = root.find(tag)
        if found is None and text:
            found = Element(tag)
            found.text = text
            root.insert(0, found)
        if found is not None:
            found.set("id", tag)
    named = [tag for tag in ("title", "desc") if root.find(tag) is not None]
    root.set("role", "img")
    root.attrib.pop("aria-label", None)
    root.attrib.pop("aria-describedby", None)
    root.set("aria-labelledby", " ".join(named))


def _prefix(element: Element, prefix: str) -> None:
    """Ids, and all that points to them."""
    for name, value in list(element.attrib.items()):
        if name == "id":
            element.set(name, prefix + value)
        elif name == "xlink:href":
            del element.attrib[name]
            element.set("href", f"#{prefix}{value[1:]}")
        elif name == "href":
            element.set(name, f"#{prefix}{value[1:]}")
        elif name in REFERRING:
            element.set(name, " ".join(prefix + word for word in value.split()))
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}"))
