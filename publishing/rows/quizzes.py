"""A bundle's quizzes and questions as rows; a question or a case gets a new revision only when what it asks or shows
changed.

A revision is never written again: attempts hold on to it, and pages keep it in memory.
"""

from typing import Any

from sqlalchemy import select

from core.clock import now
from core.database import db
from publishing.bundle import Bundle
from publishing.pools import draw_pools, pool_of
from publishing.rendering import Pages
from publishing.rows.filling import fill
from publishing.texts.quiz_files import QuizText
from quizzes.assignment_text import question_of
from quizzes.cases.case import Case
from quizzes.models import CaseRevision, QuestionRevision, Quiz
from quizzes.models import Question as QuestionRow
from quizzes.questions import Question

MINUTES_A_QUESTION = 2
WORDS_A_MINUTE = 200
PLACE_IN_FILE = ("line", "source")  # where a text stands says nothing of what it asks


def publish_questions(bundle: Bundle, pages: Pages) -> set[str]:
    """Rows and revisions of all questions that were rendered; the ids of those that changed."""
    return {
        question.id
        for question, file in bundle.questions()
        if question.id in pages.questions and _publish_question(question, file, pages.questions[question.id])
    }


def _publish_question(question: Question, file: str, html: dict[str, str]) -> bool:
    row = db.session.get(QuestionRow, question.id)
    if row is None:
        row = QuestionRow(id=question.id, file=file, revision_id=None)
        db.session.add(row)
        db.session.flush()
    row.file = file
    newest = db.session.get(QuestionRevision, row.revision_id) if row.revision_id else None
    content = question.to_json()
    if newest is not None and (_asks(newest.content), newest.html) == (_asks(content), html):
        return False
    number = newest.number + 1 if newest else 1
    revision = QuestionRevision(
        question_id=question.id, number=number, content=content, html=html, published_at=now()
    )
    db.session.add(revision)
    db.session.flush()
    row.revision_id = revision.id
    return True


def _asks(content: Any) -> Any:
    """The JSON of a question or a case without the lines and the source that it was read from."""
    if isinstance(content, list):
        return [_asks(value) for value in content]
    if isinstance(content, dict):
        return {name: _asks(value) for name, value in content.items() if name not in PLACE_IN_FILE}
    return content


def publish_quizzes(bundle: Bundle, pages: Pages, changed_questions: set[str]) -> set[str]:
    """Rows of all quizzes, cases and assignments; the full names of those that changed."""
    return {
        name for name, quiz in bundle.quizzes.items() if _publish_quiz(bundle, pages, quiz, changed_questions)
    }


def _publish_quiz(bundle: Bundle, pages: Pages, text: QuizText, changed_questions: set[str]) -> bool:
    row = db.session.scalar(select(Quiz).filter_by(name=text.name)) or Quiz(
        name=text.name, revision=0, content={}
    )
    pool = pool_of(bundle, text)
    changed = fill(
        row,
        slug=text.slug,
        title=text.settings.title,
        kind=str(text.settings.kind),
        settings=text.settings.to_json(),
        pool=pool,
        minutes=minutes_of(text),
    )
    db.session.add(row)
    db.session.flush()
    changed |= fill(row, content=_content(bundle, text, pages.texts.get(text.file), row))
    row.revision += changed
    db.session.flush()
    return changed or bool(changed_questions & set(pool))


def _content(bundle: Bundle, text: QuizText, html: dict[str, str] | None, row: Quiz) -> dict[str, Any]:
    """What is not settings: a quiz's own questions, its pools by name, the words of its objectives and the quizzes
    that are asked before it; a case's revision; an assignment."""
    if text.case is not None:
        return {"revision": _publish_case(text.case, html, row)}
    if text.assignment is not None:
        shown = row.content.get("html", {}) if html is None else html
        asked = question_of(text.name, text.assignment)
        _publish_question(asked, text.file, shown)
        revision = db.session.get_one(QuestionRow, asked.id).revision_id
        return {"assignment": text.assignment.to_json(), "html": shown, "revision": revision}
    return {
        "own": [question.id for question in text.questions],
        "pools": draw_pools(bundle, text),
        "objectives": _objectives(bundle, text),
        "baselines": [
            name
            for name, other in bundle.quizzes.items()
            if other.course == text.course and other.settings.baseline == text.slug
        ],
    }


def _objectives(bundle: Bundle, text: QuizText) -> dict[str, str]:
    """The words of the objectives that a quiz may ask, by id."""
    pool = set(pool_of(bundle, text))
    asked = {
        each for question, _ in bundle.questions() if question.id in pool for each in question.objectives
    }
    lessons = (lesson.objectives for lesson in bundle.lessons.values())
    return {key: words for objectives in lessons for key, words, _ in objectives if key in asked}


def _publish_case(case: Case, html: dict[str, str] | None, row: Quiz) -> int:
    """The id of the revision that is played from now on; without `html` the file is as it was."""
    published = select(CaseRevision).filter_by(quiz_id=row.id).order_by(CaseRevision.number.desc())
    newest = db.session.scalars(published.limit(1)).first()
    content = case.to_json()
    if newest is not None and (
        html is None or (_asks(newest.content), newest.html) == (_asks(content), html)
    ):
        return newest.id
    number = newest.number + 1 if newest else 1
    revision = CaseRevision(
        quiz_id=row.id, number=number, content=content, html=html or {}, published_at=now()
    )
    db.session.add(revision)
    db.session.flush()
    return revision.id


def minutes_of(text: QuizText) -> int:
    """Two minutes a question asked; of a case or a brief its words; or what the author says."""
    if text.settings.minutes is not None:
        return text.settings.minutes
    if text.case is not None or text.assignment is not None:
        return max(1, -(-len(text.body.split()) // WORDS_A_MINUTE))
    drawn = sum(count for _, count in text.settings.draw)
    asked = len(text.settings.items) + (drawn or len(text.questions))
    return MINUTES_A_QUESTION * asked
