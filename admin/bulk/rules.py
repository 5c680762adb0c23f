"""A file of people to enroll: how it is read, and what would become of each line. Pure."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from accounts.rules import normal_email
from core.errors import InvalidInput

MOST_LINES = 5_000
MOST_BYTES = 1_000_000
STAYS_OPEN = "They are in the course already, and it stays open to them."
COLUMNS = ("email", "name", "course", "cohort", "note")
REQUIRED = ("email", "course")
LONGEST = 200  # characters of a name or a note


class Fate(StrEnum):
    """What becomes of a line."""

    INVITED = "invited"  # a new person: an account is made, and a mail leads to its password
    ENROLLED = "enrolled"
    ALREADY = "already"  # in the course, so nothing changes
    ERROR = "error"


@dataclass(frozen=True)
class Line:
    """One line, `number` as a spreadsheet counts it; the first line names the columns."""

    number: int
    email: str
    course: str
    name: str = ""
    cohort: str = ""
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """A line and what becomes of it; `why` says what is wrong with one that is an error, or what to know of another."""

    line: Line
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Known:
    """What the school knows of what a file names: people by address, courses, cohorts with their free places (None for
    any number), who is in which course, and in which cohort of it."""

    people: Mapping[str, int] = field(default_factory=dict)
    courses: Mapping[str, int] = field(default_factory=dict)
    free: Mapping[tuple[str, str], int | None] = field(default_factory=dict)  # by course and name
    enrolled: frozenset[tuple[int, str]] = frozenset()  # person, course
    members: Mapping[tuple[int, str], str] = field(default_factory=dict)  # person and course: cohort


def read_lines(data: bytes) -> list[Line]:
    """The lines of a file. Raises InvalidInput for what cannot be read as one, with what to do."""
    if len(data) > MOST_BYTES:
        raise InvalidInput("The file is larger than 1 MB. Split it into several.", "file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidInput("The file is not in UTF-8. Save it as “CSV UTF-8”.", "file") from problem
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        lines = list(_lines(rows))
    except csv.Error as problem:
        raise InvalidInput("The file cannot be read as CSV. Save it as “CSV UTF-8”.", "file") from problem
    if not lines:
        raise InvalidInput("The file names nobody. Its lines follow the one with the columns.", "file")
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"The file has more than {MOST_LINES} lines. Split it into several.", "file")
    return lines


def _delimiter(text: str) -> str:
    """Spreadsheets in many countries part cells by semicolons."""
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    columns = [cell.strip().lower() for cell in next(rows, [])]
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    if missing or unknown or len(set(columns)) < len(columns):
        raise InvalidInput(
            f"The first line names the columns: {', '.join(COLUMNS)}. Email and course are required.", "file"
        )
    for number, row in enumerate(rows, 2):
        cells = dict(zip(columns, (" ".join(cell.split()) for cell in row), strict=False))
        if any(cells.values()):
            yield Line(number, **{"email": "", "course": "", **cells})


def judge(lines: list[Line], known: Known) -> list[Judged]:
    """What becomes of each line, taken one after the other: a place that one takes is not free for the next."""
    taken: Counter[tuple[str, str]] = Counter()
    seen: dict[tuple[str, str], int] = {}
    found = []
    for line in lines:
        judged = _judge(line, known, taken, seen)
        joins = judged.fate in (Fate.INVITED, Fate.ENROLLED) and line.cohort
        taken[(line.course, line.cohort)] += bool(joins and not _is_member(line, known))
        seen.setdefault((judged.line.email, line.course), line.number)
        found.append(judged)
    return found


def _judge(
    line: Line, known: Known, taken: Counter[tuple[str, str]], seen: Mapping[tuple[str, str], int]
) -> Judged:
    try:
        line = Line(**{**vars(line), "email": normal_email(line.email)})
    except InvalidInput as problem:
        return Judged(line, Fate.ERROR, problem.sentence)
    if why := _wrong(line, known, taken, seen):
        return Judged(line, Fate.ERROR, why)
    person = known.people.get(line.email)
    if person is None:
        return Judged(line, Fate.INVITED)
    if (person, line.course) not in known.enrolled:
        return Judged(line, Fate.ENROLLED)
    if line.cohort and not _is_member(line, known):
        return Judged(line, Fate.ENROLLED, STAYS_OPEN)
    return Judged(line, Fate.ALREADY)


def _wrong(
    line: Line, known: Known, taken: Counter[tuple[str, str]], seen: Mapping[tuple[str, str], int]
) -> str:
    """What is wrong with a line whose address can be read; empty for nothing."""
    place, first = (line.course, line.cohort), seen.get((line.email, line.course))
    if first is not None:
        return f"Line {first} enrolls the same person in the same course."
    if len(line.name) > LONGEST or len(line.note) > LONGEST:
        return f"A name or a note has more than {LONGEST} characters."
    if line.course not in known.courses:
        return f"There is no course “{line.course}”. Write the last part of its address."
    if not line.cohort or _is_member(line, known):
        return ""
    if place not in known.free:
        return f"The course has no cohort “{line.cohort}”."
    if (known.people.get(line.email, 0), line.course) in known.members:
        return "They are in another cohort of this course."
    free = known.free[place]
    return f"The cohort “{line.cohort}” is full." if free is not None and free <= taken[place] else ""


def _is_member(line: Line, known: Known) -> bool:
    return known.members.get((known.people.get(line.email, 0), line.course)) == line.cohort
