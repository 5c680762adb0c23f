"""One course out of a bundle, with what it needs of the school's: authors, media, sources, terms. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.markup.links import is_outside, resolve
from core.markup.proofreading import mentions
from core.markup.rendered import Mention
from publishing.bundle import BIBLIOGRAPHY, GLOSSARY, Bundle, course_of
from publishing.bundle_texts import Text, texts_of
from publishing.entries import cut
from publishing.text_references import film_path


@dataclass(frozen=True)
class Excerpt:
    """The paths of the files that are taken whole, and the text of those that are cut."""

    paths: frozenset[str]
    cut: dict[str, bytes]


def excerpt(bundle: Bundle, slug: str) -> Excerpt:
    """The course's own files and what they name, of the bibliography and the glossary the entries."""
    authors = [name for name in bundle.courses[slug].authors if name in bundle.authors]
    texts = list(texts_of(bundle))
    own = [
        text
        for text in texts
        if course_of(text.file) == slug or text.file in (f"authors/{name}.md" for name in authors)
    ]
    pictures = [bundle.courses[slug].cover, *(bundle.authors[name].portrait for name in authors)]
    media = _with_companions(bundle, {*filter(None, pictures), *_shown(own)})
    read = [*own, *(text for text in texts if text.file in media)]
    paths = {path for path in bundle.files if course_of(path) == slug} | {text.file for text in read} | media
    return Excerpt(frozenset(paths), dict(_shared(bundle, read)))


def _shown(texts: list[Text]) -> Iterator[str]:
    """The paths of figures, films, and media that are linked."""
    for text in texts:
        for found in mentions(text.body):
            if path := _medium(found, text.file):
                yield path


def _medium(found: Mention, file: str) -> str:
    if found.kind == "figure":
        return found.name
    if found.kind == "video":
        return film_path(found.name)
    return _linked(found, file) if _linked(found, file).startswith("media/") else ""


def _linked(found: Mention, file: str) -> str:
    """The file of the bundle that a link leads to, empty where it leads elsewhere."""
    if found.kind != "link" or is_outside(found.name):
        return ""
    return resolve(found.name, file)[1].file or ""


def _with_companions(bundle: Bundle, paths: set[str]) -> set[str]:
    """Each with what stands beside it under its name: the long text, captions, a transcript."""
    stems = {path.rpartition(".")[0] for path in paths}
    return {path for path in bundle.media() if _stem(path) in stems} | (paths & bundle.files.keys())


def _stem(path: str) -> str:
    """The path up to the first dot of its name, which captions share with their film."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}"


def _shared(bundle: Bundle, texts: list[Text]) -> Iterator[tuple[str, bytes]]:
    """The bibliography and the glossary, each with the entries that the texts need; none where they need none."""
    found = [(mention, text) for text in texts for mention in mentions(text.body)]
    cited = {mention.name.lower() for mention, _ in found if mention.kind == "cite"}
    bodies = "\n".join(text.body for text in texts).lower()
    words = {term.name.lower(): term.words for term in bundle.terms}
    linked = {
        resolve(mention.name, text.file)[1].fragment
        for mention, text in found
        if _linked(mention, text.file) == GLOSSARY
    }
    slugs = {term.name.lower(): term.slug for term in bundle.terms}

    def names(key: str, _: str) -> bool:
        return slugs.get(key) in linked or any(word in bodies for word in words.get(key, ()))

    for path, is_needed in ((BIBLIOGRAPHY, lambda key, _: key in cited), (GLOSSARY, names)):
        text = bundle.files.get(path, b"").decode("utf-8", "replace")
        if needed := cut(path, text, is_needed):
            yield path, needed.encode()
