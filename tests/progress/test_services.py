"""The ledger: whatever is clicked, however often and from wherever, a step, a course and a certificate once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from certificates.models import Certificate
from core import events
from core.clock import now
from core.database import Base, db, transaction
from core.errors import NotFound
from courses.models import Course, Module, Step
from enrollment.services import find_enrollment
from progress.models import CourseCompletion, ReadingPlace, StepCompletion
from progress.reads import learner_in
from progress.services import (
    StepCompleted,
    complete_step,
    done_steps,
    remember_place,
    required_steps,
)
from tests.conftest import NOON, Clock
from tests.crowd import at_once
from tests.factories import add_step, complete, enroll, mails, make_course, make_user, steps_of


def find_completion(user_id: int, course_id: int, cycle: int = 1) -> CourseCompletion | None:
    """The dated fact that the course was completed, if it was."""
    return db.session.scalar(
        select(CourseCompletion).filter_by(user_id=user_id, course_id=course_id, cycle=cycle)
    )


def count(model: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_step_is_completed_once(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course()
    step = steps_of(course)[0]
    with transaction():
        first = complete_step(person.id, step)
    clock(NOON + timedelta(days=1))
    with transaction():
        second = complete_step(person.id, step)

    assert (first, second) == (True, False)
    assert [row.completed_at for row in db.session.scalars(select(StepCompletion))] == [NOON]


def test_the_last_required_step_completes_the_course_at_its_moment(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course(modules=("lesson [lesson] lesson",), revision=7)
    first, _, last = steps_of(course)
    complete(person, first)
    assert find_completion(person.id, course.id) is None
    clock(NOON + timedelta(days=3))

    complete(person, last)

    fact = find_completion(person.id, course.id)
    assert fact is not None
    assert (fact.completed_at, fact.course_revision, fact.cycle) == (NOON + timedelta(days=3), 7, 1)


def test_twenty_clicks_at_once_make_one_of_each(app: Flask) -> None:
    """V5, V8: one ledger row, one completion, one certificate, one mail."""
    person, course = make_user("ada@example.org"), make_course(modules=("lesson",))
    step = steps_of(course)[0]

    def click(_: int) -> bool:
        with transaction():
            return complete_step(person.id, step)

    answers = at_once(app, 20, click)

    assert sorted(answers) == [False] * 19 + [True]
    assert [count(model) for model in (StepCompletion, CourseCompletion, Certificate)] == [1, 1, 1]
    assert [mail.kind for mail in mails("ada@example.org")] == ["certificate_issued"]


def test_the_last_two_steps_on_two_devices_at_once_complete_the_course(app: Flask) -> None:
    """Neither device sees the other's step yet; the course must still be completed by one of them."""
    for _ in range(5):
        person, course = make_user(), make_course(modules=("lesson lesson lesson lesson",))
        steps = steps_of(course)

        def finish(i: int, person: object = person, steps: list[Step] = steps) -> bool:
            with transaction():
                return complete_step(person.id, steps[i])  # type: ignore[attr-defined]

        assert at_once(app, 4, finish) == [True] * 4
        db.session.rollback()
        assert find_completion(person.id, course.id) is not None
    assert count(Certificate) == 5


def test_a_failing_listener_rolls_the_step_back(app: Flask) -> None:
    person, course = make_user(), make_course()
    step = steps_of(course)[0]

    def fail(_: StepCompleted) -> None:
        raise RuntimeError("no paper")

    events.subscribe(StepCompleted, fail)
    try:
        with pytest.raises(RuntimeError, match="no paper"):
            complete(person, step)
    finally:
        events._handlers[StepCompleted].remove(fail)

    assert [count(model) for model in (StepCompletion, CourseCompletion, Certificate)] == [0, 0, 0]


def test_a_step_added_later_never_undoes_the_completion(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course(modules=("lesson",))
    complete(person, *steps_of(course))
    clock(NOON + timedelta(days=1))
    with transaction() as session:
        added = add_step(course, session.scalars(select(Module)).one(), "lesson")
        added_id = added.id

    learner = learner_in(course.slug, person.id)
    assert learner.completed_at == NOON
    assert required_steps(course.id) > done_steps(person.id, course.id)

    complete(person, steps_of(course)[1])
    assert count(CourseCompletion) == 1
    assert count(Certificate) == 1
    assert added_id in learner_in(course.slug, person.id).done


def test_a_retired_step_is_not_required_and_its_record_stays(app: Flask) -> None:
    person, course = make_user(), make_course(modules=("lesson lesson lesson lesson",))
    first, gone, never, last = steps_of(course)
    complete(person, first, gone)
    with transaction() as session:
        session.execute(update(Step).where(Step.id.in_([gone.id, never.id])).values(retired_at=now()))
        session.execute(update(Course).values(version=2))

    complete(person, last)

    assert find_completion(person.id, course.id) is not None
    assert done_steps(person.id, course.id) == {first.id, gone.id, last.id}


def test_two_learners_have_two_ledgers(app: Flask) -> None:
    """V3"""
    one, other, course = make_user(), make_user(), make_course(modules=("lesson lesson",))
    first, second = steps_of(course)
    complete(one, first)
    complete(other, second)

    assert done_steps(one.id, course.id) == {first.id}
    assert done_steps(other.id, course.id) == {second.id}
    assert find_completion(one.id, course.id) is None


def test_the_newest_place_is_kept(app: Flask) -> None:
    person, course = make_user(), make_course()
    first, second = steps_of(course)
    for step, heading in ((first, "a"), (second, "x" * 999), (second, "b")):
        with transaction():
            remember_place(person.id, step, heading)

    learner = learner_in(course.slug, person.id)
    assert (learner.place, learner.heading) == (second.id, "b")
    assert count(ReadingPlace) == 1


def test_two_tabs_that_open_at_once_keep_one_place(app: Flask) -> None:
    person, course = make_user(), make_course()
    step = steps_of(course)[0]

    def open_tab(i: int) -> None:
        with transaction():
            remember_place(person.id, step, f"h{i}")

    assert at_once(app, 10, open_tab) == [None] * 10
    assert count(ReadingPlace) == 1


def test_a_learner_of_a_course_is_known_by_one_read(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course(modules=("lesson lesson",), order="strict")
    step = steps_of(course)[0]
    enroll(person, course)
    complete(person, step)

    learner = learner_in(course.slug, person.id)

    assert (learner.enrollment, learner.order, learner.teaches) == ("active", "strict", False)
    assert learner.done == {step.id}
    assert (learner.place, learner.heading, learner.seen_at, learner.completed_at) == (None, "", None, None)


def test_a_course_that_is_not_there_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        learner_in("none", 1)


def test_an_enrollment_knows_that_its_course_was_finished(app: Flask) -> None:
    course, ada, bea = make_course("one"), make_user(), make_user()
    enroll(ada, course)
    enroll(bea, course)
    complete(ada, *steps_of(course))

    assert [is_finished(person, course) for person in (ada, bea)] == [True, False]


def test_who_returns_to_a_finished_course_has_finished_it(app: Flask) -> None:
    course, ada = make_course("one"), make_user()
    complete(ada, *steps_of(course))

    enroll(ada, course)

    assert is_finished(ada, course)


def is_finished(person: Any, course: Any) -> bool:
    found = find_enrollment(person.id, course.id)
    assert found
    return found.is_finished
