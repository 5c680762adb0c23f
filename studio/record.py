"""The published bundle, parsed once in a process and kept until something is published; and looks at texts in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from core.config import current_config
from core.errors import NotFound, Problem
from publishing.bundle import Bundle, read_bundle, with_file
from publishing.cross_references import text_problems
from publishing.exporting import all_files
from publishing.rendering import Pages, render
from publishing.services import edition_mark, headings_of, published_headings


@dataclass(frozen=True)
class Published:
    """What is published now. `long_texts` of figures are rendered as looks ask for them."""

    mark: tuple[int, int]
    bundle: Bundle
    headings: dict[str, set[str]]
    long_texts: dict[str, Markup] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """The published bundle with texts in the place of their files: these rendered, and what is wrong with them."""

    bundle: Bundle
    pages: Pages
    faults: list[Problem]


_kept: dict[str, Published] = {}


def published() -> Published:
    """The published bundle, from memory while nothing new is published."""
    mark, site = edition_mark(), current_config().database_url
    kept = _kept.get(site)
    if kept is None or kept.mark != mark:
        kept = _kept[site] = Published(mark, read_bundle(all_files())[0], published_headings())
    return kept


def media_file(name: str) -> bytes:
    """A published file of the media by its name. Raises NotFound."""
    data = published().bundle.files.get(f"media/{name}")
    if data is None:
        raise NotFound("There is no such file.")
    return data


def look_at(texts: Mapping[str, str]) -> Look:
    """Texts by path, read, rendered and checked each by itself as publishing does."""
    record = published()
    bundle, wrong = record.bundle, set[Problem]()
    for path, text in texts.items():
        bundle, faults = with_file(bundle, path, text.encode())
        wrong.update(faults)
    pages = render(bundle, tuple(texts), record.long_texts)
    record.long_texts.update(pages.long_texts)
    wrong.update(pages.problems)
    unread: dict[str, set[str]] = {each.name: set() for each in bundle.lessons.values() if each.file in texts}
    headings = record.headings | unread | headings_of(pages)
    for path in texts:
        wrong.update(text_problems(bundle, headings, path))
    return Look(bundle, pages, sorted(wrong))
