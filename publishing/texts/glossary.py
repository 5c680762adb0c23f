"""The glossary: a definition list, each term with the other words it goes by. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from core.errors import Problem
from publishing.texts.front_matter import read_text

DEFINITION = re.compile(r":\s+(.*)$")
LIST_RULE = "Write the term on a line, and below it `: ` with its definition."


@dataclass(frozen=True)
class TermText:
    """`aliases` are the other words of the term's line, after commas; `definition` is plain text."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    definition: str
    line: int

    @property
    def words(self) -> tuple[str, ...]:
        """Each way to write the term, in lower case."""
        return tuple(word.lower() for word in (self.name, *self.aliases))


def read_glossary(data: bytes, file: str) -> tuple[tuple[TermText, ...], list[Problem]]:
    """The terms in order, and what is wrong with the list."""
    text, problems = read_text(data, file)
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), 1):
        reader.line(number, line)
    reader.close()
    return tuple(reader.terms), problems + reader.problems


def term_slug(name: str) -> str:
    """The term in an address: `β-endorphin` becomes `endorphin`, `Éducation` becomes `education`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "term"


class _Reader:
    """Goes line by line: a term, then its definition, which may go on in indented lines."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.terms: list[TermText] = []
        self.problems: list[Problem] = []
        self.heads: dict[str, int] = {}  # each word and slug, and the line it stands in
        self.term: tuple[str, int] | None = None
        self.definition: list[str] = []

    def line(self, number: int, line: str) -> None:
        found = DEFINITION.match(line)
        if found and self.term:
            self.definition.append(found[1].strip())
        elif line.startswith((" ", "\t")) and line.strip() and self.definition:
            self.definition.append(line.strip())
        elif found or line.startswith((" ", "\t", "#", "-", "*")) and line.strip():
            self._fault(number, "this belongs to no term", LIST_RULE)
        elif line.strip():
            self.close()
            self.term = line.strip(), number

    def close(self) -> None:
        """The term that was being read is complete."""
        if self.term is None:
            return
        (head, line), text = self.term, " ".join(self.definition).strip()
        name, *aliases = [word for word in re.split(r",\s+", head) if word]
        term = TermText(self._free_slug(name), name, tuple(aliases), text, line)
        if not text:
            self._fault(line, f"“{head}” has no definition", LIST_RULE)
        for word in term.words:
            if word in self.heads:
                self._fault(
                    line, f"“{word}” is already explained in line {self.heads[word]}", "Keep one of the two."
                )
            self.heads[word] = line
        self.terms.append(term)
        self.term, self.definition = None, []

    def _free_slug(self, name: str) -> str:
        taken = {term.slug for term in self.terms}
        slug, number = term_slug(name), 2
        while slug in taken:
            slug, number = f"{term_slug(name)}-{number}", number + 1
        return slug

    def _fault(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, message, remedy))
