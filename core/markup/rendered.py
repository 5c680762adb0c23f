"""What is known of a text once it is rendered: its HTML and the facts that rooms store beside it."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from markupsafe import Markup

Kind = Literal["lesson", "tool", "block", "inline"]

WORDS_A_MINUTE = 200
MINUTES_A_CHECK = 2
MINUTES_A_FIGURE = 1


def reading_minutes(words: int, checks: int = 0, figures: int = 0) -> int:
    """Whole minutes, rounded up, that a reader is asked for."""
    return ceil(words / WORDS_A_MINUTE + MINUTES_A_CHECK * checks + MINUTES_A_FIGURE * figures)


@dataclass(frozen=True)
class Source:
    """A text to render. `name` is its path inside the bundle: errors name it and links are resolved from it.

    `first_line` is the line of that file on which the text begins (after front matter).
    `prefix` stands before every id made, so that several texts can share one page. `base` stands before the
    addresses of steps, which are relative to the course: `/learn/<course>/` where the page is elsewhere.
    """

    text: str
    name: str
    kind: Kind = "lesson"
    prefix: str = ""
    base: str = ""
    first_line: int = 1


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 with the minutes of its section, or of level 3 with none of its own."""

    id: str
    title: str
    level: int
    words: int
    minutes: int


@dataclass(frozen=True)
class Section:
    """The plain text under one heading of level 2; the text before the first has the id and title ''."""

    id: str
    title: str
    text: str
    words: int


@dataclass(frozen=True)
class Citation:
    """A source's key, and the certainties of the claims it was cited for, in order of appearance."""

    key: str
    certainties: tuple[str, ...] = ()

    @property
    def certainty(self) -> str | None:
        """The certainty of the first claim, or None where no citation of this key has a word."""
        return self.certainties[0] if self.certainties else None


@dataclass(frozen=True)
class Reflection:
    """A private prompt, under the id that keeps its answers."""

    id: str
    prompt_html: Markup


@dataclass(frozen=True)
class Figure:
    """A figure's path inside the bundle (`media/x.svg`), its alternative text and its caption."""

    path: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Link:
    """A link as written, the bundle's file it leads to (None outside the bundle) and the heading's id."""

    written: str
    file: str | None
    fragment: str


@dataclass(frozen=True)
class Mention:
    """A name and its line; kind is cite, check, tool, video, figure, link or reflect."""

    kind: str
    name: str
    line: int


@dataclass(frozen=True)
class Slot:
    """A place that a page fills: kind is check, tool, video or reflect, name what to put there.

    A reflect slot carries its prompt and title. An inline tool is a link in a sentence.
    """

    kind: str
    name: str
    html: Markup = Markup("")
    title: str = ""
    inline: bool = False


@dataclass(frozen=True)
class Rendered:
    """A text ready to be stored: safe HTML, and what was found in it."""

    html: Markup
    outline: tuple[Heading, ...]
    text: str
    words: int
    cited: tuple[Citation, ...]
    checks: tuple[str, ...]
    tools: tuple[str, ...]
    videos: tuple[str, ...]
    reflections: tuple[Reflection, ...]
    figures: tuple[Figure, ...]
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    mentions: tuple[Mention, ...]

    @property
    def minutes(self) -> int:
        """Reading minutes of the whole, without the practice minutes of its front matter."""
        return reading_minutes(self.words, len(self.checks), len(self.figures))
