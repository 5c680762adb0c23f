"""Finding works: by their authors, by those who mark them. What is not found does not exist for the one who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, true

from accounts.models import User, UserRole
from accounts.rules import Role
from core.database import db, insert_once
from core.errors import NotFound
from core.web import ADMIN, Reader
from courses.models import CourseInstructor
from courses.roles import Deed, roles_with
from marking.models import Mark, Work, WorkVersion
from marking.rules import IN_THE_QUEUE, WorkState
from quizzes import rules
from quizzes.closing import PersonNeeded
from quizzes.models import Attempt, AttemptItem
from quizzes.reads import Asked, asked

NO_WORK = "There is no such work. The queue lists what waits to be marked."
# What a person is to mark has no points yet. Where all of that was dropped it has them, and its work leaves the queue.
UNMARKED = Attempt.points_num.is_(None)
MARKING = CourseInstructor.role.in_(roles_with(Deed.MARK))
NO_OWN_WORK = "You have no work at this address. Your courses list what you began."


@dataclass(frozen=True)
class Marker:
    """Somebody who marks: in their own courses, or everywhere."""

    user_id: int
    is_admin: bool

    @classmethod
    def of(cls, reader: Reader) -> "Marker":
        return cls(reader.user_id, ADMIN in reader.roles)


def queue_up(news: PersonNeeded) -> None:
    """An attempt waits for a person: it enters the queue. An assignment's work is known already."""
    row = {
        "attempt_id": news.attempt_id, "course_id": news.course_id, "state": WorkState.WAITING, "rounds": 0,
        "note": "", "handed_in_at": news.at, "reason": "",
    }  # fmt: skip
    insert_once(Work, row, ("attempt_id",))


def own_work(user_id: int, attempt_id: str, *, locked: bool = False) -> Work:
    """The work, if it is this person's. Raises NotFound for any other."""
    query = select(Work).join(Attempt).where(Work.attempt_id == attempt_id, Attempt.user_id == user_id)
    return _only(query, locked, NO_OWN_WORK)


def work_to_mark(marker: Marker, attempt_id: str, *, locked: bool = False) -> Work:
    """The work, if this person may mark it. Raises NotFound for any other, for one of their own, and for a draft,
    which is its author's alone."""
    query = select(Work).join(Attempt).where(Work.attempt_id == attempt_id, in_reach(marker))
    query = query.where(Work.state != WorkState.DRAFT)
    return _only(query, locked, NO_WORK)


def in_reach(marker: Marker) -> ColumnElement[bool]:
    """Of works joined with their attempts, those that this person may mark."""
    is_there = or_(Work.state.not_in(IN_THE_QUEUE), UNMARKED)
    return marks_here(marker, Work.course_id) & (Attempt.user_id != marker.user_id) & is_there


def marks_here(marker: Marker, course_id: object) -> ColumnElement[bool]:
    """Whether the course in this column is one in which the person marks; an admin marks in all."""
    if marker.is_admin:
        return true()
    taught = select(CourseInstructor.course_id).where(CourseInstructor.user_id == marker.user_id, MARKING)
    column: ColumnElement[int] = course_id  # type: ignore[assignment]
    return column.in_(taught)


def markers_of(course_id: int) -> list[User]:
    """Who may mark works of this course, by name: who has such a role in it, and the admins."""
    teaching = select(CourseInstructor.user_id).where(CourseInstructor.course_id == course_id, MARKING)
    admins = select(UserRole.user_id).where(UserRole.role == Role.ADMIN)
    query = select(User).where(User.active.is_(True), or_(User.id.in_(teaching), User.id.in_(admins)))
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def versions_of(attempt_id: str) -> list[WorkVersion]:
    """The versions that were handed in, the first one first."""
    query = select(WorkVersion).filter_by(attempt_id=attempt_id).order_by(WorkVersion.number)
    return list(db.session.scalars(query))


def marks_of(work: Work, version: int) -> dict[int, Mark]:
    """The marks of one version, drafts among them, by their places."""
    query = select(Mark).filter_by(attempt_id=work.attempt_id, version=version)
    return {mark.place: mark for mark in db.session.scalars(query)}


def items_to_mark(attempt_id: str) -> Sequence[AttemptItem]:
    """The answers of an attempt that a person marks, in order; not those whose question was dropped."""
    return [item for item in items_for_people(attempt_id) if not item.dropped]


def items_for_people(attempt_id: str) -> Sequence[AttemptItem]:
    """The answers that were written for a person, in order, also to questions that were dropped since."""
    query = select(AttemptItem).filter_by(attempt_id=attempt_id).order_by(AttemptItem.position)
    return [item for item in db.session.scalars(query) if _is_for_people(item)]


def question_of(attempt_id: str) -> Asked:
    """The only question of an assignment's attempt."""
    query = select(AttemptItem.revision_id).filter_by(attempt_id=attempt_id).order_by(AttemptItem.position)
    revision_id = db.session.scalars(query).first()
    if revision_id is None:
        raise NotFound(NO_WORK)
    return asked(revision_id)


def work_under_way(user_id: int, quiz_id: int) -> Work | None:
    """The work of this person in this assignment that is being marked now."""
    query = select(Work).join(Attempt).where(
        Attempt.user_id == user_id, Attempt.quiz_id == quiz_id, Work.state.in_(IN_THE_QUEUE)
    )  # fmt: skip
    return db.session.scalars(query).first()


def _is_for_people(item: AttemptItem) -> bool:
    return rules.grade(asked(item.revision_id).question, item.answer).pending


def _only(query: Select[Work], locked: bool, sentence: str) -> Work:
    if locked:
        query = query.with_for_update(of=Work).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(sentence)
    return found
