"""The figures that are stored, as frozen values; each None is a figure that cannot be given. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quizzes.json_form import from_json, to_json

LEVELS = ("low", "mid", "high")
UNSAID = ""  # that no certainty was chosen


@dataclass(frozen=True)
class LevelFigures:
    """Answers that were given with one certainty: how many, and their mean share.

    None where fewer than LEAST learners gave them, for of ten answers all may be of one, or where the share of those
    could be found with it.
    """

    level: str
    answers: int
    share: float | None


@dataclass(frozen=True)
class GroupFigures:
    """How one third of the learners did on a question."""

    learners: int
    share: float | None


@dataclass(frozen=True)
class Advice:
    """What the figures say should be looked at. `level` is bad, warn or info."""

    level: str
    words: str


@dataclass(frozen=True)
class QuestionFigures:
    """One question of a quiz, as far as it was asked with the parts that it has in `revision_id`.

    `n` counts the answers, empty ones too, and `others` those to editions with other parts, which count for
    nothing here. `is_current`: these are the parts that it has now; an earlier edition stands in for one that too
    few have answered. `rest_correlation` and `upper_lower` run from -1 to 1; `weight` is the effective one and
    `due_weight` that of its points, both as shares of the paper. `seconds` is the median of `timed` answers.
    `options` holds for each option how many of each third chose it; `thirds` begins with the lowest.
    """

    question_id: str
    revision_id: int
    name: str
    kind: str
    n: int
    others: int
    is_current: bool
    unanswered: int
    facility: float | None
    rest_correlation: float | None
    upper_lower: float | None
    weight: float | None
    due_weight: float | None
    seconds: float | None
    timed: int
    thirds: tuple[GroupFigures, ...]
    options: tuple[tuple[int, ...], ...]
    certainty: tuple[LevelFigures, ...]
    advice: tuple[Advice, ...] = ()

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = to_json(self)
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "QuestionFigures":
        return from_json(cls, data)


@dataclass(frozen=True)
class SceneFigures:
    """How often each choice of a scene was made; a scene that is come to twice counts twice."""

    scene: str
    choices: tuple[int, ...]


@dataclass(frozen=True)
class WayFigures:
    """The plays of one revision of a case; `passed` of them did, `unsafe` ended at an unsafe choice."""

    revision_id: int
    number: int
    plays: int
    passed: int
    unsafe: int
    scenes: tuple[SceneFigures, ...]


@dataclass(frozen=True)
class QuizFigures:
    """A quiz or a case over the first attempts of `n` learners, of whom `passed` did at once.

    `mean`, `deviation` and `error` (of measurement) are shares of what is possible. `tenths` counts the learners
    from below 10 % to 90 % and more. `length` is the mean number of questions of a paper; `is_drawn`: papers differ.
    """

    n: int
    passed: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    error: float | None
    length: float
    is_drawn: bool
    tenths: tuple[int, ...]
    certainty: tuple[LevelFigures, ...]
    ways: tuple[WayFigures, ...]

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = to_json(self)
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "QuizFigures":
        return from_json(cls, data)


NOBODY = QuizFigures(
    n=0, passed=0, mean=None, deviation=None, alpha=None, error=None, length=0.0, is_drawn=False, tenths=(),
    certainty=(), ways=(),
)  # fmt: skip


@dataclass(frozen=True)
class Marked:
    """One question of a paper as it was answered.

    `edition` names the question with its parts; `score` of `points`; `chosen` numbers the options that were
    ticked; `seconds` is the time it took, where that can be told; `revision` is the one that was asked.
    """

    edition: str
    points: float
    score: float
    answered: bool
    chosen: tuple[int, ...] = ()
    certainty: str | None = None
    seconds: float | None = None
    revision: int = 0

    @property
    def share(self) -> float:
        return self.score / self.points


@dataclass(frozen=True)
class Paper:
    """The first marked attempt of one learner; without its name."""

    items: tuple[Marked, ...]
    passed: bool

    @property
    def points(self) -> float:
        return sum(item.points for item in self.items)

    @property
    def score(self) -> float:
        return sum(item.score for item in self.items)

    @property
    def share(self) -> float:
        return self.score / self.points if self.items else 0.0


def levels_of(
    answers: Mapping[str, int], shares: Mapping[str, float], enough: Collection[str]
) -> tuple[LevelFigures, ...]:
    """The figures of each certainty, from counts of answers and sums of shares; none where it was never asked.

    Of those in `enough` a share is given.
    """
    if not any(answers.values()):
        return ()
    return tuple(
        LevelFigures(
            level, answers.get(level, 0), shares[level] / answers[level] if level in enough else None
        )
        for level in LEVELS
    )
