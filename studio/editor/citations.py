"""Sources of the bibliography found by author or word, for whoever cites one. Pure."""

from collections.abc import Iterable

from publishing.texts.bibliography import SourceText

MOST = 12


def found(sources: Iterable[SourceText], query: str) -> list[SourceText]:
    """Those whose key, authors, title or year hold every word, by authors and year; the first so many."""
    words = query.casefold().split()
    fitting = (source for source in sources if all(word in _text(source) for word in words))
    return sorted(fitting, key=lambda source: (source.authors, source.year, source.key))[:MOST]


def in_words(source: SourceText) -> str:
    """As the list of a search shows it."""
    return f"{source.authors}. {source.title} ({source.year})"


def _text(source: SourceText) -> str:
    return f"{source.key} {source.authors} {source.title} {source.year}".casefold()
