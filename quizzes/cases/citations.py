"""Sources in the texts of a case: the marks on one page, numbered as they are set, and the list they lead to."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from markupsafe import Markup

from core.config import current_config
from core.markup.typesetting import source_label
from quizzes.cases.case import Scene
from quizzes.cases.marks import Mark, pieces
from quizzes.cases.reads import MOST_KEPT, Edition
from quizzes.rules import cited_in
from sources.services import CitedSource, describe

LINK = Markup('<a href="#ref-{number}" class="cite-link" aria-label="{label}">{number}</a>')
NUMBERS = Markup('<sup class="cite">{links}</sup>')
WORD = Markup(' <span class="grade {kind}" aria-hidden="true">{word}</span>')
ALONE = Markup(' <span class="grade {word}"><span class="vh">certainty: </span>{word}</span>')
CITED = Markup('<span class="cited">{inside}</span>')


class Notes:
    """Sets the texts of one page. A source has the number of its first mark; `sources` lists what was set.

    So a page lists nothing that it does not show. Set the texts in the order in which the page has them.
    """

    def __init__(self, edition: Edition, known: Mapping[str, CitedSource]) -> None:
        self.edition, self._known = edition, known
        self._cited: dict[str, list[str]] = {}

    def file(self) -> Markup:
        """The client's file."""
        return self._set(self.edition.case.file_md, self.edition.file)

    def scene(self, scene: Scene | None) -> Markup:
        """What the scene tells, below its title."""
        return self._set(scene.text_md, self.edition.text(scene)) if scene else Markup()

    def phrase(self, text_md: str) -> Markup:
        """The words of a choice, or its reason."""
        return self._set(text_md, self.edition.phrase(text_md))

    @property
    def sources(self) -> tuple[CitedSource, ...]:
        """What the texts set so far cite, each with the certainties of its claims on this page."""
        return tuple(
            replace(self._known[key], certainties=tuple(words)) for key, words in self._cited.items()
        )

    def _set(self, text_md: str, html: Markup) -> Markup:
        parts = pieces(text_md, str(html))
        return Markup("").join(self._cite(each) if isinstance(each, Mark) else Markup(each) for each in parts)

    def _cite(self, mark: Mark) -> Markup:
        """The raised numbers, and the word of certainty or else the kind of study."""
        keys = [key for key in mark.keys if key in self._known]
        if not keys:
            return CITED.format(inside=ALONE.format(word=mark.certainty)) if mark.certainty else Markup()
        links = Markup(", ").join(self._link(key, mark.certainty) for key in keys)
        return CITED.format(inside=NUMBERS.format(links=links) + Markup("").join(self._words(mark, keys)))

    def _link(self, key: str, certainty: str) -> Markup:
        said = self._cited.setdefault(key, [])
        if certainty and certainty not in said:
            said.append(certainty)
        number = list(self._cited).index(key) + 1
        label = source_label(number, certainty or None)
        kind = "" if certainty else _kind(self._known[key])
        return LINK.format(number=number, label=", ".join(filter(None, (label, kind))))

    def _words(self, mark: Mark, keys: list[str]) -> Iterator[Markup]:
        if mark.certainty:
            yield WORD.format(kind=mark.certainty, word=mark.certainty)
        elif kinds := ", ".join(dict.fromkeys(filter(None, (_kind(self._known[key]) for key in keys)))):
            yield WORD.format(kind="design", word=kinds)


def _kind(source: CitedSource) -> str:
    """In a text the kind of study is enough; the list of sources tells the rest."""
    return source.design.partition(",")[0]


def notes_for(edition: Edition, published: Hashable) -> Notes:
    """A page's notes. `published` changes with each publication: while it stands, sources are kept in memory."""
    key = (current_config().database_url, edition.id)
    kept = _kept.get(key)
    if kept is None or kept[0] != published:
        known = describe((each, ()) for each in cited_in(edition.html))
        kept = _kept[key] = (published, known)
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return Notes(edition, kept[1])


_kept: dict[tuple[str, int], tuple[Hashable, Mapping[str, CitedSource]]] = {}
