"""Cohorts: never more members than places, and who waits is served in the order of arrival."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.database import db, transaction
from core.errors import Conflict
from enrollment.cohorts.making import change_cohort
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState, turn
from enrollment.cohorts.services import (
    ask_for_place,
    find_cohort,
    give_place,
    leave,
    number_in_line,
    place_of,
)
from enrollment.jobs import hourly
from enrollment.reopening import reopen_access
from enrollment.rules import EndReason
from enrollment.services import end_access
from tests.conftest import NOON, Clock
from tests.crowd import at_once
from tests.factories import enroll, mails, make_course, make_user

S = PlaceState
_names = count(1)


def make_cohort(course: Any, places: int | None = 1, **columns: Any) -> int:
    values = {"name": f"Group {next(_names)}", "starts_on": date(2026, 12, 1), "places": places, **columns}
    with transaction() as session:
        cohort = Cohort(course_id=course.id, **values)
        session.add(cohort)
        session.flush()
        return cohort.id


def ask(person: Any, cohort: int) -> PlaceState:
    with transaction():
        return ask_for_place(person.id, find_cohort(cohort)).state


def state(person: Any, course: Any) -> PlaceState | None:
    db.session.rollback()
    place = place_of(person.id, course.id)
    return place.state if place else None


def give_up(person: Any, course: Any) -> None:
    with transaction():
        place = place_of(person.id, course.id)
        assert place
        leave(place)


@pytest.mark.parametrize(
    ("before", "after"),
    [(S.WAITING, S.HELD), (S.OFFERED, S.WAITING), (S.TAKEN, S.HELD), (S.LEFT, S.OFFERED), (S.HELD, S.HELD)],
)
def test_a_place_that_cannot_become_another_says_so(before: PlaceState, after: PlaceState) -> None:
    with pytest.raises(Conflict, match=f"{before.value} cannot become {after.value}"):
        turn(before, after)


def test_of_ten_at_once_as_many_get_in_as_there_are_places(app: Flask) -> None:
    course, people = make_course(), [make_user() for _ in range(10)]
    cohort = make_cohort(course, places=3)

    answers = at_once(app, 10, lambda i: ask(people[i], cohort))

    assert sorted(map(str, answers)) == [S.HELD] * 3 + [S.WAITING] * 7
    assert find_cohort(cohort).taken == 3


def test_a_freed_place_is_offered_for_two_days_in_the_order_of_arrival(app: Flask, clock: Clock) -> None:
    course = make_course("skin", title="Skin")
    ada, bea, cem = make_user(), make_user("bea@example.org"), make_user("cem@example.org")
    cohort = make_cohort(course, name="Autumn")
    for minute, person in enumerate((ada, bea, cem)):
        clock(NOON + timedelta(minutes=minute))
        ask(person, cohort)
    assert number_in_line(place_of(cem.id, course.id)) == 2

    give_up(ada, course)

    assert [state(each, course) for each in (ada, bea, cem)] == [S.LEFT, S.OFFERED, S.WAITING]
    (mail,) = mails("bea@example.org")
    assert mail.subject == "A place is free in Autumn: Skin"
    assert "kept for you until 23 November 2026, 12:02" in mail.text
    clock(NOON + timedelta(days=2, minutes=2))
    hourly()
    assert [state(each, course) for each in (bea, cem)] == [S.LEFT, S.OFFERED]
    assert len(mails("cem@example.org")) == 1
    enroll(cem, course)
    assert state(cem, course) == S.TAKEN
    hourly()
    assert state(cem, course) == S.TAKEN


def test_a_payment_that_comes_late_finds_its_group_again_if_a_place_is_left(app: Flask, clock: Clock) -> None:
    course, ada, bea = make_course(), make_user(), make_user()
    cohort = make_cohort(course)
    ask(ada, cohort)
    clock(NOON + timedelta(days=1))
    hourly()
    assert state(ada, course) == S.LEFT

    enroll(ada, course, "order")
    ask(bea, cohort)

    assert (state(ada, course), state(bea, course)) == (S.TAKEN, S.WAITING)


def test_a_place_goes_with_the_access(app: Flask, clock: Clock) -> None:
    course, ada, bea = make_course(), make_user(), make_user()
    cohort = make_cohort(course)
    ask(ada, cohort)
    enroll(ada, course)
    ask(bea, cohort)

    with transaction():
        end_access(ada.id, course.id, EndReason.ADMIN)

    assert (state(ada, course), state(bea, course)) == (S.LEFT, S.OFFERED)


@pytest.mark.parametrize(("others", "place"), [(0, S.TAKEN), (1, S.LEFT)])
def test_who_is_given_access_back_is_in_the_group_again_if_there_is_a_place(
    app: Flask, others: int, place: PlaceState
) -> None:
    course, ada, bea = make_course(), make_user(), make_user("", "Bea", "admin")
    cohort = make_cohort(course)
    ask(ada, cohort)
    enrolled = enroll(ada, course)
    with transaction():
        end_access(ada.id, course.id, EndReason.ADMIN)
    for _ in range(others):
        ask(bea, cohort)

    with transaction():
        reopen_access(enrolled, bea.id)

    assert state(ada, course) is place


def test_nobody_is_in_two_groups_of_a_course_and_a_full_one_takes_nobody_by_hand(app: Flask) -> None:
    course, ada, bea = make_course(), make_user(), make_user()
    first, second = make_cohort(course), make_cohort(course)
    ask(ada, first)
    ask(ada, second)
    assert [find_cohort(each).taken for each in (first, second)] == [0, 1]
    enroll(ada, course)

    with pytest.raises(Conflict, match="another group"):
        ask(ada, first)
    with pytest.raises(Conflict, match="full"), transaction():
        give_place(bea.id, find_cohort(second))


@pytest.mark.parametrize(("moved_on", "stays_open"), [(30, False), (32, True)])
def test_who_began_with_a_group_stays_in_when_its_first_day_is_moved(
    app: Flask, clock: Clock, moved_on: int, stays_open: bool
) -> None:
    course, ada = make_course(), make_user()
    cohort = make_cohort(course, starts_on=date(2026, 12, 22))  # 31 days on
    ask(ada, cohort)
    enroll(ada, course)
    clock(NOON + timedelta(days=moved_on))

    with transaction():
        values = {"name": "Later", "starts_on": date(2027, 2, 1), "places": 1}
        change_cohort(find_cohort(cohort), values, ada.id)

    place = place_of(ada.id, course.id)
    assert place
    assert place.stays_open is stays_open


@pytest.mark.parametrize("window", [{"opens_on": date(2026, 11, 22)}, {"closes_on": date(2026, 11, 20)}])
def test_outside_its_days_a_group_takes_nobody(app: Flask, clock: Clock, window: dict[str, date]) -> None:
    cohort = make_cohort(make_course(), **window)

    with pytest.raises(Conflict, match="takes nobody"):
        ask(make_user(), cohort)


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "leave", "enroll", "end", "pass"]), st.integers(0, 3), st.integers(0, 1)
    ),
    max_size=14,
)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_places_and_lines_always_agree(app: Flask, clock: Clock, deeds: list[tuple[str, int, int]]) -> None:
    clock(NOON)
    course, people = make_course(), [make_user() for _ in range(4)]
    cohorts = [make_cohort(course), make_cohort(course, places=2)]
    moment = NOON
    for deed, who, which in deeds:
        person, moment = people[who], moment + timedelta(minutes=1)
        clock(moment)
        try:
            if deed == "ask":
                ask(person, cohorts[which])
            elif deed == "leave" and state(person, course):
                give_up(person, course)
            elif deed == "enroll":
                enroll(person, course)
            elif deed == "end":
                with transaction():
                    end_access(person.id, course.id, EndReason.CANCELLED)
            elif deed == "pass":
                moment += timedelta(days=3)
                clock(moment)
                hourly()
        except Conflict:
            pass
        _agree(cohorts)


def _agree(cohorts: list[int]) -> None:
    db.session.rollback()
    for cohort in map(find_cohort, cohorts):
        counted = select(func.count(CohortPlace.id)).where(CohortPlace.cohort_id == cohort.id)
        inside = db.session.scalar(
            counted.where(CohortPlace.state.in_([each for each in PlaceState if each.counts]))
        )
        waiting = db.session.scalar(counted.where(CohortPlace.state == S.WAITING))
        assert cohort.taken == inside
        assert cohort.places is not None
        assert not waiting or cohort.taken == cohort.places, "a place is free while somebody waits"
