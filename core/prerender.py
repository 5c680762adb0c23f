"""Pages with holes: rendered once for everybody who sees the same version, filled for each reader.

A template writes `{{ hole("name") }}` where something differs between readers. The page is rendered once by
Jinja, cut at its holes, and kept; a request joins the pieces with the reader's values, which are escaped unless
they are markup already.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from markupsafe import Markup, escape

# Unguessable, so that no author can write a hole into a lesson; escaping leaves it as it is.
_EDGE = f"\ue000{secrets.token_hex(8)}\ue000"
_HOLE = re.compile(f"{_EDGE}([a-z0-9_:-]+){_EDGE}")


def hole(name: str) -> Markup:
    """A place in a template that each reader's request fills; `name` is `[a-z0-9_:-]+`."""
    return Markup(f"{_EDGE}{name}{_EDGE}")  # noqa: S704 - a name of ours


@dataclass(frozen=True)
class Prerendered:
    """A page cut at its holes: a piece, the name of a hole, a piece, ... , a piece."""

    parts: tuple[str, ...]

    @cached_property
    def holes(self) -> tuple[str, ...]:
        return self.parts[1::2]

    @cached_property
    def encoded(self) -> tuple[bytes, ...]:
        return tuple(part.encode() for part in self.parts)

    def fill(self, values: Mapping[str, object]) -> str:
        """The page for one reader. A missing value is a KeyError: no page goes out with a hole in it."""
        page = list(self.parts)
        page[1::2] = self._filling(values)
        return "".join(page)

    def fill_encoded(self, values: Mapping[str, object]) -> bytes:
        """The same in UTF-8: the pieces are encoded once, and not the whole page at each request."""
        page = list(self.encoded)
        page[1::2] = [value.encode() for value in self._filling(values)]
        return b"".join(page)

    def _filling(self, values: Mapping[str, object]) -> list[Markup]:
        given = map(values.__getitem__, self.holes)
        return [value if type(value) is Markup else escape(value) for value in given]


def cut(page: str) -> Prerendered:
    """Cut a rendered page at its holes."""
    return Prerendered(tuple(_HOLE.split(page)))


class Shelf:
    """Prerendered pages by key, each made once; a new version has a new key and the oldest pages leave."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pages: dict[object, Prerendered] = {}
        self._lock = Lock()

    def page(self, key: object, make: Callable[[], str]) -> Prerendered:
        kept = self._pages.get(key)
        if kept is None:
            kept = cut(make())
            with self._lock:
                self._pages[key] = kept
                while len(self._pages) > self._size:
                    del self._pages[next(iter(self._pages))]
        return kept
