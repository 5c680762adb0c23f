"""The rules of reviews: when a card comes back, what counts as recalled, how much fits into five minutes. Pure.

The schedule is that of FSRS, the free spaced repetition scheduler, as the package `fsrs` computes it with its
default parameters (docs/decisions/0012-spaced-repetition.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum, StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest

import fsrs

MOST_DAYS = 365  # A card is seen once a year at the least.
LEAST_RETENTION, MOST_RETENTION = 80, 95  # percent
FORECAST_DAYS = 30
CHECK_AFTER = 90  # days after a quiz was passed
CHECKS_A_QUIZ = 5
TERMS_A_LESSON = 5
SESSION_SECONDS = 300
MORNING = range(7, 11)  # hours of a person's own clock
UNANSWERED = 5  # reminders in a row after which they pause
FEWEST_PEOPLE = 5  # below it an instructor is told no share


class Kind(StrEnum):
    """What a card asks: a question of the bank, or a term of the glossary."""

    QUESTION = "question"
    TERM = "term"


class Origin(StrEnum):
    """Why a card is here."""

    MISSED = "missed"
    UNSURE = "unsure"
    MARKED = "marked"
    LESSON = "lesson"
    LATER = "later"  # known at first, asked again after CHECK_AFTER days


class Rating(IntEnum):
    """How well a card was recalled, in the words and numbers of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @property
    def is_recalled(self) -> bool:
        return self is not Rating.AGAIN


SECONDS = {Kind.QUESTION: 40, Kind.TERM: 15}  # that a card takes, reading the reasons included
NEW_A_DAY = {Kind.QUESTION: 10, Kind.TERM: 3}  # cards that are first due on one day


@dataclass(frozen=True)
class Memory:
    """What is known of one memory: `stability` is in days, `difficulty` from 1 to 10, `seen_at` the last time."""

    stability: float
    difficulty: float
    seen_at: datetime


@dataclass(frozen=True)
class Scheduled:
    """A memory after it was rated, and in how many days (1 to MOST_DAYS) it is due again."""

    memory: Memory
    days: int


def rate(memory: Memory | None, rating: Rating, at: datetime, retention: int, zone: tzinfo) -> Scheduled:
    """The memory after this rating; `retention` is the share in percent that shall still be known when it is due.

    Days are those of the learner's calendar. What was not known comes back on the next one, however well it was
    known before.
    """
    today = _day(at, zone)
    card, _ = _scheduler(retention).review_card(_card(memory, today, zone), fsrs.Rating(int(rating)), today)
    assert card.stability is not None
    assert card.difficulty is not None
    days = min(max((card.due - today).days, 1), MOST_DAYS) if rating.is_recalled else 1
    return Scheduled(Memory(card.stability, card.difficulty, at), days)


def recall(memory: Memory, at: datetime, zone: tzinfo) -> float:
    """How likely it is, from 0 to 1, that this is recalled on that day."""
    today = _day(at, zone)
    return _scheduler(90).get_card_retrievability(_card(memory, today, zone), today)


def days_between(earlier: datetime, later: datetime, zone: tzinfo) -> int:
    """How many nights lie between two moments on the learner's calendar; never below 0."""
    return max((_day(later, zone) - _day(earlier, zone)).days, 0)


def _day(moment: datetime, zone: tzinfo) -> datetime:
    """The day of the learner as the package shall count it: it knows spans of 24 hours only.

    Cards come due at midnight, so that an evening and the morning after it must be a day apart.
    """
    return datetime.combine(moment.astimezone(zone).date(), time(), UTC)


@lru_cache
def _scheduler(retention: int) -> fsrs.Scheduler:
    """No steps within a day: what was missed comes back tomorrow. No fuzz: the same answers, the same days."""
    return fsrs.Scheduler(
        desired_retention=retention / 100,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=MOST_DAYS,
        enable_fuzzing=False,
    )


def _card(memory: Memory | None, today: datetime, zone: tzinfo) -> fsrs.Card:
    # With its id and its due date given, the package asks no clock.
    if memory is None:
        return fsrs.Card(card_id=0, due=today)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=today,
        last_review=_day(memory.seen_at, zone),
    )


def rating_of(share: Fraction, is_sure: bool | None) -> Rating:
    """What an answer to a question says of the memory; `is_sure` is None where nothing was said.

    Only a wholly right answer is recalled. Easy is never concluded: with options in sight everything is easier.
    """
    if share < 1:
        return Rating.AGAIN
    return Rating.HARD if is_sure is False else Rating.GOOD


def due_at(at: datetime, days: int, zone: tzinfo) -> datetime:
    """The beginning of the day, on the learner's clock, that is `days` (1 or more) after this one."""
    day = at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def spread(taken: Mapping[date, int], count: int, first: date, per_day: int) -> list[date]:
    """The days of `count` new cards: the earliest from `first` on that hold fewer than `per_day` with `taken`."""
    days: list[date] = []
    day = first
    while len(days) < count:
        free = max(per_day - taken.get(day, 0), 0)
        days += [day] * min(free, count - len(days))
        day += timedelta(days=1)
    return days


def fitting(kinds: Sequence[Kind]) -> int:
    """How many cards, from the first on, fit into a session; one always does."""
    seconds = 0
    for count, kind in enumerate(kinds):
        seconds += SECONDS[kind]
        if seconds > SESSION_SECONDS:
            return count
    return len(kinds)


def in_turns(kinds: Sequence[Kind]) -> list[int]:
    """The places of cards in the order in which they are asked: questions and terms take turns, questions first.

    So neither keeps the other waiting, though there may be many of it.
    """
    by_kind = ([i for i, kind in enumerate(kinds) if kind is wanted] for wanted in Kind)
    pairs = zip_longest(*by_kind)
    return [place for pair in pairs for place in pair if place is not None]


def minutes(kinds: Iterable[Kind]) -> int:
    """About how long these cards take, in whole minutes, at least one."""
    return max(round(sum(SECONDS[kind] for kind in kinds) / 60), 1)


def forecast(due: Iterable[date], today: date) -> list[int]:
    """How many cards come due on each of the next FORECAST_DAYS days, today first; what waits counts as today's."""
    counts = [0] * FORECAST_DAYS
    for day in due:
        place = max((day - today).days, 0)
        if place < FORECAST_DAYS:
            counts[place] += 1
    return counts


@dataclass(frozen=True)
class Retention:
    """`recalled` of `n` reviews; without reviews there is no share."""

    recalled: int
    n: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.recalled, self.n) if self.n else None

    @property
    def percent(self) -> int | None:
        """Rounded half up."""
        return None if self.share is None else int((self.share * 200 + 1) // 2)


def retained(ratings: Iterable[Rating]) -> Retention:
    """What share of reviews was recalled."""
    listed = list(ratings)
    return Retention(sum(rating.is_recalled for rating in listed), len(listed))


SPANS = (("new", 0.0), ("days", 7.0), ("weeks", 30.0), ("months", float("inf")))


def spans(stabilities: Iterable[float | None]) -> list[tuple[str, int]]:
    """Cards by how long they are likely to last: new ones, and those of days, weeks and months."""
    counts = dict.fromkeys((name for name, _ in SPANS), 0)
    for stability in stabilities:
        counts[_span(stability)] += 1
    return list(counts.items())


def _span(stability: float | None) -> str:
    if stability is None:
        return "new"
    return next(name for name, below in SPANS if stability < below)


def is_morning(moment: datetime, zone: tzinfo) -> bool:
    """Whether a reminder would come in the morning there."""
    return moment.astimezone(zone).hour in MORNING


def may_remind(today: date, reminded_on: date | None, reviewed_on: date | None, unanswered: int) -> bool:
    """At most once a day, not on a day with a review, and no more after UNANSWERED in a row."""
    return today not in (reminded_on, reviewed_on) and unanswered < UNANSWERED
