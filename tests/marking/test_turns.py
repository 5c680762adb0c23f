"""Granting and ending beside submissions, what may be granted at all, and what a second press finds."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import reads as hot
from core.clock import now
from core.database import db, transaction
from core.errors import Conflict
from courses.models import Step
from marking import uploads
from marking.allowances import services
from marking.allowances.services import Change
from marking.files import Brought
from marking.services import Marker
from progress.services import complete_step
from quizzes import answering, closing
from quizzes.cases.services import start as start_case
from quizzes.models import Accommodation, Attempt, AttemptItem, AttemptRequest
from quizzes.rules import AttemptState
from quizzes.services import find_quiz
from tests import factories
from tests.marking.bench import PDF, Bench
from tests.quizzes.world import World, count_of

FILE_FIRST = """## one {file points=2}
Bring it.

- A point

## two {choice}
Which?

- [x] This
- [ ] That
"""


class Course(World):
    """A learner, a quiz, and an instructor of the course."""

    def __init__(self, *text: str, **settings: Any) -> None:
        super().__init__(*text, **settings)
        tutor = factories.make_user("", "Tea Teacher", "instructor")
        factories.teach(tutor, self.course)
        self.marker = Marker(tutor.id, False)
        self.tutor = tutor

    def change(self, **changed: object) -> int:
        with transaction():
            wanted = Change(**changed)  # type: ignore[arg-type]
            return services.change(self.marker, self.user.id, self.course.id, self.quiz.id, wanted).id

    def wish(self) -> int:
        """A question for another attempt, as it stands in the table."""
        with transaction() as session:
            row = AttemptRequest(
                user_id=self.user.id, quiz_id=self.quiz.id, step_id=self.step.id, reason="I was ill.",
                state="open", asked_at=now(), answer="",
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def grant(self, request: int) -> None:
        with transaction():
            services.answer(self.marker, request, True, "")

    def extra(self) -> int:
        db.session.rollback()
        return db.session.scalars(select(Accommodation.extra_attempts)).one()


class Played(Course):
    """A case where the quiz was."""

    def __init__(self) -> None:
        self.course = factories.make_course(modules=("lesson quiz",))
        self.step = factories.steps_of(self.course)[1]
        self.quiz = factories.make_case(self.step, attempts=1)
        self.user, self.tutor = factories.make_user(), factories.make_user("", "Tea Teacher", "instructor")
        factories.enroll(self.user, self.course)
        factories.teach(self.tutor, self.course)
        self.marker = Marker(self.tutor.id, False)


# ---- what may be granted


def test_another_attempt_at_a_case_is_granted(app: Flask) -> None:
    course = Played()
    with transaction():
        play = start_case(course.user.id, find_quiz(course.quiz.name), course.step.id)
        play.state, play.submitted_at = AttemptState.SUBMITTED, now()

    course.grant(course.wish())

    assert course.extra() == 1


def test_another_attempt_is_granted_at_a_step_that_was_taken_out(app: Flask) -> None:
    course = Course(attempts=1)
    course.submit(course.start())
    request = course.wish()
    with transaction() as session:
        session.get_one(Step, course.step.id).retired_at = now()

    course.grant(request)

    assert course.extra() == 1


def test_more_attempts_than_the_most_are_refused_with_a_sentence(app: Flask) -> None:
    course = Course(attempts=1)
    course.change(extra_attempts=100)
    request = course.wish()

    with pytest.raises(Conflict, match="Refuse with a sentence"):
        course.grant(request)

    assert course.extra() == 100
    assert count_of(AttemptRequest, state="open") == 1


# ---- turns


@pytest.mark.parametrize("deed", ["change", "end"])
def test_a_submission_and_a_change_at_once_wait_for_each_other_and_both_hold(
    app: Flask, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    course = Course(pass_mark=50, time_limit=30)
    attempt = course.start()
    course.answer_right(attempt, 2)
    row = course.change(extra_time=50)
    db.session.rollback()
    monkeypatch.setattr(closing, "complete_step", _after_a_while(complete_step))
    monkeypatch.setattr(services, "_move_deadlines", _after_a_while(services._move_deadlines))
    course_id, user_id, quiz_id = course.course.id, course.user.id, course.quiz.id
    wanted: dict[str, Callable[[], object]] = {
        "change": lambda: services.change(course.marker, user_id, course_id, quiz_id, Change(80)),
        "end": lambda: services.end(course.marker, course_id, row),
    }

    failed = _both(app, lambda: closing.submit(user_id, attempt), wanted[deed])

    assert failed == []
    assert course.head(attempt).passed is True


def _after_a_while(real: Callable[..., object]) -> Callable[..., object]:
    """The deed, begun once both are in it; where one waits for the other that has locked, it goes on alone."""

    def held(*given: object) -> object:
        with suppress(threading.BrokenBarrierError):
            GATE.wait(timeout=1)
        return real(*given)

    return held


GATE = threading.Barrier(2)


def _both(app: Flask, *deeds: Callable[[], object]) -> list[str]:
    """What failed of two deeds that are done at once."""
    GATE.reset()
    failed: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            try:
                with transaction():
                    deed()
            except Exception as error:
                failed.append(f"{type(error).__name__} {error}")
            finally:
                db.session.remove()
                hot.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


# ---- pressed twice


def test_an_accommodation_that_is_ended_twice_leads_back_to_the_list(app: Flask) -> None:
    course = Course()
    desk = f"/studio/courses/{course.course.slug}/accommodations"
    row = course.change(extra_time=50)
    browser = factories.sign_in(app.test_client(), course.tutor)

    pressed = [factories.post(browser, f"{desk}/{row}/end") for _ in range(2)]

    assert [(each.status_code, each.location) for each in pressed] == [(303, desk)] * 2


def test_a_file_that_is_removed_twice_leads_back_to_the_work(app: Flask) -> None:
    bench = Bench()
    attempt = bench.start()
    file = bench.bring(attempt)
    browser = factories.sign_in(app.test_client(), bench.user)

    pressed = [factories.post(browser, f"/attempts/{attempt}/files/{file}/remove") for _ in range(2)]

    assert [each.status_code for each in pressed] == [303, 303]
    assert browser.get(pressed[1].location).status_code == 200


# ---- what stays


def test_a_file_of_a_question_that_was_left_stays(app: Flask) -> None:
    world = World(FILE_FIRST, back=False, view="one", shuffle="none")
    attempt = world.start()
    file = _bring(world, attempt)
    with transaction():
        answering.leave(world.user.id, attempt, 1)

    with pytest.raises(Conflict, match="forward only"), transaction():
        uploads.take_out(world.user.id, attempt, file)


def test_a_file_of_a_final_answer_stays(app: Flask) -> None:
    world = World(FILE_FIRST, shuffle="none")
    attempt = world.start()
    file = _bring(world, attempt)
    with transaction() as session:
        session.get_one(AttemptItem, (attempt, 1)).final_at = now()

    with pytest.raises(Conflict, match="final"), transaction():
        uploads.take_out(world.user.id, attempt, file)
    assert count_of(Attempt, state="open") == 1


def _bring(world: World, attempt: str) -> int:
    with transaction():
        key = uploads.announce(1, Brought("p.pdf", "application/pdf", PDF))
    uploads.store(key, PDF)
    with transaction():
        return uploads.keep(world.user.id, attempt, 1, key).id
