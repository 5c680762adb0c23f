"""What each lesson has: its length, how hard it reads, its parts, objectives that are tested. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from core.errors import Problem
from publishing.standards.blocks import Block
from publishing.standards.citing import is_key_points, key_points_at
from publishing.standards.manuscript import Manuscript
from publishing.standards.reading import smog
from quizzes.kinds import QUESTION_KINDS

WORDS = (1500, 2500)
SUMMARY_WORDS = (60, 90)
GRADES = (10.0, 13.0)


class Part(NamedTuple):
    """What a lesson must have at least once."""

    name: str
    is_one: Callable[[Block], bool]
    remedy: str


def callout(*words: str) -> Callable[[Block], bool]:
    return lambda block: block.kind == "callout" and block.word in words


def is_check(block: Block) -> bool:
    return block.kind == "part" and block.text.startswith("[[check:")


def is_figure(block: Block) -> bool:
    return any(block.images())


PARTS = (
    Part("a figure", is_figure, "Draw one: `![what it shows](media/name.svg)`."),
    Part("a pearl", callout("pearl"), "Write `!!! pearl` with one thing to use at the chair."),
    Part("practice or reflect", callout("practice", "reflect"), "Write `!!! practice` or `!!! reflect some-id`."),
    Part("what is unknown", callout("unknown"), "Write `!!! unknown` with what the evidence does not show."),
    Part("words to say", callout("say"), "Write `!!! say` with words to use and words to leave."),
    Part("a check", is_check, "Write `[[check: question-id]]` on a line of its own."),
)  # fmt: skip


def missing_parts(manuscript: Manuscript) -> Iterator[Problem]:
    """Parts that a lesson has not, callouts searched inside."""
    for lesson, blocks in manuscript.lessons:
        for part in PARTS:
            if not any(part.is_one(block) for block in blocks):
                yield Problem(
                    lesson.file, lesson.body_line, f"the lesson has no part: {part.name}", part.remedy
                )


def key_points_last(manuscript: Manuscript) -> Iterator[Problem]:
    """The last chapter is a list under `## Key points`."""
    for lesson, blocks in manuscript.lessons:
        chapters = [block for block in blocks if block.is_chapter]
        at = key_points_at(blocks)
        if at is None or not is_key_points(chapters[-1]):
            remedy = "End the lesson with `## Key points` and a list."
            yield Problem(
                lesson.file, _last_line(blocks, lesson.body_line), "the key points are not last", remedy
            )
        elif not any(block.kind == "list" for block in blocks[at:]):
            yield Problem(lesson.file, blocks[at].line, "the key points are no list", "Write each as `- …`.")


def _last_line(blocks: Sequence[Block], line: int) -> int:
    return blocks[-1].line if blocks else line


def length(manuscript: Manuscript) -> Iterator[Problem]:
    """Words as the minutes of the lesson count them."""
    for lesson, _ in manuscript.lessons:
        words = manuscript.words.get(lesson.name)
        if words is not None and not WORDS[0] <= words <= WORDS[1]:
            remedy = f"A lesson has {WORDS[0]:,} to {WORDS[1]:,} words."
            yield Problem(lesson.file, lesson.body_line, f"the lesson has {words:,} words", remedy)


def summary_length(manuscript: Manuscript) -> Iterator[Problem]:
    for lesson, _ in manuscript.lessons:
        words = len(lesson.summary.split())
        if not SUMMARY_WORDS[0] <= words <= SUMMARY_WORDS[1]:
            remedy = f"Write {SUMMARY_WORDS[0]} to {SUMMARY_WORDS[1]} words."
            yield Problem(lesson.file, 1, f"the summary has {words} words", remedy)


def reading_level(manuscript: Manuscript) -> Iterator[Problem]:
    """SMOG within the grades that the school aims at."""
    for lesson, blocks in manuscript.lessons:
        grade = smog(blocks)
        if grade is not None and not GRADES[0] <= grade <= GRADES[1]:
            way = "Explain long words or part long sentences" if grade > GRADES[1] else "Let sentences flow"
            remedy = f"{way}; aim at {GRADES[0]:.0f} to {GRADES[1]:.0f}."
            yield Problem(lesson.file, lesson.body_line, f"it reads at grade {grade} (SMOG)", remedy)


def untested_objectives(manuscript: Manuscript) -> Iterator[Problem]:
    """Objectives that no question which a machine marks, and which is asked somewhere, is about."""
    tested = {
        objective
        for question, _ in manuscript.questions
        if QUESTION_KINDS[question.kind].machine_marked and question.id in manuscript.asked
        for objective in question.objectives
    }
    for lesson, _ in manuscript.lessons:
        for key, _, line in lesson.objectives:
            if key not in tested:
                remedy = f"Write a question with objective={key} that a quiz or a check asks, no essay and no file."
                yield Problem(lesson.file, line, f"no question tests the objective “{key}”", remedy)


def lessons_without_objectives(manuscript: Manuscript) -> Iterator[Problem]:
    for lesson, _ in manuscript.lessons:
        if not lesson.objectives:
            yield Problem(
                lesson.file, 1, "the lesson has no objective", "Write `objectives:` with ids and texts."
            )
