"""What all that publishes does with a row."""

from typing import Any

from core.database import Base
from core.markup.rendered import Rendered


def fill(row: Base, **values: Any) -> bool:
    """Set the values that differ; True when any did."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def cited_in(rendered: Rendered) -> list[dict[str, Any]]:
    """What a text cites by number, in order, as `sources.services.cited_sources` reads it."""
    return [{"key": each.key, "certainties": list(each.certainties)} for each in rendered.cited]
