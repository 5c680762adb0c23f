"""The formats in which questions come and go, by name, and how a file's own is found. Pure."""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from quizzes.questions import Question
from studio.questions import aiken, gift, gift_writing, moodle, moodle_writing, own, table
from studio.questions.found import Findings, Imported
from studio.questions.gathering import gather
from studio.questions.written import Written

MOST_BYTES = 2 * 1024 * 1024
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Importer:
    """A format: its name for readers, whether a text looks like it, and the reader of its questions."""

    label: str
    looks_like: Callable[[str], bool]
    read: Callable[[str], Findings]


IMPORTERS = {
    "moodle": Importer("Moodle XML", moodle.looks_like, moodle.read),
    "text": Importer("Our own text", own.looks_like, own.read),
    "aiken": Importer("Aiken", aiken.looks_like, aiken.read),
    "csv": Importer("CSV", table.looks_like, table.read),
    "gift": Importer("GIFT", gift.looks_like, gift.read),
}
"""In the order in which a text is tried: what is told apart most surely stands first."""


def decoded(data: bytes) -> str:
    """The text of an upload. Raises InvalidInput for one that is too large or no text."""
    if len(data) > MOST_BYTES:
        raise InvalidInput("This is more than 2 MB. Bring it in parts.", "file")
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return checked(data.decode(encoding))
        except UnicodeDecodeError:
            break
    raise InvalidInput("This is no text in UTF-8. Save it as UTF-8 and bring it again.", "file")


def checked(text: str) -> str:
    """The text with our line ends. Raises InvalidInput where there is none, or a sign that no text may hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InvalidInput("There is no text to read. Choose a file, or paste the questions.", "file")
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InvalidInput("This is more than 2 MB. Bring it in parts.", "file")
    if found := NO_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InvalidInput(
            f"Line {line} holds a sign that no text may hold. Take it out and try again.", "file"
        )
    return text


def format_of(text: str) -> str:
    """The name of the format that a text is in. Raises InvalidInput where it looks like none."""
    for name, importer in IMPORTERS.items():
        if importer.looks_like(text):
            return name
    known = ", ".join(importer.label for importer in IMPORTERS.values())
    raise InvalidInput(f"This looks like none of {known}. If it is one of them, choose it by hand.", "format")


def read(text: str, name: str, taken: Container[str]) -> Imported:
    """The questions of a text in this format, with ids that are not `taken`."""
    return gather(IMPORTERS[name].read(text), taken)


@dataclass(frozen=True)
class Exporter:
    """A format to write: its name for readers, its writer, and what the file is called and is."""

    label: str
    write: Callable[[Sequence[Question]], Written]
    suffix: str
    media_type: str


def _own(questions: Sequence[Question]) -> Written:
    """As they were written, byte for byte."""
    text = "\n".join(question.source.rstrip("\n") + "\n" for question in questions)
    return Written(text, len(questions), ())


EXPORTERS = {
    "gift": Exporter("GIFT", gift_writing.write, "gift.txt", "text/plain"),
    "moodle": Exporter("Moodle XML", moodle_writing.write, "xml", "application/xml"),
    "text": Exporter("Our own text", _own, "md", "text/markdown"),
}
