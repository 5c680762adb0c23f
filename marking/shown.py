"""Parts of works as pages show them, to authors and to markers: rubrics, files, versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from core.web import Reader
from marking import public_text, uploads
from marking.drafts import draft_text
from marking.models import Mark, WorkFile, WorkVersion
from marking.rules import count_words
from marking.scheme import Criterion, Judged, Scheme, at, judge, scheme_of
from quizzes import reads
from quizzes.models import AttemptItem
from quizzes.questions import Marking, Question
from quizzes.reads import Asked
from quizzes.results import exact
from quizzes.times import in_words

STUDIO = "/studio/"
MEGABYTE, KILOBYTE = 1_000_000, 1_000


@dataclass(frozen=True)
class ShownLevel:
    """One level of a criterion; `field` is its control's value."""

    number: int
    points: int
    words: Markup
    chosen: bool


@dataclass(frozen=True)
class ShownCriterion:
    """One row of a rubric, with the names of the controls of a marker's form."""

    name: Markup
    text: str
    required: bool
    levels: tuple[ShownLevel, ...]
    comment: str
    field: str
    comment_field: str

    @property
    def chosen(self) -> ShownLevel | None:
        return next((level for level in self.levels if level.chosen), None)


@dataclass(frozen=True)
class ShownRubric:
    """All criteria of one answer; `sum` in words once levels are chosen, `failed` the criteria at 0.

    Where the criteria may not be seen there are none, `comments` are what was said of them, and `has_failed` is all
    that is told of those at 0.
    """

    criteria: tuple[ShownCriterion, ...]
    is_rubric: bool
    sum: str
    failed: tuple[str, ...]
    comments: tuple[str, ...] = ()
    has_failed: bool = False


@dataclass(frozen=True)
class ShownFile:
    id: int
    name: str
    size: str
    url: str


@dataclass(frozen=True)
class ShownVersion:
    """A version that was handed in, and what came back with it."""

    number: int
    when: str
    html: Markup
    files: tuple[ShownFile, ...]
    words: str
    change: str
    comments: tuple[tuple[str, str], ...]  # criterion, comment


@dataclass(frozen=True)
class ShownAnswer:
    """One answer that a person marks, with its rubric. One whose question was dropped only its author sees."""

    position: int
    dropped: bool
    prompt: Markup
    html: Markup
    files: tuple[ShownFile, ...]
    words: str
    rubric: ShownRubric


def show_rubric(asked: Asked, position: int, given: Mark | None, *, with_sum: bool = True) -> ShownRubric:
    """The rubric of an answer, with the levels and comments of a mark where there is one."""
    scheme = scheme_of(asked.question)
    levels = _listed(given.levels if given else None, position)
    comments = _listed(given.comments if given else None, position)
    judged = judge(scheme, levels)
    return ShownRubric(
        tuple(
            _criterion(asked, criterion, position, place, levels, comments)
            for place, criterion in enumerate(scheme.criteria)
        ),
        isinstance(asked.question.parts, Marking) and asked.question.parts.rubric is not None,
        sum_in_words(scheme, judged) if with_sum and given is not None and any_chosen(levels) else "",
        judged.failed if given is not None else (),
    )


def without_criteria(shown: ShownAnswer) -> ShownAnswer:
    """The answer for somebody who may not see what was looked for: sum and comments are left, and that it failed."""
    comments = tuple(row.comment for row in shown.rubric.criteria if row.comment)
    has_failed = bool(shown.rubric.failed)
    rubric = replace(shown.rubric, criteria=(), failed=(), comments=comments, has_failed=has_failed)
    return replace(shown, rubric=rubric)


def any_chosen(levels: Sequence[object]) -> bool:
    return any(level is not None for level in levels)


def sum_in_words(scheme: Scheme, judged: Judged) -> str:
    """`18 of 24 points`."""
    return f"{exact(judged.earned)} of {exact(scheme.possible)} points"


def show_answer(item: AttemptItem, given: Mark | None, base: str) -> ShownAnswer:
    """An answer as it was handed in; `base` is where its files are served to this reader."""
    text, asked = draft_text(item), reads.asked(item.revision_id)
    return ShownAnswer(
        position=item.position,
        dropped=item.dropped,
        prompt=asked.markup(asked.question.prompt_md),
        html=public_text.render(text),
        files=show_files(uploads.draft_files(item.attempt_id, item.position), base),
        words=words_in_words(text, asked.question),
        rubric=show_rubric(asked, item.position, given),
    )


def show_version(
    version: WorkVersion, asked: Asked, given: Mark | None, base: str, reader: Reader
) -> ShownVersion:
    """An earlier version, with the comments that came back with it; its levels stay with the marker."""
    rubric = show_rubric(asked, 1, given, with_sum=False)
    return ShownVersion(
        number=version.number,
        when=in_words(version.handed_in_at, reader),
        html=public_text.render(version.text),
        files=show_files(uploads.files_named(version.attempt_id, version.files), base),
        words=words_in_words(version.text, asked.question),
        change=version.change,
        comments=tuple((row.text, row.comment) for row in rubric.criteria if row.comment),
    )


def show_files(files: Sequence[WorkFile], base: str) -> tuple[ShownFile, ...]:
    """Files as links; to markers they have no names, for a name may say whose it is."""
    named = not base.startswith(STUDIO)
    return tuple(
        ShownFile(
            file.id,
            file.name if named else nameless(file, number),
            _size(file.size),
            f"{base}/files/{file.id}",
        )
        for number, file in enumerate(files, 1)
    )


def nameless(file: WorkFile, number: int) -> str:
    """What a file is called without saying whose it is: `File 2.pdf`."""
    return f"File {number}{PurePosixPath(file.name).suffix}"


def words_in_words(text: str, question: Question) -> str:
    """`612 words; 600 to 800 are asked for`."""
    count = count_words(text)
    words = f"{count} word" if count == 1 else f"{count} words"
    wanted = words_wanted(question)
    return f"{words}; {wanted[0]} to {wanted[1]} are asked for" if wanted else words


def words_wanted(question: Question) -> tuple[int, int] | None:
    return question.parts.words if isinstance(question.parts, Marking) else None


def difference(first: Fraction | None, second: Fraction | None) -> str:
    """How far two sums lie apart, in points."""
    return exact(abs((first or Fraction(0)) - (second or Fraction(0))))


def _criterion(
    asked: Asked, row: Criterion, position: int, place: int, levels: Sequence[Any], comments: Sequence[Any]
) -> ShownCriterion:
    name, comment = asked.markup(row.name_md), comments[place] if place < len(comments) else ""
    return ShownCriterion(
        name=name,
        text=name.striptags(),
        required=row.required,
        levels=tuple(
            ShownLevel(number, level.points, asked.markup(level.words_md), number == at(levels, place))
            for number, level in enumerate(row.levels)
        ),
        comment=comment,
        field=f"l{position}-{place}",
        comment_field=f"c{position}-{place}",
    )


def _listed(lists: Mapping[str, Any] | None, position: int) -> list[Any]:
    return list((lists or {}).get(str(position), []))


def _size(size: int) -> str:
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    return f"{max(1, round(size / KILOBYTE))} kB"
