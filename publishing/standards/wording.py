"""Promises that the house does not make in its own voice; it may quote them, deny them, set them aside. Pure."""

import re
from collections.abc import Callable, Iterator

from core.errors import Problem
from core.markup.proofreading import IMAGE
from publishing.standards.blocks import Block, cells
from publishing.standards.manuscript import Manuscript

BANNED = (
    r"cur(?:e|es|ed|ing|ative)",
    r"detox\w*",
    r"root[ -]causes?",
    r"boost(?:s|ed|ing|er|ers)?",
    r"heal(?:s|ed|ing)? (?:the|your|her|his|their|our|any|every|acne|eczema|psoriasis|rosacea|skin|scars?)",
    r"self-heal\w*|heals? (?:itself|themselves|naturally|from within)",
    r"(?:re)?balanc(?:e|es|ed|ing) (?:(?:your|her|his|their|the) )?hormones|hormone[ -]balancing",
    r"(?<!bacterial )(?<!staphylococcal )toxins",
    r"miracles?|miraculous(?:ly)?",
    r"leaky guts?",
    r"(?:clinically|scientifically) proven",
)
PROMISE = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
ADDRESS = re.compile(r"\]\([^)]*\)")
DENIED = re.compile(
    r"\b(?:no|not|never|nor|neither|nothing|nobody|none|without|cannot|\w+n['’]t)\b(?:[^\w.!?]+\w+){0,5}[^\w.!?]+$",
    re.IGNORECASE,
)
LEFT_COLUMNS = ("avoid", "rather not", "rather not say", "claim", "not", "instead of", "before")
OWN_VOICE = ("lesson", "article", "course page", "author")
REMEDY = "Say what was seen and in whom, or quote it where you discuss it."


def promises(manuscript: Manuscript) -> Iterator[Problem]:
    """Banned words in the house's own voice: in pages, their front matter, answers of FAQs, the glossary."""
    for text in manuscript.texts:
        if text.kind in OWN_VOICE:
            for block in manuscript.blocks[text.file]:
                yield from _in(text.file, block.line, own_voice(block))
    for file, line, words in _loose(manuscript):
        yield from _in(file, line, _unquoted(words), spread=False)


def _in(file: str, line: int, text: str, spread: bool = True) -> Iterator[Problem]:
    """`spread`: the text stands in the file line by line."""
    for found in PROMISE.finditer(text):
        if not DENIED.search(text[: found.start()]):
            at = line + text.count("\n", 0, found.start()) * spread
            yield Problem(file, at, f"“{found[0]}” is a promise", REMEDY)


def own_voice(block: Block) -> str:
    """What the block says itself, its lines where they were. Quotations and words to say are another's voice."""
    return VOICES.get(block.kind, _paragraph)(block)


def _paragraph(block: Block) -> str:
    return _unquoted(block.text)


def _callout(block: Block) -> str:
    """Its own line stands above its text."""
    return "" if block.word == "say" else "\n" + _unquoted(block.text)


def _table(block: Block) -> str:
    """A column that is headed by what to avoid says it in order to leave it."""
    rows = [cells(row) for row in block.text.split("\n")]
    left = {n for n, head in enumerate(rows[0]) if head.lower().strip("*_") in LEFT_COLUMNS}
    kept = (" | ".join("" if n in left else cell for n, cell in enumerate(row)) for row in rows)
    return _unquoted("\n".join(kept))


def _silent(block: Block) -> str:
    return ""


VOICES: dict[str, Callable[[Block], str]] = {
    "callout": _callout,
    "table": _table,
    "quote": _silent,
    "code": _silent,
    "comment": _silent,
}


def _unquoted(text: str) -> str:
    for pattern in (IMAGE, ADDRESS, QUOTED):
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return text


def _loose(manuscript: Manuscript) -> Iterator[tuple[str, int, str]]:
    """Words outside Markdown bodies: (file, line, text)."""
    bundle = manuscript.bundle
    yield from ((text.file, text.line, text.body) for text in manuscript.texts if text.kind == "FAQ")
    for lesson in bundle.lessons.values():
        yield from ((lesson.file, 1, text) for text in (lesson.title, lesson.summary))
        yield from ((lesson.file, line, text) for _, text, line in lesson.objectives)
    for article in bundle.articles.values():
        yield from (
            (article.file, article.line_of(key), getattr(article, key)) for key in ("title", "summary")
        )
    for course in bundle.courses.values():
        texts = (
            ("title", course.title),
            ("subtitle", course.subtitle),
            *(("outcomes", each) for each in course.outcomes),
        )
        yield from ((course.file, course.line_of(key), text) for key, text in texts)
    yield from (("glossary.md", term.line, term.definition) for term in bundle.terms)
