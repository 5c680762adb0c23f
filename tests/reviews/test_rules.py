"""The schedule, the session, the forecast and the reminders, as pure rules."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import rules
from reviews.rules import Kind, Memory, Rating
from tests.conftest import NOON

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"]
).map(ZoneInfo)
START = datetime(2020, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
END = datetime(2040, 1, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=START, max_value=END)
RATINGS = st.sampled_from(Rating)
PERCENTS = st.integers(rules.LEAST_RETENTION, rules.MOST_RETENTION)
KINDS = st.lists(st.sampled_from(Kind), max_size=60)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(MOMENTS, PERCENTS, st.lists(st.tuples(RATINGS, st.integers(0, 900)), min_size=1, max_size=20), ZONES)
def test_a_card_is_never_due_before_now_whatever_was_answered_and_when(
    at: datetime, percent: int, history: list[tuple[Rating, int]], zone: ZoneInfo
) -> None:
    memory: Memory | None = None
    for rating, later in history:
        at += timedelta(days=later)
        scheduled = rules.rate(memory, rating, at, percent, zone)
        memory = scheduled.memory

        assert 1 <= scheduled.days <= rules.MOST_DAYS
        assert rules.due_at(at, scheduled.days, zone) > at
        assert 1 <= memory.difficulty <= 10
        assert memory.stability > 0
        assert 0 <= rules.recall(memory, at + timedelta(days=later), zone) <= 1


@given(MOMENTS, st.integers(1, 365), ZONES)
def test_a_card_is_due_when_its_day_begins_for_the_learner(at: datetime, days: int, zone: ZoneInfo) -> None:
    due = rules.due_at(at, days, zone).astimezone(zone)

    assert due.date() == at.astimezone(zone).date() + timedelta(days=days)
    assert due.hour == 0


@given(MOMENTS, PERCENTS, RATINGS)
def test_the_same_answers_give_the_same_days(at: datetime, percent: int, rating: Rating) -> None:
    assert rules.rate(None, rating, at, percent, UTC) == rules.rate(None, rating, at, percent, UTC)


@given(MOMENTS, RATINGS)
def test_who_wants_to_recall_more_sees_cards_no_later(at: datetime, rating: Rating) -> None:
    days = [rules.rate(None, rating, at, percent, UTC).days for percent in (95, 90, 80)]

    assert days == sorted(days)


def test_a_better_recall_waits_longer() -> None:
    memory = rules.rate(None, Rating.GOOD, NOON, 90, UTC).memory
    days = [rules.rate(memory, rating, NOON + timedelta(days=2), 90, UTC).days for rating in Rating]

    assert days == sorted(days)
    assert days[0] == 1


def test_what_was_known_for_months_and_is_missed_returns_the_next_day_too() -> None:
    memory = Memory(stability=200.0, difficulty=2.0, seen_at=NOON - timedelta(days=200))

    missed = rules.rate(memory, Rating.AGAIN, NOON, 90, UTC)

    assert missed.memory.stability > 2
    assert missed.days == 1


def test_what_was_missed_and_then_known_returns_after_days_that_the_documentation_tells() -> None:
    scheduled, at, waits = rules.rate(None, Rating.AGAIN, NOON, 90, UTC), NOON, []
    for _ in range(6):
        waits.append(scheduled.days)
        at += timedelta(days=scheduled.days)
        scheduled = rules.rate(scheduled.memory, Rating.GOOD, at, 90, UTC)

    assert waits == [1, 2, 6, 17, 44, 102]


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("hours", [5, 12, 23, 27])
def test_a_night_between_two_answers_is_a_day_however_few_hours_it_was(hours: int) -> None:
    evening = datetime(2026, 11, 21, 20, 0, tzinfo=BERLIN)
    missed = rules.rate(None, Rating.AGAIN, evening, 90, BERLIN).memory
    whole = rules.rate(missed, Rating.GOOD, evening + timedelta(days=1), 90, BERLIN)

    other = rules.rate(missed, Rating.GOOD, evening + timedelta(hours=hours), 90, BERLIN)

    assert (other.memory.stability, other.days) == (whole.memory.stability, whole.days)


@pytest.mark.parametrize(
    ("share", "is_sure", "rating"),
    [
        (Fraction(0), True, Rating.AGAIN),
        (Fraction(0), None, Rating.AGAIN),
        (Fraction(1, 2), True, Rating.AGAIN),
        (Fraction(1), False, Rating.HARD),
        (Fraction(1), None, Rating.GOOD),
        (Fraction(1), True, Rating.GOOD),
    ],
)
def test_what_an_answer_says_of_the_memory(share: Fraction, is_sure: bool | None, rating: Rating) -> None:
    assert rules.rating_of(share, is_sure) is rating


@given(st.dictionaries(DAYS, st.integers(0, 12), max_size=20), st.integers(0, 60), DAYS, st.integers(1, 10))
def test_new_cards_fill_each_day_to_its_measure_and_no_further(
    taken: dict[date, int], count: int, first: date, per_day: int
) -> None:
    days = rules.spread(taken, count, first, per_day)

    assert len(days) == count
    assert all(day >= first for day in days)
    assert all(taken.get(day, 0) + n <= per_day for day, n in Counter(days).items())


@given(KINDS)
def test_a_session_holds_what_fits_into_five_minutes_and_never_nothing(kinds: list[Kind]) -> None:
    count = rules.fitting(kinds)
    seconds = sum(rules.SECONDS[kind] for kind in kinds[:count])

    assert 0 <= count <= len(kinds)
    assert bool(count) == bool(kinds)
    assert seconds <= rules.SESSION_SECONDS
    assert count == len(kinds) or seconds + rules.SECONDS[kinds[count]] > rules.SESSION_SECONDS


@pytest.mark.parametrize(("kind", "count"), [(Kind.QUESTION, 7), (Kind.TERM, 20)])
def test_five_minutes_are_seven_questions_or_twenty_terms(kind: Kind, count: int) -> None:
    assert rules.fitting([kind] * 50) == count


@given(KINDS)
def test_questions_and_terms_take_turns_and_none_is_lost(kinds: list[Kind]) -> None:
    places = rules.in_turns(kinds)

    assert sorted(places) == list(range(len(kinds)))
    for kind in Kind:
        own = [place for place in places if kinds[place] is kind]
        assert own == sorted(own)


def test_a_question_comes_first_then_a_term() -> None:
    term, question = Kind.TERM, Kind.QUESTION

    assert rules.in_turns([term, term, term, question, question]) == [3, 0, 4, 1, 2]


@given(st.lists(DAYS, max_size=80), DAYS)
def test_the_forecast_counts_each_card_of_its_days_once(due: list[date], today: date) -> None:
    counts = rules.forecast(due, today)

    assert len(counts) == rules.FORECAST_DAYS
    assert sum(counts) == sum(day < today + timedelta(days=rules.FORECAST_DAYS) for day in due)
    assert counts[0] == sum(day <= today for day in due)


@given(st.lists(RATINGS, max_size=80))
def test_retention_is_a_share_of_all_reviews(ratings: list[Rating]) -> None:
    found = rules.retained(ratings)

    assert found.n == len(ratings)
    assert found.share is None or 0 <= found.share <= 1
    assert (found.share is None) == (not ratings)


@given(st.lists(st.none() | st.floats(0.001, 4000), max_size=50))
def test_every_card_has_its_span(stabilities: list[float | None]) -> None:
    counts = rules.spans(stabilities)

    assert [name for name, _ in counts] == ["new", "days", "weeks", "months"]
    assert sum(count for _, count in counts) == len(stabilities)


@pytest.mark.parametrize(
    ("hour", "zone", "is_morning"),
    [
        (8, "UTC", True),
        (6, "UTC", False),
        (11, "UTC", False),
        (23, "Asia/Tokyo", True),
        (12, "America/New_York", True),
    ],
)
def test_a_reminder_comes_in_the_morning_of_the_person(hour: int, zone: str, is_morning: bool) -> None:
    assert rules.is_morning(NOON.replace(hour=hour), ZoneInfo(zone)) is is_morning


TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("reminded", "reviewed", "unanswered", "may"),
    [
        (None, None, 0, True),
        (YESTERDAY, YESTERDAY, 4, True),
        (TODAY, None, 0, False),
        (None, TODAY, 0, False),
        (YESTERDAY, None, 5, False),
    ],
)
def test_who_may_be_reminded(
    reminded: date | None, reviewed: date | None, unanswered: int, may: bool
) -> None:
    assert rules.may_remind(TODAY, reminded, reviewed, unanswered) is may
