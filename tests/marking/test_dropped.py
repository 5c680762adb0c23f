"""A question that a person marks is dropped: its works leave the queue, and no pass is lost. On both databases."""

import pytest
from flask import Flask

from core.database import db, transaction
from core.errors import Conflict, NotFound
from core.web import Reader
from marking import judging, pages, queue, services
from marking.judging import Judgement
from marking.services import Marker
from quizzes.models import Attempt, AttemptItem, Question
from quizzes.reads import asked
from quizzes.regrading import services as regrading
from quizzes.regrading.rules import Cause
from quizzes.regrading.running import carry_on
from quizzes.saving import Given
from tests import factories
from tests.marking.bench import FULL, Bench
from tests.quizzes.visiting import words
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
        self.tutor = factories.make_user("", "Tea", "instructor")
        factories.teach(self.tutor, self.course)
        self.marker = Marker(self.tutor.id, False)
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


@pytest.mark.parametrize("cause", list(Cause))
def test_the_question_of_an_assignment_is_not_regraded(bench: Bench, cause: Cause) -> None:
    attempt = bench.handed_in()
    revision = bench.quiz.content["revision"]

    with pytest.raises(Conflict, match="take its step out of the course"), transaction():
        regrading.begin(asked(revision).question.id, cause, revision, "It asked nothing.", bench.tutor.id)

    bench.claim_and_give(bench.first, attempt, FULL)
    assert bench.start() != attempt


def test_an_author_reads_what_nobody_marks_any_more(app: Flask) -> None:
    desk = Desk(2)
    author = factories.sign_in(app.test_client(), desk.user)
    assert [work.state for work in pages.works_of(desk.user.id)] == ["Handed in"]

    drop("written", desk.marker.user_id)

    assert pages.works_of(desk.user.id) == []
    page = words(author.get(f"/attempts/{desk.attempt}/marks").text)
    assert "Not marked" in page
    assert "Its question was dropped, so nobody marks it" in page
    assert "Because." in page


def test_an_essay_that_was_marked_and_then_dropped_is_still_read_by_its_author(app: Flask) -> None:
    desk = Desk(2)
    desk.claim()
    with transaction():
        judging.give_mark(
            desk.marker, desk.attempt, Judgement({2: [1, 0]}, {2: ["Look again.", ""]}, "Told.")
        )
    drop("written", desk.marker.user_id)
    author = factories.sign_in(app.test_client(), desk.user)

    assert f"/attempts/{desk.attempt}/marks" in author.get(f"/attempts/{desk.attempt}").text
    page = words(author.get(f"/attempts/{desk.attempt}/marks").text)
    assert "Because." in page
    assert "Look again." in page
    assert "This question was dropped, so your answer counts for nothing" in page
    assert "1 of 2 points" not in page
    assert "1 of 3 points" in page  # what is left of the attempt


def test_a_work_of_which_all_was_dropped_tells_no_points_of_none(app: Flask) -> None:
    desk = Desk(2)
    desk.claim()
    desk.give({2: [1, 1]})
    for question in ("told", "written", "more"):
        drop(question, desk.marker.user_id)

    page = words(factories.sign_in(app.test_client(), desk.user).get(f"/attempts/{desk.attempt}/marks").text)
    assert "Nothing of it counts any more; your pass stays" in page
    assert "0 of 0" not in page
    assert "Because." in page
    tutor = factories.sign_in(app.test_client(), desk.tutor)
    assert "Its question was dropped since" in words(tutor.get(f"/studio/marking/{desk.attempt}").text)


def test_an_essay_that_was_dropped_before_it_was_handed_in_has_no_page_of_marks(app: Flask) -> None:
    desk = Desk(2)
    drop("written", desk.marker.user_id)
    again = desk.start()  # It asks no essay any more, and one that was begun before would hold it.
    with transaction() as session:
        item = session.get_one(AttemptItem, (again, 2))
        item.revision_id = session.get_one(AttemptItem, (desk.attempt, 2)).revision_id
    desk.save(again, Given(2, {"text": ["Because."]}, False))
    desk.submit(again)
    author = factories.sign_in(app.test_client(), desk.user)

    assert f"/attempts/{again}/marks" not in author.get(f"/attempts/{again}").text
