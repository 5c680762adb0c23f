"""Markdown to safe HTML: the one maker of markup for lessons, questions, articles and previews.

An author's text is rendered in a child process (`core.markup.child`) that a timer ends, then cleaned by an
allow-list, then set in the house's markup. Text of the public never comes here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from xml.etree.ElementTree import Element

import nh3
from markupsafe import Markup

from core.errors import InvalidInput, Problem
from core.markup import forms, outline, proofreading, tree, typesetting
from core.markup.child import renderer
from core.markup.grammar import CERTAINTIES, KEY, PLAIN_ID, SLOT_NAME
from core.markup.rendered import Reflection, Rendered, Slot, Source

TIME_LIMIT = 2.0  # seconds for one text
MAX_DEPTH = 200  # elements open at once

check_lesson = proofreading.check_lesson

TAGS = tree.names(
    "a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small "
    "span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
EMPTIED = tree.names(
    "script style template noscript iframe object embed svg math title textarea select xmp noembed noframes"
)
ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "sup": {"data-cite", "data-certainty"},
    "div": {"data-slot"},
    "span": {"data-slot"},
}
MARKS = {
    "data-cite": re.compile(rf"{KEY}(?: {KEY})*"),
    "data-certainty": re.compile("|".join(CERTAINTIES)),
    "data-slot": re.compile(rf"(?:check|tool|video):{SLOT_NAME}|reflect:{PLAIN_ID}"),
}
UNCLOSED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


def render_lesson(text: str, name: str) -> Rendered:
    """A lesson's HTML and facts; InvalidInput names the lesson when a limit is passed."""
    return _only(render_many([Source(text, name)]))


def _only(results: list[Rendered | Problem]) -> Rendered:
    result = results[0]
    if isinstance(result, Problem):
        raise InvalidInput(str(result))
    return result


def render_many(sources: Sequence[Source], limit: float = TIME_LIMIT) -> list[Rendered | Problem]:
    """Each text rendered, or the problem that kept it from being; `limit` is in seconds and for each."""
    refused = [proofreading.check_limits(source.text, source.name, source.first_line) for source in sources]
    accepted = [source for source, problems in zip(sources, refused, strict=True) if not problems]
    raw = iter([renderer.convert(source.text, limit) for source in accepted])
    return [
        problems[0] if problems else _finish(source, next(raw))
        for source, problems in zip(sources, refused, strict=True)
    ]


def _finish(source: Source, raw: str | None) -> Rendered | Problem:
    if raw is None:
        return Problem(source.name, 0, "the text takes too long to render", "simplify or split it")
    if _depth(raw) > MAX_DEPTH:
        return Problem(source.name, 0, "the text is nested too deeply", "take out levels of lists or quotes")
    return _typeset(source, _clean(raw))


def _depth(html: str) -> int:
    """The most elements open at once, before a parser is troubled with it."""
    depth = most = 0
    for found in UNCLOSED.finditer(html):
        if found[2].lower() not in tree.VOID:
            depth = max(0, depth - 1) if found[1] else depth + 1
            most = max(most, depth)
    return most


def _clean(html: str) -> str:
    """Only what is allowed by name survives."""
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    pattern = MARKS.get(attribute)
    return value if pattern is None or pattern.fullmatch(value) else None


def _typeset(source: Source, html: str) -> Rendered:
    root = tree.parse(html)
    typesetting.set_plain_parts(root, source)
    typesetting.set_callouts(root)
    figures = typesetting.set_figures(root, numbered=source.kind == "lesson")
    cited = typesetting.set_citations(root)
    typesetting.set_tables(root)
    typesetting.set_footnotes(root)
    if source.kind == "tool":
        forms.set_fields(root)
    links = typesetting.set_links(root, source)
    typesetting.set_ids(root, source.prefix)
    text = outline.plain_text(root)
    return Rendered(
        html=Markup(_written(root, source)),
        outline=outline.outline(root),
        text=text,
        words=len(text.split()),
        cited=cited,
        checks=_slot_names(root, "check"),
        tools=_slot_names(root, "tool"),
        videos=_slot_names(root, "video"),
        reflections=tuple(
            Reflection(name, Markup(tree.inner(slot).strip())) for name, slot in _slots(root, "reflect")
        ),
        figures=figures,
        links=links,
        sections=outline.sections(root),
        mentions=proofreading.mentions(source.text, source.first_line),
    )


def _written(root: Element, source: Source) -> str:
    if source.kind == "inline" and all(child.tag == "p" for child in root):
        return "<br>".join(tree.inner(child).strip() for child in root)
    return tree.inner(root).strip()


def _slots(root: Element, kind: str) -> list[tuple[str, Element]]:
    marked = [(element.get("data-slot", "").partition(":"), element) for element in root.iter()]
    return [(name, element) for (kind_, _, name), element in marked if kind_ == kind]


def _slot_names(root: Element, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in _slots(root, kind)))


def complete_page(
    rendered: Rendered,
    media: Mapping[str, bytes],
    long_text: Mapping[str, Markup],
    folder: str,
    designs: Mapping[str, str],
    terms: Mapping[str, tuple[str, str]],
) -> Rendered:
    """A page with sources of its own: its figures drawn in, designs named, terms explained, in one reading.

    As place_figures, name_designs and mark_terms, one after the other; InvalidInput as of place_figures.
    """
    from core.markup.plates import place
    from core.markup.terms import explain

    root = tree.parse(rendered.html)
    place(root, media, {path: str(text) for path, text in long_text.items()}, folder)
    typesetting.set_designs(root, designs)
    explain(root, terms)
    return replace(rendered, html=Markup(tree.inner(root)))


def place_figures(
    rendered: Rendered, media: Mapping[str, bytes], long_text: Mapping[str, Markup], folder: str
) -> Rendered:
    """The figures drawn in: SVG inline, pictures from `folder` (relative: `<lesson>/media`).

    `media` and `long_text` are keyed by the figure's path. InvalidInput names a figure that cannot be placed.
    """
    from core.markup.plates import place  # Pillow is needed at publication alone

    root = tree.parse(rendered.html)
    place(root, media, {path: str(text) for path, text in long_text.items()}, folder)
    return replace(rendered, html=Markup(tree.inner(root)))


def name_designs(html: str, designs: Mapping[str, str]) -> Markup:
    """A citation without a word of certainty says its source's design: `designs` maps key to words."""
    root = tree.parse(html)
    typesetting.set_designs(root, designs)
    return Markup(tree.inner(root))


def mark_terms(html: str, terms: Mapping[str, tuple[str, str]]) -> Markup:
    """Terms of the glossary explained where they first stand.

    `terms` maps a term in lower case to its slug and its definition in plain words.
    """
    from core.markup.terms import explain

    root = tree.parse(html)
    explain(root, terms)
    return Markup(tree.inner(root))


def split_slots(html: str) -> list[Markup | Slot]:
    """The HTML cut at its slots, in order; a page writes one part after the other."""
    root = tree.parse(html)
    slots: list[Slot] = []
    for parent, child in tree.parents(root):
        if "data-slot" in child.attrib:
            tree.replace(parent, child, tree.comment(f"slot {len(slots)}"))
            slots.append(_slot(child))
    parts = re.split(r"<!--slot (\d+)-->", tree.inner(root))
    cut = [slots[int(part)] if place % 2 else Markup(part) for place, part in enumerate(parts)]
    return [part for part in cut if part != ""]


def _slot(element: Element) -> Slot:
    kind, _, name = element.get("data-slot", "").partition(":")
    title = element.get("data-title", "")
    return Slot(kind, name, Markup(tree.inner(element).strip()), title, inline=element.tag == "span")


def to_parts(html: str) -> list[str | dict[str, Any]]:
    """HTML as a lesson is stored: markup as text, slots as objects, in order."""
    return [asdict(part) if isinstance(part, Slot) else str(part) for part in split_slots(html)]
