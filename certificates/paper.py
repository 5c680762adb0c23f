"""The printed certificate: a Paper in, a PDF of one landscape sheet out.

The sheet is set by typst from `certificate.typ` with our own fonts only; words reach it as data. It runs in
the calling thread: the template loops over bounded sizes alone, lengths are capped here, no package, file
or address is fetched, and a sheet takes milliseconds, so a child process would cost more than it guards.
Importing this module loads typst: a page that prints nothing should not.
"""

import base64
import io
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import compress
from typing import Any, Literal

import segno
import typst
from PIL import Image

from certificates.coverage import FAMILIES, FONTS, INVISIBLE, families_for, printable
from certificates.ornament import frame, medallion

Size = Literal["a4", "letter"]
SHEETS: dict[Size, tuple[float, float]] = {"a4": (297.0, 210.0), "letter": (279.4, 215.9)}  # mm, landscape
INK = "#261c1d"
UNSEEN = ("Cc", "Cf", "Cs", "Co")
MEDALLION = 84.0  # millimetres
WESTERN = FAMILIES[:2]
LONGEST = 400  # characters of any one text; the rest is cut
LARGEST_LOGO = 2_000_000  # pixels
NAME_SIZE, NAME_SIZE_TALL = 58, 50  # points; scripts that fill the whole line height start smaller


@dataclass(frozen=True)
class Paper:
    """Everything that is printed, in words ready for the reader. Lines that are empty are left out."""

    school: str
    colour_primary: str  # #rrggbb
    colour_accent: str  # #rrggbb
    holder: str
    course: str
    issued_on: date
    issued: str  # "Issued 14 November 2026"
    contact_hours: str
    assessed: str  # what was assessed and how, one or two sentences
    certificate_id: str  # in fours, as shown
    verify_url: str  # the full address of this certificate's page; also the QR code
    verify_at: str  # where an id is typed in, "school.example/verify"
    signatory: str  # empty: no signature is set
    signed_as: str  # "Mara Ellery, instructor"
    logo: bytes | None = None  # PNG or JPEG; without a usable one the school's name is set
    valid_until: str = ""
    kind: str = "Certificate of completion"
    certifies: str = "This certifies that"
    completed: str = "has completed"
    not_a_licence: str = "Not a licence to practise"
    nameless: str = "the person named on the verification page"
    language: str = "en"


def render_pdf(paper: Paper, size: Size = "a4") -> bytes:
    """The certificate as PDF/A-2a and PDF/UA-1, the same bytes for the same paper.

    A letter that no font has is left out, and a line on the sheet says where it stands in full.
    Raises ValueError for a colour not of the form #rrggbb.
    """
    wanted = _each_text(paper, _tidy)
    shown = _each_text(wanted, printable)
    width, height = SHEETS[size]
    words = {"width": width, "height": height, "note": _note(wanted, shown), **_words(shown)}
    inputs = {
        "paper": json.dumps(words),
        "frame": frame(width, height, paper.colour_primary, paper.colour_accent),
        "medallion": medallion(MEDALLION, paper.colour_accent),
        "qr": _qr(paper.verify_url),
        "logo": _logo(paper.logo) if paper.logo else "",
    }
    return typst.compile(
        FONTS.parent / "certificate.typ",
        font_paths=fonts(),
        sys_inputs=inputs,
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(paper.issued_on, time(), UTC),
    )


def _words(paper: Paper) -> dict[str, object]:
    """What the template reads: the paper's texts, and the choices that depend on them."""
    holder = paper.holder or paper.nameless
    return {
        "medallion": MEDALLION,
        "language": _language(paper.language),
        "colour_primary": paper.colour_primary,
        "document_title": f"{paper.kind}: {holder}, {paper.course}",
        "fonts": FAMILIES,
        "holder_fonts": families_for(holder),
        "course_fonts": families_for(paper.course),
        "name_size": NAME_SIZE if families_for(holder)[0] in WESTERN else NAME_SIZE_TALL,
        "name_deep": families_for(holder)[0] not in WESTERN,  # it hangs below the line: measure it all
        "holder": holder,
        "lines": [line for line in (paper.contact_hours, paper.assessed) if line],
        "record": [line for line in (paper.issued, paper.valid_until, paper.verify_at) if line],
        "verify_text": re.sub("^https?://", "", paper.verify_url),
        **{name: getattr(paper, name) for name in _AS_THEY_ARE},
    }


_AS_THEY_ARE = (
    "school",
    "course",
    "kind",
    "certifies",
    "completed",
    "signatory",
    "signed_as",
    "certificate_id",
    "verify_url",
    "not_a_licence",
)


def _note(wanted: Paper, shown: Paper) -> str:
    """The line that says what could not be printed; empty when all could."""
    if wanted == shown:
        return ""
    if wanted.holder != shown.holder:
        return (
            "Some characters of the name cannot be printed; "
            f"the name as registered is shown on the verification page: {wanted.verify_url}"
        )
    return (
        "Some characters of this certificate cannot be printed; "
        f"its words as registered are shown on the verification page: {wanted.verify_url}"
    )


def _each_text(paper: Paper, change: Callable[[str], str]) -> Paper:
    """The paper with every text changed, but for its address, colours and language."""
    changed: dict[str, Any] = {
        field.name: change(getattr(paper, field.name))
        for field in fields(paper)
        if field.type is str and field.name not in _NO_TEXT
    }
    return replace(paper, **changed)


_NO_TEXT = ("verify_url", "colour_primary", "colour_accent", "language")


def _tidy(text: str) -> str:
    """Composed letters, single spaces, no control characters, no more than fits."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(composed) > LONGEST:
        composed = composed[: LONGEST - 1].rstrip() + "…"
    kept = (letter in INVISIBLE or unicodedata.category(letter) not in UNSEEN for letter in composed)
    return "".join(compress(composed, kept))


def _language(tag: str) -> str:
    """The language of a tag such as `pt-BR`, as typst takes it; English where it is none."""
    language = tag.replace("_", "-").split("-")[0].lower()
    return language if re.fullmatch("[a-z]{2,3}", language) else "en"


def _qr(url: str) -> str:
    """The address as a QR code with its quiet zone, SVG."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=4, dark=INK, xmldecl=False)
    return drawn.getvalue().decode()


def _logo(data: bytes) -> str:
    """The raster logo wrapped as SVG, or nothing when it is unusable: no logo costs anyone a certificate."""
    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
        width, height = picture.size
        if width * height > LARGEST_LOGO:
            return ""
        picture.load()  # a truncated file opens, and fails only here
    except (OSError, SyntaxError, ValueError):
        return ""
    address = f"data:image/{str(picture.format).lower()};base64,{base64.b64encode(data).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{address}"/></svg>'
    )


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Our own folder and nothing else, searched once in each process; for all that is printed."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
