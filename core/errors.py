"""Errors as nouns of the domain, each with a sentence for the reader. Pure: the web edge gives them a status."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """A page of ours that leads a reader further."""

    title: str
    url: str


class DomainError(Exception):
    """Something the reader asked for cannot be; `sentence` says why and, where it helps, what to do, and `way` leads to
    where that is done."""

    def __init__(self, sentence: str, way: Way | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.way = sentence, way


class NotFound(DomainError):
    """No such thing, or none that this reader may know of."""


class Forbidden(DomainError):
    """The thing exists and the reader knows it, but may not do this to it."""


class Conflict(DomainError):
    """The thing has moved on: an attempt already submitted, a name already taken."""


class LimitReached(DomainError):
    """Asked too often; the sentence says when to come back."""


class Unavailable(DomainError):
    """A supplier that this needs does not answer, or is not set up; nothing was changed that asking again spoils."""


class InvalidInput(DomainError):
    """A value is wrong. `field` names the input it stands in, or None for the whole form."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a text that somebody wrote: where it is, what is wrong, and the remedy.

    `file` is the path inside the bundle, `line` counts from 1 (0: the file as a whole).
    """

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} ({self.remedy})"
