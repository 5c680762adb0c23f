"""Quizzes and their questions."""

from typing import Any

from core.database import db, transaction
from tests.factories.rows import detached


def make_quiz(step: Any, text: str, **settings: Any) -> Any:
    """The quiz of a course's step, its questions read from Markdown; `settings` are of QuizSettings. Detached."""
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings
    from quizzes.quiz_text import parse_questions

    questions, problems = parse_questions(text, f"courses/{step.body}.md")
    assert not problems, problems
    chosen = QuizSettings(**{"title": "What you remember", **settings})
    with transaction() as session:
        for question in questions:
            publish_question(question, f"courses/{step.body}.md")
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[question.id for question in questions], content={}, minutes=10, revision=1,
        )  # fmt: skip
        session.add(quiz)
    return detached(quiz)


def publish_question(question: Any, file: str = "courses/any/quizzes/any.md") -> int:
    """One more revision of a question, inside the caller's transaction; it is what the question asks from now on."""
    from markupsafe import escape
    from sqlalchemy import func, select

    from core.clock import now
    from quizzes.models import Question, QuestionRevision

    row = db.session.get(Question, question.id) or Question(id=question.id, file=file, revision_id=None)
    db.session.add(row)
    db.session.flush()
    counted = select(func.count()).select_from(QuestionRevision).filter_by(question_id=question.id)
    revision = QuestionRevision(
        question_id=question.id, number=(db.session.scalar(counted) or 0) + 1, content=question.to_json(),
        html={text: f"<p>{escape(text)}</p>" for text in question.markdown()}, published_at=now(),
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    row.revision_id = revision.id
    db.session.flush()
    return revision.id
