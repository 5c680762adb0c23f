"""The figures of a typeset text drawn in: drawings inline, pictures by address, long texts beneath."""

from collections.abc import Mapping
from io import BytesIO
from xml.etree.ElementTree import Element

from PIL import Image, UnidentifiedImageError

from core.errors import InvalidInput
from core.markup import tree
from core.markup.svg import clean_svg

ON_SMALL_SCREENS = "scrolls sideways on small screens"


def place(root: Element, media: Mapping[str, bytes], long_text: Mapping[str, str], folder: str) -> None:
    """Fill every plate of the tree; InvalidInput names a figure that is missing or cannot be read."""
    for parent, plate in tree.parents(root):
        path = plate.attrib.pop("data-figure", None)
        if path is None:
            continue
        if path not in media:
            raise InvalidInput(f"The figure {path} is missing.")
        _place(plate, path, media[path], folder)
        if path in long_text:
            tree.replace(parent, plate, plate, _as_text(long_text[path]))


def _place(plate: Element, path: str, data: bytes, folder: str) -> None:
    frame = plate[0]
    image = frame[0]
    if path.endswith(".svg"):
        frame.remove(image)
        _draw(frame, plate, path, data, image.get("alt", ""))
    else:
        width, height = _size(path, data)
        address = f"{folder}/{path.removeprefix('media/')}"
        image.attrib.update(src=address, width=str(width), height=str(height), loading="lazy")


def _draw(frame: Element, plate: Element, path: str, data: bytes, alt: str) -> None:
    name = plate.get("id", "figure")
    drawing = clean_svg(data, prefix=f"{name}-", title=alt)
    if drawing is None:
        raise InvalidInput(f"The figure {path} is not an SVG drawing.")
    drawing.root.set("class", f"drawing {drawing.root.get('class', '')}".strip())
    frame.append(drawing.root)
    if drawing.is_wide:
        label = f"{_label(plate) or alt}, {ON_SMALL_SCREENS}"
        frame.attrib.update({"class": "frame scroll", "tabindex": "0", "role": "group", "aria-label": label})


def _label(plate: Element) -> str:
    """`Figure 2`, where the plate has a number."""
    number = plate.find("figcaption/b")
    return "" if number is None else (number.text or "").rstrip(".")


def _size(path: str, data: bytes) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"The figure {path} is not a picture that we can read.") from error


def _as_text(html: str) -> Element:
    details = Element("details", {"class": "plate-text"})
    tree.add(details, "summary", "Read the figure as text")
    body = tree.add(details, "div")
    parsed = tree.parse(html)
    body.text = parsed.text
    body.extend(list(parsed))
    return details
