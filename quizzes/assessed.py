"""What a certificate says of quizzes and cases: how many questions of which kinds, and the pass mark."""

from collections.abc import Sequence

from sqlalchemy import select

from certificates.rules import Assessment
from certificates.services import Content
from core.database import db
from quizzes.models import Question, QuestionRevision, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.services import question_count

FORMATS = {
    "choice": "one right answer",
    "choices": "several right answers",
    "truefalse": "true or false with reason",
    "order": "ordering",
    "match": "matching",
    "number": "number",
    "text": "short text",
    "blanks": "fill in",
    "essay": "essay",
    "file": "hand-in",
}


def tell(bodies: Sequence[str]) -> Content:
    """The assessments among the steps with these full names, in their order."""
    quizzes = db.session.scalars(select(Quiz).where(Quiz.name.in_(bodies))).all()
    return Content(
        assessments=tuple(
            _assessment(quiz) for quiz in sorted(quizzes, key=lambda quiz: bodies.index(quiz.name))
        )
    )


def _assessment(quiz: Quiz) -> Assessment:
    settings = QuizSettings.from_json(quiz.settings)
    if quiz.kind == QuizKind.ASSIGNMENT:  # Its one "question" is the brief.
        return Assessment(quiz.title, quiz.kind, 0, settings.pass_mark)
    formats = tuple(_formats(quiz.pool))
    return Assessment(quiz.title, quiz.kind, question_count(quiz), settings.pass_mark, formats)


def _formats(pool: Sequence[str]) -> list[str]:
    """The kinds of these questions in words, without those that were dropped."""
    contents = db.session.scalars(
        select(QuestionRevision.content)
        .join(Question, Question.revision_id == QuestionRevision.id)
        .where(Question.id.in_(pool), Question.withdrawn_at.is_(None))
    )
    kinds = {content["kind"] for content in contents}
    return [words for kind, words in FORMATS.items() if kind in kinds]
