"""A course with an assignment, its learner and its markers: what tests of marking stand on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import select

from core.database import db, transaction
from marking import drafts, judging, uploads
from marking.files import Brought
from marking.judging import Judgement
from marking.models import Mark, Work, WorkFile
from marking.services import Marker
from quizzes import reads, saving, services
from quizzes.models import Attempt, AttemptItem
from quizzes.saving import Given
from tests import factories

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXT = "# My plan\n\nI name every flag, with its time."
FULL = [2, 2, 2, 2, 2]  # ten points; eight pass
CLOSE = [2, 2, 2, 1, 1]  # eight points, the pass mark itself
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Bench:
    """One learner, an assignment of ten points, two instructors and an admin."""

    def __init__(self, **settings: Any) -> None:
        self.course = factories.make_course(modules=("lesson quiz",))
        self.step = factories.steps_of(self.course)[1]
        self.quiz = factories.make_assignment(self.step, **settings)
        self.user = factories.make_user(name="Ada Learner")
        factories.enroll(self.user, self.course)
        self.tutor, self.other = (factories.make_user("", name, "instructor") for name in ("Tea", "Tom"))
        for teacher in (self.tutor, self.other):
            factories.teach(teacher, self.course)
        self.first, self.second = Marker(self.tutor.id, False), Marker(self.other.id, False)

    def start(self) -> str:
        with transaction():
            quiz = services.find_quiz(self.quiz.name)
            return drafts.start(self.user.id, quiz, self.step.id, Random(1)).id

    def write(self, attempt: str, text: str = TEXT) -> None:
        with transaction():
            saving.save(self.user.id, attempt, [Given(1, {"text": [text]}, False)])

    def hand_in(self, attempt: str) -> None:
        with transaction():
            drafts.hand_in(self.user.id, attempt, True)

    def erase(self, attempt: str) -> None:
        with transaction():
            drafts.erase(self.user.id, attempt, Random(2))

    def handed_in(self, text: str = TEXT) -> str:
        attempt = self.start()
        self.write(attempt, text)
        self.hand_in(attempt)
        return attempt

    def claim(self, marker: Marker, attempt: str) -> None:
        with transaction():
            judging.claim(marker, attempt)

    def give(self, marker: Marker, attempt: str, levels: list[int | None], words: str = "Good.") -> None:
        with transaction():
            judging.give_mark(marker, attempt, judgement(levels, words))

    def claim_and_give(self, marker: Marker, attempt: str, levels: list[int | None]) -> None:
        self.claim(marker, attempt)
        self.give(marker, attempt, levels)

    def send_back(self, marker: Marker, attempt: str, words: str = "Name the speed.") -> None:
        with transaction():
            judging.return_work(marker, attempt, judgement([0, None, None, None, None], words))

    def agree(
        self, marker: Marker, attempt: str, place: int, reason: str = "It reads the plan closer."
    ) -> None:
        with transaction():
            judging.agree(marker, attempt, place, reason)

    def bring(self, attempt: str, name: str = "plan.pdf") -> int:
        brought = Brought(name, "application/pdf", PDF)
        with transaction():
            key = uploads.announce(1, brought)
        uploads.store(key, brought.data)
        with transaction():
            return uploads.keep(self.user.id, attempt, 1, key).id

    def work(self, attempt: str) -> Work:
        db.session.rollback()
        work = db.session.get_one(Work, attempt, populate_existing=True)
        db.session.expunge(work)
        db.session.rollback()
        return work

    def draft(self, attempt: str) -> str:
        db.session.rollback()
        return drafts.draft_text(db.session.get_one(AttemptItem, (attempt, 1), populate_existing=True))

    def head(self, attempt: str) -> reads.AttemptHead:
        return reads.attempt_head(attempt, self.user.id)

    def attempts(self) -> list[Attempt]:
        db.session.rollback()
        return list(db.session.scalars(select(Attempt).filter_by(user_id=self.user.id)))

    def marks(self, attempt: str) -> list[Mark]:
        db.session.rollback()
        return list(db.session.scalars(select(Mark).filter_by(attempt_id=attempt).order_by(Mark.id)))

    def files(self) -> list[WorkFile]:
        db.session.rollback()
        return list(db.session.scalars(select(WorkFile).order_by(WorkFile.id)))


def one_of(deeds: Iterator[Callable[[], None]]) -> None:
    """The next deed, done by the thread that asks."""
    next(deeds)()


def judgement(levels: list[int | None], words: str = "") -> Judgement:
    return Judgement({1: levels}, {1: ["Look again.", "", "", "", ""]}, words)
