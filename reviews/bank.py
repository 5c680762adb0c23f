"""What may come back: questions of quizzes that are taught now and show their key to learners, and terms."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select, update

from core.clock import now
from core.config import current_config
from core.database import db
from courses.models import Step
from quizzes.kinds import QUESTION_KINDS
from quizzes.models import Question, Quiz
from quizzes.questions import Question as Content
from quizzes.quiz_settings import FeedbackWhen, QuizSettings
from quizzes.services import dropped_questions
from reviews.models import ReviewCard
from reviews.rules import Kind
from sources.models import Term

_asked: dict[str, tuple[frozenset[tuple[Any, ...]], frozenset[str]]] = {}  # by database: editions and ids


def askable() -> frozenset[str]:
    """The ids of questions that a course asks now, without dropped ones and those of a quiz that never shows its key.

    A baseline shows no key either, but it asks what the quiz after it explains. What is asked is kept in memory until
    a publication changes a quiz, takes one out or brings one in.
    """
    editions = frozenset(_rows(Quiz.id, Quiz.revision))
    key = current_config().database_url
    kept = _asked.get(key)
    if kept is None or kept[0] != editions:
        kept = _asked[key] = (editions, _read_asked())
    return kept[1] - dropped_questions()


def _read_asked() -> frozenset[str]:
    asked, secret = set[str](), set[str]()
    for stored, pool in _rows(Quiz.settings, Quiz.pool):
        settings = QuizSettings.from_json(stored)
        asked |= {*settings.items, *pool}
        if settings.feedback == FeedbackWhen.NEVER and not settings.baseline:
            secret |= {*settings.items, *pool}
    return frozenset(asked - secret)


def _rows(*columns: Any) -> Iterator[tuple[Any, ...]]:
    """These columns of the quizzes that are taught now."""
    taught = select(Step.body).where(Step.kind == "quiz", Step.retired_at.is_(None))
    return (tuple(row) for row in db.session.execute(select(*columns).where(Quiz.name.in_(taught))))


def is_markable(question: Content) -> bool:
    """Whether a machine can mark it: an essay or a file does not come back."""
    return QUESTION_KINDS[question.kind].machine_marked


def revisions(question_ids: Iterable[str]) -> list[int]:
    """The revisions that these questions ask now; one that is not published is left out."""
    query = select(Question.revision_id).where(Question.id.in_(list(question_ids)))
    return [revision for revision in db.session.scalars(query) if revision is not None]


def known_terms(slugs: Iterable[str]) -> list[str]:
    """Those of the terms that the glossary has, in the order given."""
    wanted = list(slugs)
    found = set(db.session.scalars(select(Term.slug).where(Term.slug.in_(wanted))))
    return [slug for slug in wanted if slug in found]


def settle() -> None:
    """After a publication: cards whose question or term left the bundle leave, those whose came back are back.

    It reads what the publication wrote, and keeps nothing of it in memory, since it may yet be rolled back.
    """
    questions, terms = _read_asked() - dropped_questions(), set(db.session.scalars(select(Term.slug)))
    for kind, subjects in ((Kind.QUESTION, questions), (Kind.TERM, terms)):
        of_kind = update(ReviewCard).where(ReviewCard.kind == kind)
        there = ReviewCard.subject.in_(sorted(subjects))
        db.session.execute(of_kind.where(ReviewCard.left_at.is_(None), ~there).values(left_at=now()))
        db.session.execute(of_kind.where(ReviewCard.left_at.is_not(None), there).values(left_at=None))
