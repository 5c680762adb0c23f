"""What the front matter of a quiz, a case or an assignment says, typed. Values come as text. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

from core.errors import Problem
from quizzes import setting_values as read
from quizzes.json_form import from_json, to_json
from quizzes.setting_values import FrontValue, Refused

LineOf = Callable[[str], int]
STATE_NAME = re.compile(r"[a-z_]+")
POOL_NAME = re.compile(r"[a-z0-9][a-z0-9/-]*")
CASE_PASS = 75  # points of 100, where a case does not say


class QuizKind(StrEnum):
    QUIZ = "quiz"
    CASE = "case"
    ASSIGNMENT = "assignment"


class View(StrEnum):
    """How the questions of an attempt are laid out: one a page, or the whole paper."""

    ONE = "one"
    PAPER = "paper"


class FeedbackWhen(StrEnum):
    """When key and rationales are shown; `docs/grading.md` says what each word means."""

    QUESTION = "question"
    SUBMITTED = "submitted"
    PASSED = "passed"
    LAST = "last"
    CLOSED = "closed"
    NEVER = "never"


class Counts(StrEnum):
    """Which attempt counts."""

    BEST = "best"
    LAST = "last"
    AVERAGE = "average"


@dataclass(frozen=True)
class QuizSettings:
    """The settings of one quiz. `pass_mark` is percent, in a case points of 100.

    `attempts` None: as many as one likes. `minutes` None: computed; `time_limit` None: none, else minutes.
    `opens` and `closes` are days or times of the school's clock, empty for none; `cool_down` is hours.
    `draw`: how many questions from each named pool; `items`: questions taken by id. `shuffle`: both, questions,
    options or none. `negative`, `try_penalty` and `hint_penalty` are percent of a question's points.
    `baseline` is the slug of the quiz, in the same course, before which this one asks the same ideas.
    `start` and `state` (0 to 100 each) belong to cases. `anonymous`: markers see no name before the mark is final;
    `second_marker`: a second one reads every work, not only those close to the pass mark.
    """

    title: str = ""
    summary: str = ""
    kind: str = QuizKind.QUIZ
    pass_mark: int = 70
    attempts: int | None = None
    minutes: int | None = None
    time_limit: int | None = None
    opens: str = ""
    closes: str = ""
    cool_down: int = 0
    counts: str = Counts.BEST
    draw: tuple[tuple[str, int], ...] = ()
    items: tuple[str, ...] = ()
    shuffle: str = "both"
    view: str = View.ONE
    back: bool = True
    feedback: str = FeedbackWhen.SUBMITTED
    tries: int = 1
    try_penalty: int = 33
    hints: bool = False
    hint_penalty: int = 0
    negative: int = 0
    certainty: bool = False
    baseline: str = ""
    anonymous: bool = True
    second_marker: bool = False
    start: int = 50
    state: tuple[tuple[str, int], ...] = ()
    formerly: tuple[str, ...] = ()
    reviewed: str = ""

    @property
    def shuffles_questions(self) -> bool:
        return self.shuffle in ("both", "questions")

    @property
    def shuffles_options(self) -> bool:
        return self.shuffle in ("both", "options")

    @classmethod
    def from_front(
        cls, front: Mapping[str, FrontValue], file: str, line_of: LineOf
    ) -> tuple["QuizSettings", list[Problem]]:
        """The settings and what is wrong with them; `line_of(key)` is the key's line in the file."""
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for key, value in front.items():
            try:
                values[FIELD_OF.get(key, key)] = _reader(key)(value)
            except Refused as refused:
                problems.append(Problem(file, line_of(key), f"{key}: {refused.message}", refused.remedy))
        if values.get("kind") == QuizKind.CASE:
            values.setdefault("pass_mark", CASE_PASS)
        settings = replace(cls(), **values)
        problems += _misplaced(settings, front, file, line_of)
        problems += _contradictions(settings, front, file, line_of)
        return settings, problems

    def to_json(self) -> dict[str, Any]:
        return cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "QuizSettings":
        """The settings that `to_json` wrote; a setting that there was not then has its default."""
        return from_json(cls, {**DEFAULTS, **data})


def _reader(key: str) -> Callable[[FrontValue], Any]:
    if key not in READERS:
        raise Refused("there is no such setting", f"Known are {', '.join(READERS)}.")
    return READERS[key]


def _misplaced(
    settings: QuizSettings, front: Mapping[str, FrontValue], file: str, line_of: LineOf
) -> Iterable[Problem]:
    if not settings.title and "title" not in front:
        yield Problem(file, 1, "the title is missing", "Write `title: …` into the front matter.")
    for key in front:
        kinds = ONLY_IN.get(key)
        if kinds and settings.kind not in kinds:
            message = f"{key}: has no meaning in kind: {settings.kind}"
            yield Problem(file, line_of(key), message, f"Delete it, or write kind: {' or '.join(kinds)}.")


def _contradictions(
    settings: QuizSettings, front: Mapping[str, FrontValue], file: str, line_of: LineOf
) -> Iterator[Problem]:
    """Settings that take each other's meaning away, each at the line of the one to change."""
    for key, is_wrong, message, remedy in CONTRADICTIONS:
        if key in front and is_wrong(settings):
            yield Problem(file, line_of(key), f"{key}: {message}", remedy)


READERS: dict[str, Callable[[FrontValue], Any]] = {
    "title": read.text,
    "summary": read.text,
    "kind": read.one_of(QuizKind),
    "pass": read.whole(0, 100),
    "attempts": read.attempts,
    "minutes": read.whole(1, 10_000),
    "time_limit": read.whole(1, 10_000),
    "opens": read.moment,
    "closes": read.moment,
    "cool_down": read.whole(1, 10_000),
    "counts": read.one_of(Counts),
    "draw": read.numbers(POOL_NAME, 1, 500),
    "items": read.names,
    "shuffle": read.shuffle,
    "view": read.one_of(View),
    "back": read.yes_no,
    "feedback": read.one_of(FeedbackWhen),
    "tries": read.whole(1, 10),
    "try_penalty": read.whole(0, 100),
    "hints": read.yes_no,
    "hint_penalty": read.whole(0, 100),
    "negative": read.whole(0, 100),
    "certainty": read.yes_no,
    "baseline": read.slug,
    "anonymous": read.yes_no,
    "second_marker": read.yes_no,
    "start": read.whole(0, 100),
    "state": read.numbers(STATE_NAME, 0, 100),
    "formerly": read.names,
    "reviewed": read.date,
}
FIELD_OF = {"pass": "pass_mark"}
OF_QUIZ, OF_CASE, OF_WORK = (QuizKind.QUIZ,), (QuizKind.CASE,), (QuizKind.ASSIGNMENT,)
ONLY_IN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("start", "state"), OF_CASE),
    **dict.fromkeys(("time_limit", "counts", "draw", "items", "shuffle", "view", "back"), OF_QUIZ),
    **dict.fromkeys(("feedback", "tries", "try_penalty", "hints", "hint_penalty"), OF_QUIZ),
    **dict.fromkeys(("negative", "certainty", "baseline"), OF_QUIZ),
    "anonymous": (QuizKind.QUIZ, QuizKind.ASSIGNMENT),
    "second_marker": OF_WORK,
}
CONTRADICTIONS: tuple[tuple[str, Callable[[QuizSettings], bool], str, str], ...] = (
    (
        "closes",
        lambda s: bool(s.opens and s.closes) and read.last_of(s.closes) < read.first_of(s.opens),
        "the quiz closes before it opens",
        "Write a later day, or an earlier `opens:`.",
    ),
    (
        "back",
        lambda s: not s.back and s.view == View.PAPER,
        "a whole paper has no way back to forbid",
        "Delete it, or write `view: one`.",
    ),
    (
        "feedback",
        lambda s: s.feedback == FeedbackWhen.CLOSED and not s.closes,
        "the quiz never closes",
        "Write `closes:` with a day, or another `feedback:`.",
    ),
    (
        "baseline",
        lambda s: bool(s.baseline) and s.feedback != FeedbackWhen.NEVER,
        "its key would be shown before the quiz that it is compared with",
        "Write `feedback: never`; the quiz after it explains the same ideas.",
    ),
    (
        "feedback",
        lambda s: s.feedback == FeedbackWhen.LAST and s.attempts is None,
        "there is no last attempt",
        "Write `attempts:` with a number, or another `feedback:`.",
    ),
    (
        "tries",
        lambda s: s.tries > 1 and s.feedback != FeedbackWhen.QUESTION,
        "nobody learns that an answer was wrong before the attempt is over",
        "Write `feedback: question`, or delete it.",
    ),
    (
        "tries",
        lambda s: s.tries > 1 and s.certainty,
        "certainty marks one answer, so further tries would cost nothing",
        "Delete it, or delete `certainty:`.",
    ),
    (
        "hint_penalty",
        lambda s: s.hint_penalty > 0 and s.certainty,
        "certainty has marks of its own, so the hint would cost nothing",
        "Delete it, or delete `certainty:`.",
    ),
    (
        "negative",
        lambda s: s.negative > 0 and s.certainty,
        "certainty has marks of its own for wrong answers",
        "Delete it, or delete `certainty:`.",
    ),
    (
        "hint_penalty",
        lambda s: s.hint_penalty > 0 and not s.hints,
        "no hint is offered",
        "Write `hints: true`, or delete it.",
    ),
)
DEFAULTS = QuizSettings().to_json()
