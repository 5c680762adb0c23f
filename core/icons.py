"""Icons and progress rings, drawn inline so that they take the colour of their text."""

import json
import math
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

FILE = Path(__file__).parent.parent / "static" / "icons.json"
FRAME = (
    '<svg class="{cls}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
    'stroke-linejoin="round" aria-hidden="true" focusable="false">{paths}</svg>'
)
RADIUS = 20
RING = (
    '<svg class="ring" width="{size}" height="{size}" viewBox="0 0 48 48" role="img" '
    'aria-label="{percent} percent complete">'
    '<circle class="track" cx="24" cy="24" r="20" fill="none" stroke-width="4"/>'
    '<circle class="bar" cx="24" cy="24" r="20" fill="none" stroke-width="4" stroke-linecap="{cap}" '
    'stroke-dasharray="{dash}" transform="rotate(-90 24 24)"/>{label}</svg>'
)


@lru_cache(maxsize=1)
def _paths() -> dict[str, Markup]:
    """Our own file, so its drawing instructions are trusted as markup."""
    drawings: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: Markup(paths) for name, paths in drawings.items()}


@lru_cache(maxsize=512)
def icon(name: str, cls: str = "") -> Markup:
    """A decorative icon, hidden from screen readers; KeyError for a name that the set does not have."""
    return Markup(FRAME).format(cls=f"icon {cls}".strip(), paths=_paths()[name])


@lru_cache(maxsize=512)
def ring(percent: int, size: int = 56, label: bool = True) -> Markup:
    """A ring filled to `percent` (0 to 100), `size` pixels wide; a full one with a label shows a tick."""
    around = 2 * math.pi * RADIUS
    return Markup(RING).format(
        size=size,
        percent=percent,
        dash=f"{around * percent / 100:.1f} {around:.1f}",
        cap="round" if percent else "butt",  # A round cap would leave a dot where nothing is done.
        label=_ring_label(percent) if label else "",
    )


def _ring_label(percent: int) -> Markup:
    if percent == 100:
        return Markup(
            '<path class="tick" d="M17 24.5l5 5 9-10" fill="none" stroke-width="3" stroke-linecap="round"/>'
        )
    return Markup('<text x="24" y="29" text-anchor="middle" font-size="12">{}%</text>').format(percent)
