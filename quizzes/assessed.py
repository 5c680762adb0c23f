"""What a certificate says of quizzes and cases: how many questions of which kinds, and the pass mark."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from certificates.rules import Assessment
from certificates.services import Content
from core.database import db
from quizzes.models import Question, QuestionRevision, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.services import count_of, dropped_questions

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
    dropped = dropped_questions()
    kinds = _kinds({question for quiz in quizzes for question in quiz.pool})
    in_order = sorted(quizzes, key=lambda quiz: bodies.index(quiz.name))
    return Content(assessments=tuple(_assessment(quiz, kinds, dropped) for quiz in in_order))


def _assessment(quiz: Quiz, kinds: Mapping[str, str], dropped: Collection[str]) -> Assessment:
    settings = QuizSettings.from_json(quiz.settings)
    if quiz.kind == QuizKind.ASSIGNMENT:  # Its one "question" is the brief.
        return Assessment(quiz.title, quiz.kind, 0, settings.pass_mark)
    asked = {kinds[question] for question in quiz.pool if question in kinds}
    formats = tuple(words for kind, words in FORMATS.items() if kind in asked)
    return Assessment(quiz.title, quiz.kind, count_of(quiz, dropped), settings.pass_mark, formats)


def _kinds(pool: Collection[str]) -> dict[str, str]:
    """The kind of each of these questions that is asked, without those that were dropped."""
    query = (
        select(Question.id, QuestionRevision.content["kind"].as_string())
        .join(QuestionRevision, Question.revision_id == QuestionRevision.id)
        .where(Question.id.in_(pool), Question.withdrawn_at.is_(None))
    )
    return dict(db.session.execute(query).all())
