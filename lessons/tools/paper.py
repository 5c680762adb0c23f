"""The printed practice tool: a Sheet in, a PDF on A4 out, the same bytes for the same sheet.

It is set by typst from `tool.typ` as certificates are, with the same fonts. Importing this module loads typst.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from certificates.coverage import FAMILIES, printable
from certificates.paper import fonts
from lessons.tools.blocks import blocks_of

TEMPLATE = Path(__file__).parent / "tool.typ"


@dataclass(frozen=True)
class Sheet:
    """Everything that is printed, in words ready for the reader; `html` is the tool's text with its places filled."""

    school: str
    colour_primary: str  # #rrggbb
    site: str  # what relative links begin with, "https://school.example"
    title: str
    summary: str
    html: str
    reviewed: date | None
    version: str  # "Version of 21 November 2026", or empty
    disclaimer: str
    sources: tuple[str, ...]
    kind: str = "Practice tool"
    language: str = "en"


@lru_cache(maxsize=32)
def render_pdf(sheet: Sheet) -> bytes:
    """The tool as PDF/A-2a and PDF/UA-1; set once for what it says, and kept."""
    words = {
        "title": sheet.title,
        "summary": sheet.summary,
        "kind": sheet.kind,
        "school": sheet.school,
        "version": sheet.version,
        "disclaimer": sheet.disclaimer,
        "language": sheet.language,
        "colour_primary": sheet.colour_primary,
        "sources": list(sheet.sources),
        "blocks": blocks_of(sheet.html),
        "fonts": FAMILIES,
    }
    return typst.compile(
        TEMPLATE,
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(_shown(words, sheet.site))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(sheet.reviewed or date(2026, 1, 1), time(), UTC),
    )


def _shown(value: Any, site: str) -> Any:
    """Every text without letters that no font has, and links that lead somewhere from paper."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        shown = {key: _shown(each, site) for key, each in value.items() if key != "url"}
        return shown | ({"url": _absolute(value["url"], site)} if "url" in value else {})
    return [_shown(each, site) for each in value] if isinstance(value, list | tuple) else value


def _absolute(address: str, site: str) -> str:
    return site + address if address.startswith("/") else address
