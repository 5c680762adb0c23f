"""The evidence of a disputed order on paper: a Pack in, a PDF on A4 out, the same bytes for the same pack and day.

It is set by typst from `evidence.typ` as certificates are, with the same fonts; words reach it as data. Importing this
module loads typst.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from certificates.coverage import FAMILIES, printable
from certificates.paper import fonts
from shop.disputes.pack import LegalVersion, Pack, Section, moment

TEMPLATE = Path(__file__).parent / "evidence.typ"


def render_pdf(pack: Pack, made_at: datetime) -> bytes:
    """The evidence as PDF/A-2a and PDF/UA-1, as it stood at `made_at`."""
    words = {
        "school": pack.school,
        "title": f"Evidence for order {pack.number}",
        "made": f"As of {moment(made_at)}. All times are UTC.",
        "facts": _facts(pack),
        "texts": [_text("Terms", pack.terms), _text("Refund promise", pack.refunds)],
        "sections": [_section(section) for section in pack.sections],
    }
    shown = _printable(words) | {"fonts": FAMILIES}
    return typst.compile(
        TEMPLATE,
        font_paths=fonts(),
        sys_inputs={"pack": json.dumps(shown)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=made_at.replace(microsecond=0),
    )


def _facts(pack: Pack) -> list[tuple[str, str]]:
    rows = [
        ("What was sold", pack.title),
        ("Sold by", pack.seller),
        ("Buyer", ", ".join(filter(None, (pack.buyer, pack.email)))),
        ("Ordered", moment(pack.ordered_at)),
        ("Paid", ", ".join(filter(None, (moment(pack.paid_at) if pack.paid_at else "", pack.paid_by)))),
        ("Amount", pack.amount),
        ("Refunded", pack.refunded),
        ("Disputed", f"{pack.disputed}: {pack.reason}"),
        ("Terms accepted", f"version of {pack.terms.version}, before the payment"),
        ("Consent", pack.consent),
        ("Refund promise", f"version of {pack.refunds.version}. {pack.promise}"),
    ]
    return [(name, value) for name, value in rows if value]


def _section(section: Section) -> dict[str, Any]:
    return {"title": section.title, "rows": [(moment(each.at), each.text) for each in section.happenings]}


def _text(title: str, version: LegalVersion) -> dict[str, str]:
    return {"title": f"{title}, version of {version.version}", "url": version.url, "words": version.words}


def _printable(value: Any) -> Any:
    """All texts without letters that no font has."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _printable(each) for name, each in value.items()}
    return [_printable(each) for each in value]
