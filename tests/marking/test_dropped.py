"""A question that a person marks is dropped: its works leave the queue, and no pass is lost. On both databases."""

import pytest
from flask import Flask

from core.database import db, transaction
from core.errors import Conflict, NotFound
from core.web import Reader
from marking import judging, pages, queue, services
from marking.judging import Judgement
from marking.rules import WorkState
from marking.services import Marker
from quizzes.models import Attempt, Question
from quizzes.regrading import services as regrading
from quizzes.regrading.rules import Cause
from quizzes.regrading.running import carry_on
from quizzes.saving import Given
from tests import factories
from tests.marking.bench import FULL, Bench
from tests.quizzes.world import World

WRITTEN = """## told {choice}
Which?

- [x] This
- [ ] That

## written {essay points=2}
Why?

- A reason
- Another

## more {essay points=2}
And why else?

- A reason
- Another
"""
ADA = Reader(1, 1, "Ada", "ada@example.org", frozenset(), "Europe/Berlin", "en")


class Desk(World):
    """A learner who told one thing rightly and wrote on one or two more, and their marker."""

    def __init__(self, *written: int) -> None:
        super().__init__(WRITTEN, pass_mark=60, shuffle="none")
        tutor = factories.make_user("", "Tea", "instructor")
        factories.teach(tutor, self.course)
        self.marker = Marker(tutor.id, False)
        self.attempt = self.start()
        told = [Given(position, {"text": ["Because."]}, False) for position in written]
        self.save(self.attempt, Given(1, {"ticked": [0]}, False), *told)
        self.submit(self.attempt)

    def in_queue(self) -> list[str]:
        db.session.rollback()
        return [entry.attempt_id for entry in queue.queue_of(self.marker, ADA, "")]

    def give(self, levels: dict[int, list[int | None]]) -> None:
        with transaction():
            judging.give_mark(self.marker, self.attempt, Judgement(levels))

    def claim(self) -> None:
        with transaction():
            judging.claim(self.marker, self.attempt)


def drop(question: str, by: int) -> None:
    with transaction() as session:
        revision = session.get_one(Question, question).revision_id
        regrade = regrading.begin(question, Cause.DROPPED, revision, "It asked nothing.", by).id
    carry_on(regrade)


def test_a_work_with_nothing_left_leaves_the_queue_and_the_desk(app: Flask) -> None:
    desk = Desk(2)
    assert desk.in_queue() == [desk.attempt]

    drop("written", desk.marker.user_id)
    drop("more", desk.marker.user_id)

    assert desk.in_queue() == []
    assert queue.waiting_count(desk.marker) == 0
    with transaction(), pytest.raises(NotFound):
        services.work_to_mark(desk.marker, desk.attempt)
    assert desk.head(desk.attempt).passed


def test_a_work_with_something_left_waits_on_and_asks_for_that_alone(app: Flask) -> None:
    desk = Desk(2, 3)
    drop("written", desk.marker.user_id)
    assert desk.in_queue() == [desk.attempt]

    desk.claim()
    desk.give({3: [1, 1]})

    head = desk.head(desk.attempt)
    assert (head.points, head.possible, head.passed) == (3, 3, True)
    assert desk.items(desk.attempt)[1].score is None


def test_a_pass_that_was_given_stays_when_the_mark_comes_later(app: Flask) -> None:
    desk = Desk(3)
    desk.claim()
    with transaction() as session:
        session.get_one(Attempt, desk.attempt).passed = True  # as a regrade leaves it

    desk.give({3: [0, 0]})

    assert (desk.head(desk.attempt).points, desk.head(desk.attempt).passed) == (1, True)


@pytest.fixture
def bench(app: Flask) -> Bench:
    return Bench()


def test_an_assignment_without_its_question_waits_for_nobody(bench: Bench) -> None:
    attempt = bench.handed_in()
    drop(question_of(bench), bench.tutor.id)

    assert services.work_under_way(bench.user.id, bench.quiz.id) is None
    assert pages.works_of(bench.user.id) == []
    with pytest.raises(Conflict, match="was dropped"):
        bench.erase(attempt)
    with pytest.raises(NotFound):
        bench.claim_and_give(bench.first, attempt, FULL)
    assert bench.work(attempt).state is WorkState.WAITING


def test_its_author_reads_that_nobody_marks_it(bench: Bench, app: Flask) -> None:
    attempt = bench.handed_in()
    drop(question_of(bench), bench.tutor.id)

    page = factories.sign_in(app.test_client(), bench.user).get(f"/attempts/{attempt}").text

    assert "Its question was dropped, so nobody marks it" in page
    assert "Erase my work" not in page


def question_of(bench: Bench) -> str:
    from quizzes.reads import asked

    return asked(bench.quiz.content["revision"]).question.id
