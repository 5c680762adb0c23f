"""A document of Word, or pasted HTML, read whole: its blocks, its pictures, what cannot be held. Runs in the child.

Nothing is fetched: a picture that lies elsewhere is named.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import mammoth

from core.errors import InvalidInput
from marking.files import check
from studio.documents.cleaning import clean_tree
from studio.documents.losses import KINDS, heading_styles, losses_in
from studio.documents.package import DAMAGED, read_package, rewritten
from studio.documents.rules import Document, Loss, Picture
from studio.documents.writing import TITLE, Writer

MOST_PICTURES = 200
STYLES = f"""
p[style-name='Title'] => p.{TITLE}:fresh
p[style-name='Caption'] => p.caption:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
u =>
"""
DATA = re.compile(r"data:[\w/+.-]*;base64,([A-Za-z0-9+/=\s]*)")
HELD = "held:"  # the address of a picture that was taken out of the document
PASSED_OVER = frozenset(
    ("oMathPara", "softHyphen", "separator", "continuationSeparator", "permStart", "permEnd")
)  # of the library's own list; nothing of the text is in them
NOT_FETCHED = "A picture that lies elsewhere is not fetched. Save it and bring it yourself."
NOT_A_PICTURE = "A picture in a format that browsers do not show is left out. Save it as PNG or JPEG."
TOO_MANY = f"More than {MOST_PICTURES} pictures: the others are left out."


@dataclass
class Album:
    """The pictures of one document in the order in which they came, each once."""

    pictures: list[Picture] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def take(self, data: bytes, near: str = "") -> int:
        """The picture's number, or -1 for one that is not held."""
        picture = self._drawn_anew(data, near)
        if picture is None:
            return -1
        known = [each.sha256 for each in self.pictures]
        if picture.sha256 in known:
            return known.index(picture.sha256)
        if len(self.pictures) >= MOST_PICTURES:
            self.losses.append(Loss(TOO_MANY))
            return -1
        self.pictures.append(picture)
        return len(self.pictures) - 1

    def _drawn_anew(self, data: bytes, near: str) -> Picture | None:
        try:
            brought = check("picture", data)
        except InvalidInput as refused:
            sentence = NOT_A_PICTURE if "none of" in refused.sentence else refused.sentence
            self.losses.append(Loss(sentence, near))
            return None
        if not brought.mime.startswith("image/"):
            self.losses.append(Loss(NOT_A_PICTURE, near))
            return None
        return Picture(brought.name.rpartition(".")[2], brought.data)


def read_word(name: str, data: bytes) -> tuple[Document, list[Picture]]:
    """A `.docx`. Raises InvalidInput with the remedy for one that cannot be read."""
    parts = read_package(data)
    album = Album()
    with _damage_named():
        result = mammoth.convert_to_html(
            rewritten(parts),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(lambda image: _held(image, album)),
        )
        headings = (
            heading_styles(parts["word/styles.xml"]) if "word/styles.xml" in parts else frozenset[str]()
        )
        found = losses_in(parts.get("word/document.xml", b"<w/>"), headings)
    writer = Writer(_number_of, knows_losses=True)
    document = writer.document(clean_tree(result.value.replace(f'src="{HELD}', 'src="data:')), name)
    unknown = [loss for message in result.messages for loss in _unknown(message.message)]
    return _with_losses(document, [*found, *unknown, *album.losses]), album.pictures


def read_pasted(name: str, html: str) -> tuple[Document, list[Picture]]:
    """HTML from a clipboard, or plain text with empty lines between its paragraphs."""
    album = Album()
    text = html if re.search(r"<\w+[^>]*>", html) else _as_html(html)
    document = Writer(lambda address: _pasted_picture(address, album)).document(clean_tree(text), name)
    return _with_losses(document, album.losses), album.pictures


def _with_losses(document: Document, losses: list[Loss]) -> Document:
    return replace(document, losses=tuple(dict.fromkeys([*losses, *document.losses])))


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except InvalidInput:
        raise
    except Exception as broken:
        # The library meets whatever a broken document holds, and has no error of its own for it.
        raise InvalidInput(DAMAGED) from broken


def _held(image: Any, album: Album) -> dict[str, str]:
    with image.open() as stream:
        number = album.take(stream.read(), f"“{image.alt_text}”" if image.alt_text else "")
    return {"src": f"{HELD}{number}"}


def _number_of(address: str) -> int:
    number = address.removeprefix("data:")
    return int(number) if number.isdecimal() else -1


def _pasted_picture(address: str, album: Album) -> int:
    found = DATA.fullmatch(address)
    if found is None:
        album.losses.append(Loss(NOT_FETCHED, address[:120]))
        return -1
    try:
        return album.take(base64.b64decode(found[1], validate=False))
    except ValueError:
        return album.take(b"broken")


def _unknown(message: str) -> Iterator[Loss]:
    """What the library passed over, unless the document's own format told it already."""
    found = re.search(r"unrecognised element was ignored: (.+)$", message)
    known = {kind.rpartition("}")[2] for kind in KINDS}
    if found and re.split(r"[:}]", found[1])[-1] not in known | PASSED_OVER:
        yield Loss(f"Something that Word calls “{found[1]}” is left out.")


def _as_html(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return "".join(
        f"<p>{escape(each.strip()).replace(chr(10), '<br>')}</p>" for each in paragraphs if each.strip()
    )
