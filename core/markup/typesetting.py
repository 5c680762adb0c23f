"""From the dialect's cleaned HTML to the house's markup: callouts, plates, citations, tables, notes, links.

Works on a tree that core.markup has parsed; what it adds is its own, or escaped when the tree is written.
"""

import re
from collections.abc import Mapping
from itertools import count
from xml.etree.ElementTree import Element

from core.icons import icon
from core.markup import tree
from core.markup.grammar import CALLOUTS, PLAIN_ID, Callout
from core.markup.links import is_outside, resolve
from core.markup.rendered import Citation, Figure, Link, Source

MEDIA = re.compile(r"^media/[\w./-]+$")
SIDES = {"right": "r", "center": "c"}


def set_callouts(root: Element) -> None:
    """`div.admonition` becomes an aside named by its title, or the slot of a private prompt."""
    numbers = count(1)
    for element in list(root.iter("div")):
        classes = element.get("class", "").split()
        if classes[:1] == ["admonition"] and len(classes) > 1:
            _set_callout(element, classes[1:], next(numbers))


def _set_callout(element: Element, words: list[str], number: int) -> None:
    callout = CALLOUTS.get(words[0], Callout(words[0].capitalize(), "info"))
    own = _take_own_title(element)
    if words[0] == "reflect" and len(words) > 1 and re.fullmatch(PLAIN_ID, words[1]):
        _set_reflection(element, words[1], own, callout)
        return
    title = own if own is not None else _paragraph(callout.title)
    title.attrib = {"class": "callout-title", "id": f"callout-{number}"}
    drawing = tree.parse(icon(callout.icon))[0]
    drawing.tail, title.text = title.text, None
    title.insert(0, drawing)
    element.tag = "aside"
    # A note, not a landmark: a lesson has many, and half of them share their title.
    element.attrib = {"class": f"callout {words[0]}", "role": "note", "aria-labelledby": f"callout-{number}"}
    element.insert(0, title)


def _paragraph(text: str) -> Element:
    paragraph = Element("p")
    paragraph.text = text
    return paragraph


def _take_own_title(element: Element) -> Element | None:
    first = element[0] if len(element) else None
    if first is None or not tree.has_class(first, "admonition-title"):
        return None
    element.remove(first)
    if not len(first):
        return first
    title = Element("p")
    first.tag, first.attrib, first.tail = "span", {}, None
    title.append(first)  # one box beside the icon, however many words are emphasised
    return title


def _set_reflection(element: Element, name: str, own: Element | None, callout: Callout) -> None:
    element.attrib = {
        "class": "slot slot-reflect",
        "id": f"reflect-{name}",
        "data-slot": f"reflect:{name}",
        "data-title": "".join(own.itertext()) if own is not None else callout.title,
    }


def set_figures(root: Element, numbered: bool) -> tuple[Figure, ...]:
    """A paragraph of images alone becomes plates; a picture from outside the bundle loses its source."""
    figures: list[Figure] = []
    for image in root.iter("img"):
        if not MEDIA.match(image.get("src", "")) or ".." in image.get("src", ""):
            image.attrib.pop("src", None)
    for parent, child in tree.parents(root):
        if child.tag == "p" and _is_images_alone(child):
            plates = [_plate(image, figures, numbered) for image in child]
            tree.replace(parent, child, *plates)
    return tuple(figures)


def _is_images_alone(paragraph: Element) -> bool:
    words = (paragraph.text or "") + "".join(child.tail or "" for child in paragraph)
    return len(paragraph) > 0 and not words.strip() and all(child.tag == "img" for child in paragraph)


def _plate(image: Element, figures: list[Figure], numbered: bool) -> Element:
    caption = image.attrib.pop("title", "")
    image.tail = None
    figures.append(Figure(image.get("src", ""), image.get("alt", ""), caption))
    number = len(figures)
    plate = Element(
        "figure", {"class": "plate", "id": f"figure-{number}", "data-figure": image.get("src", "")}
    )
    tree.add(plate, "div", class_="frame").append(image)
    if numbered:
        name = tree.add(tree.add(plate, "figcaption"), "b", f"Figure {number}.")
        name.tail = f" {caption}" if caption else None
    elif caption:
        tree.add(plate, "figcaption", caption)
    return plate


def set_citations(root: Element) -> tuple[Citation, ...]:
    """Numbers in order of first appearance, each with the claim's certainty in a word."""
    cited: dict[str, list[str]] = {}
    uses: dict[int, int] = {}
    for parent, mark in tree.parents(root):
        if mark.tag != "sup" or not (mark.get("data-cite") or mark.get("data-certainty")):
            continue
        certainty, keys = mark.get("data-certainty"), mark.get("data-cite", "").split()
        if not keys:
            _set_word(mark, certainty or "opinion")
            continue
        for key in keys:
            words = cited.setdefault(key, [])
            if certainty and certainty not in words:
                words.append(certainty)
        _trim_before(parent, mark)
        _set_citation(mark, keys, [list(cited).index(key) + 1 for key in keys], certainty, uses)
    return tuple(Citation(key, tuple(words)) for key, words in cited.items())


def _set_word(mark: Element, word: str) -> None:
    mark.tag, mark.attrib = "span", {"class": f"grade {word}"}
    tree.add(mark, "span", "certainty: ", class_="vh").tail = word


def _set_citation(
    mark: Element, keys: list[str], numbers: list[int], certainty: str | None, uses: dict[int, int]
) -> None:
    mark.tag, mark.attrib = "span", {"class": "cited"}
    sup = tree.add(mark, "sup", class_="cite")
    for number in numbers:
        uses[number] = uses.get(number, 0) + 1
        _add_source_link(sup, number, uses[number], certainty)
    if certainty:
        sup.tail = " "
        tree.add(mark, "span", certainty, class_=f"grade {certainty}", aria_hidden="true")
    else:
        mark.set("data-keys", " ".join(keys))


def _add_source_link(sup: Element, number: int, use: int, certainty: str | None) -> None:
    if len(sup):
        sup[-1].tail = ", "
    tree.add(
        sup,
        "a",
        str(number),
        href=f"#ref-{number}",
        id=f"cite-{number}" if use == 1 else f"cite-{number}-{use}",
        class_="cite-link",
        aria_label=source_label(number, certainty),
    )


def source_label(number: int, certainty: str | None) -> str:
    """What a screen reader says for a citation: `Source 2, moderate certainty`."""
    words = {None: "", "opinion": ", opinion"}.get(certainty, f", {certainty} certainty")
    return f"Source {number}{words}"


def set_designs(root: Element, designs: Mapping[str, str]) -> None:
    """A citation without a word of certainty says the design of its source instead."""
    for element in root.iter("span"):
        keys = element.attrib.pop("data-keys", "").split()
        words = list(dict.fromkeys(designs[key] for key in keys if designs.get(key)))
        if not words:
            continue
        for key, link in zip(keys, element.iter("a"), strict=True):
            link.set("aria-label", ", ".join(filter(None, (link.get("aria-label"), designs.get(key)))))
        element[0].tail = " "
        tree.add(element, "span", ", ".join(words), class_="grade design", aria_hidden="true")


def _trim_before(parent: Element, child: Element) -> None:
    """The raised number stands against the word it follows."""
    place = list(parent).index(child)
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "").rstrip(" \n")
    else:
        parent.text = (parent.text or "").rstrip(" \n")


def set_tables(root: Element) -> None:
    """Each table scrolls in a box of its own that the keyboard reaches and a screen reader can name."""
    numbers = count(1)
    for parent, child in tree.parents(root):
        if child.tag in ("th", "td"):
            _set_cell(child)
        if child.tag == "table":
            columns = ", ".join(filter(None, (_words(cell) for cell in child.iter("th"))))
            label = f"Table {next(numbers)}: {columns}".rstrip(": ")
            box = Element(
                "div", {"class": "table-box", "tabindex": "0", "role": "group", "aria-label": label}
            )
            tree.wrap(parent, child, box)


def _set_cell(cell: Element) -> None:
    side = SIDES.get(cell.attrib.pop("align", ""))
    if side:
        cell.set("class", f"{cell.get('class', '')} {side}".strip())
    if cell.tag == "th" and not _words(cell) and not len(cell):
        cell.tag = "td"
    elif cell.tag == "th":
        cell.set("scope", "col")


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def set_footnotes(root: Element) -> None:
    """Notes go by letters, since sources go by numbers; the way there and back is spoken."""
    for element in root.iter():
        if tree.has_class(element, "footnote-ref"):
            element.text = _letter(element.text or "")
            element.set("role", "doc-noteref")
            element.set("aria-label", f"Footnote {element.text}")
        elif tree.has_class(element, "footnote-backref"):
            element.attrib.pop("title", None)
            element.set("role", "doc-backlink")
            element.set("aria-label", "Back to the text")
        elif element.tag == "div" and tree.has_class(element, "footnote"):
            _set_notes(element)


def _set_notes(notes: Element) -> None:
    notes.tag = "section"
    notes.attrib = {"class": "footnotes", "role": "doc-endnotes", "aria-label": "Footnotes"}
    for rule in notes.findall("hr"):
        notes.remove(rule)
    for items in notes.findall("ol"):
        items.set("type", "a")


def _letter(number: str) -> str:
    return chr(ord("a") + int(number) - 1) if number.isdigit() and 0 < int(number) <= 26 else number


def set_plain_parts(root: Element, source: Source) -> None:
    """Pull quotes, code that the keyboard can scroll, and no second title of the page."""
    for element in root.iter():
        if element.tag == "blockquote":
            _set_quotation(element)
        elif element.tag == "pre":
            element.set("tabindex", "0")
        elif element.tag == "h1" and source.kind in ("lesson", "tool"):
            element.tag = "h2"


def _set_quotation(quotation: Element) -> None:
    """A quotation marked `{.pull}` says words of the text again, for the eye alone: nobody hears them twice."""
    marked = [paragraph for paragraph in quotation if tree.has_class(paragraph, "pull")]
    quotation.set("class", "pull")
    for paragraph in marked:
        del paragraph.attrib["class"]
    if marked:
        quotation.tag = "aside"
        quotation.set("aria-hidden", "true")


def set_links(root: Element, source: Source) -> tuple[Link, ...]:
    """Links of the bundle become addresses of the site; those that leave it say nothing of their origin."""
    links: list[Link] = []
    for element in root.iter("a"):
        href = element.get("href")
        if href is None or "cite-link" in element.get("class", "") or element.get("role"):
            continue
        address, link = resolve(href, source.name, source.base)
        element.set("href", address)
        links.append(link)
        if is_outside(address) and not address.startswith("mailto:"):
            element.set("rel", "noopener noreferrer")
    return tuple(links)


def set_ids(root: Element, prefix: str) -> None:
    """No id twice, and the prefix before each and before what points to it."""
    seen: set[str] = set()
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name and name not in seen:
            seen.add(name)
            element.set("id", prefix + name)
        if element.get("href", "").startswith("#"):
            element.set("href", f"#{prefix}{element.attrib['href'][1:]}")
        if "aria-labelledby" in element.attrib:
            element.set("aria-labelledby", prefix + element.attrib["aria-labelledby"])
