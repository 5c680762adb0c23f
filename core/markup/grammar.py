"""The words and patterns of the lesson dialect, for the child that renders and the parent that checks."""

import re
from typing import Final, NamedTuple


class Callout(NamedTuple):
    """The house's title and icon of one admonition word."""

    title: str
    icon: str


CERTAINTIES: Final = ("strong", "moderate", "early", "opinion")

CALLOUTS: Final = {
    "pearl": Callout("Clinical pearl", "lightbulb"),
    "caution": Callout("Know your line", "triangle-alert"),
    "practice": Callout("In the treatment room", "hand"),
    "unknown": Callout("What is not known", "circle-dashed"),
    "say": Callout("Words to use", "message-circle"),
    "reflect": Callout("For your notes", "pencil"),
}

SLOTS: Final = ("check", "tool", "video")

KEY: Final = r"[a-z0-9:_-]+"
CITATION: Final = rf"\[@({KEY}(?:\s*;\s*@{KEY})*)(?:\s+({'|'.join(CERTAINTIES)}))?\](?![(\[])"
OPINION: Final = r"\[opinion\](?![(\[])"
SLOT_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_./-]*"
SLOT: Final = rf"\[\[({'|'.join(SLOTS)}):[ ]*({SLOT_NAME})[ ]*\]\]"
SLOT_LINE: Final = re.compile(rf"^[ ]{{0,3}}{SLOT}[ ]*$", re.MULTILINE)
TOOL: Final = rf"\[\[(tool):[ ]*({SLOT_NAME})[ ]*\]\]"
PLAIN_ID: Final = r"[a-z0-9][a-z0-9_-]*"


def keys_of(group: str) -> list[str]:
    """The keys of `a; @b`, as the citation pattern caught them."""
    return re.findall(KEY, group)


def plain_id(name: str) -> str:
    """A slot's name as part of an HTML id: `media/film.mp4` becomes `media-film-mp4`."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)
