"""When an attempt may begin and must end, for one learner, and the terms that it keeps. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, cast

from quizzes.json_form import from_json, to_json
from quizzes.quiz_settings import FeedbackWhen, QuizSettings
from quizzes.setting_values import first_of, last_of

GRACE = timedelta(seconds=2)  # for the way through the net


@dataclass(frozen=True)
class Allowance:
    """What is changed for one learner: `extra_time` in percent of the time limit, attempts, other dates."""

    extra_time: int = 0
    extra_attempts: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def __add__(self, other: "Allowance") -> "Allowance":
        """Both together; the dates of the one that is added stand first."""
        return Allowance(
            self.extra_time + other.extra_time,
            self.extra_attempts + other.extra_attempts,
            other.opens_at or self.opens_at,
            other.closes_at or self.closes_at,
        )


@dataclass(frozen=True)
class Window:
    """From when until when attempts are made; None: no bound on that side."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def is_closed(self, at: datetime) -> bool:
        return self.closes_at is not None and at > self.closes_at


@dataclass(frozen=True)
class Terms:
    """What an attempt keeps of the settings with which it began; penalties and `negative` are percent.

    `checks`: each answer becomes final by itself, and its key is shown then. `time_limit` is minutes, `closes` the
    end of the quiz as its author wrote it; both without what is changed for its learner.
    """

    view: str
    back: bool
    checks: bool
    tries: int
    try_penalty: int
    hints: bool
    hint_penalty: int
    negative: int
    certainty: bool
    time_limit: int | None = None
    closes: str = ""

    def to_json(self) -> dict[str, Any]:
        return cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Terms":
        return from_json(cls, data)


def terms_of(settings: QuizSettings) -> Terms:
    """The terms of an attempt that begins now."""
    return Terms(
        view=settings.view,
        back=settings.back,
        checks=settings.feedback == FeedbackWhen.QUESTION,
        tries=settings.tries,
        try_penalty=settings.try_penalty,
        hints=settings.hints,
        hint_penalty=settings.hint_penalty,
        negative=settings.negative,
        certainty=settings.certainty,
        time_limit=settings.time_limit,
        closes=settings.closes,
    )


def window_of(settings: QuizSettings, zone: tzinfo, allowance: Allowance) -> Window:
    """The window of one learner. A day without an hour opens at its first minute and closes with its last."""
    opens_at = first_of(settings.opens).replace(tzinfo=zone) if settings.opens else None
    closes_at = last_of(settings.closes).replace(tzinfo=zone) if settings.closes else None
    return Window(allowance.opens_at or opens_at, allowance.closes_at or closes_at)


def attempts_allowed(settings: QuizSettings, allowance: Allowance) -> int | None:
    """How many attempts one learner has; None: as many as they like."""
    return None if settings.attempts is None else settings.attempts + allowance.extra_attempts


def time_limit_of(settings: QuizSettings, allowance: Allowance) -> timedelta | None:
    """The time limit with the learner's extra time, to the second; None: no limit."""
    if settings.time_limit is None:
        return None
    return timedelta(seconds=settings.time_limit * 60 * (100 + allowance.extra_time) // 100)


def deadline_of(
    settings: QuizSettings, begun_at: datetime, window: Window, allowance: Allowance
) -> datetime | None:
    """When an attempt that began then is over: by its time limit or with the window, whichever is first."""
    limit = time_limit_of(settings, allowance)
    ends = [] if limit is None else [begun_at + limit]
    if window.closes_at is not None:
        ends.append(window.closes_at)
    return min(ends, default=None)


def is_overdue(deadline: datetime | None, at: datetime) -> bool:
    """Whether nothing is taken any more; the grace is for what was on its way."""
    return deadline is not None and at > deadline + GRACE
