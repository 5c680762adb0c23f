"""Icons drawn in the text's own colour, from the set under static/."""

import json
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

FILE = Path(__file__).parent.parent / "static" / "icons.json"
FRAME = (
    '<svg class="{cls}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
    'stroke-linejoin="round" aria-hidden="true" focusable="false">{paths}</svg>'
)


@lru_cache(maxsize=1)
def _paths() -> dict[str, Markup]:
    """Our own file, so its drawing instructions are trusted as markup."""
    drawings: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: Markup(paths) for name, paths in drawings.items()}


def icon(name: str, cls: str = "") -> Markup:
    """A decorative icon, hidden from screen readers; KeyError for a name that the set does not have."""
    return Markup(FRAME).format(cls=f"icon {cls}".strip(), paths=_paths()[name])
