"""Assignments, and what is handed in."""

from typing import Any

from core.database import transaction
from tests.factories.quizzes import publish_question
from tests.factories.rows import detached

BRIEF = """Write the plan of one page.

words: 5-40

criterion | 0 | 1 | 2
--- | --- | --- | ---
Safety * | missed | named | named and timed
Plan | none | two steps | three steps
Words | blames | plain | kind
Limits | none | one | all
Sources | none | some | all
"""


def make_assignment(step: Any, text: str = BRIEF, **settings: Any) -> Any:
    """The assignment of a course's quiz step, published: ten points to earn, eight pass. Detached."""
    from courses.models import Step
    from quizzes.assignment_text import parse_assignment, question_of
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings

    assignment, problems = parse_assignment(text, f"courses/{step.body}.md")
    assert not problems, problems
    chosen = QuizSettings(**{"title": "A plan", "kind": "assignment", "pass_mark": 80, **settings})
    with transaction() as session:
        revision = publish_question(question_of(step.body, assignment), f"courses/{step.body}.md")
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[], content={"assignment": assignment.to_json(), "html": {}, "revision": revision}, minutes=10,
            revision=1,
        )  # fmt: skip
        session.add(quiz)
        session.get_one(Step, step.id).noun = "assignment"
    return detached(quiz)


def a_pdf() -> bytes:
    """A PDF of one empty page."""
    from io import BytesIO

    from pypdf import PdfWriter

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()
