"""The bibliography: BibTeX as reference managers export it. `note` is the design of the study. Pure."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
)

from core.errors import Problem
from publishing.texts.front_matter import read_text

KEY = re.compile(r"[a-z0-9:_-]+")
INITIALS = re.compile(r"\b([^\W\d_])[^\W\d_]*\.?")
MOST_AUTHORS = 6


@dataclass(frozen=True)
class SourceText:
    """One entry. `authors` is written as lists of references are: `Arck PC, Slominski A`."""

    key: str
    kind: str
    authors: str
    title: str
    published_in: str
    year: str
    doi: str
    url: str
    design: str
    limit: str
    line: int


def read_bibliography(data: bytes, file: str) -> tuple[tuple[SourceText, ...], list[Problem]]:
    """The sources in order, and what is wrong with them."""
    text, problems = read_text(data, file)
    if problems:
        return (), problems
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it logs, we report
    library = parse_string(
        text,
        append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True, allow_inplace_modification=True)],
    )
    problems = [_block_problem(block, file) for block in library.failed_blocks]
    sources = [_source(entry) for entry in library.entries]
    for source in sources:
        problems += _source_problems(source, file)
    return tuple(sources), problems


def _line(block: Block) -> int:
    return (block.start_line or 0) + 1


def _block_problem(block: Block, file: str) -> Problem:
    if isinstance(block, DuplicateBlockKeyBlock):
        return Problem(file, _line(block), f"the key “{block.key}” stands twice", "Keep one of the entries.")
    if isinstance(block, DuplicateFieldKeyBlock):
        names = ", ".join(sorted(block.duplicate_keys))
        return Problem(file, _line(block), f"{names}: stands twice in an entry", "Keep one.")
    remedy = "Check its braces, its commas and its quotation marks."
    return Problem(file, _line(block), "this entry cannot be read", remedy)


def _source(entry: Entry) -> SourceText:
    written = {field.key.lower(): str(field.value) for field in entry.fields}
    fields = {key: _words(value) for key, value in written.items()}
    places = ("journal", "booktitle", "publisher", "institution", "organization", "howpublished", "school")
    return SourceText(
        key=entry.key,
        kind=entry.entry_type.lower(),
        authors=_authors(written.get("author", "") or written.get("editor", "")),
        title=fields.get("title", ""),
        published_in=next((fields[place] for place in places if fields.get(place)), ""),
        year=fields.get("year", "") or fields.get("date", "")[:4],
        doi=re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", fields.get("doi", ""), flags=re.IGNORECASE),
        url=fields.get("url", ""),
        design=fields.get("note", ""),
        limit=fields.get("annote", "") or fields.get("annotation", ""),
        line=_line(entry),
    )


def _words(value: str) -> str:
    """Without the braces that keep capitals, dashes as they are printed."""
    return " ".join(value.replace("{", "").replace("}", "").replace("--", "–").split())


def _authors(text: str) -> str:
    people = [_person(name) for name in _names(text) if name.strip()]
    if len(people) > MOST_AUTHORS:
        return ", ".join([*people[:3], "et al"])
    return ", ".join("et al" if person == "others" else person for person in people)


def _names(text: str) -> list[str]:
    """What stands between one " and " and the next; within braces the word is part of a name."""
    names = [""]
    for part in re.split(r"(\s+and\s+)", text):
        is_between = part.strip() == "and" and names[-1].count("{") == names[-1].count("}")
        names = [*names, ""] if is_between else [*names[:-1], names[-1] + part]
    return names


def _person(name: str) -> str:
    """`Arck, P. C.` becomes `Arck PC`; a name without a comma or all in braces, as an authority's, stays."""
    family, comma, given = name.partition(",")
    if not comma or family.count("{") != family.count("}"):
        return _words(name)
    initials = "".join(found[1].upper() for found in INITIALS.finditer(_words(given)))
    return f"{_words(family)} {initials}".strip()


def _source_problems(source: SourceText, file: str) -> Iterator[Problem]:
    if not KEY.fullmatch(source.key):
        remedy = "Use a-z, 0-9, :, _ and -; citations name it so."
        yield Problem(file, source.line, f"“{source.key}” cannot be cited", remedy)
    if not source.title:
        yield Problem(file, source.line, f"{source.key} has no title", "Add `title = {…}`.")
    if not source.design:
        remedy = "Add `note = {…}`, as in note = {cohort study, 22 students}."
        yield Problem(file, source.line, f"{source.key} has no design of the study", remedy)
    if source.url and not re.match(r"https?://[^\s]+$", source.url):
        yield Problem(
            file, source.line, f"{source.key}: “{source.url}” is no address", "Begin it with https://."
        )
