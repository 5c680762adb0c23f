"""What the pages read: rows that the job wrote, in as many statements for ten attempts as for a hundred thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from analysis.figures import QuestionFigures, QuizFigures
from analysis.models import QuestionStatistics, QuizStatistics, StaleMark
from core.database import db
from core.errors import NotFound
from courses.models import Course
from courses.services import OutlineStep, course_outline, find_ever
from quizzes.models import Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings

SHOWN = (QuizKind.QUIZ, QuizKind.CASE)


@dataclass(frozen=True)
class Standing:
    """A quiz or case as a step of a course, and its figures; None before they were computed for the first time."""

    step: OutlineStep
    quiz_id: int
    kind: str
    title: str
    pass_mark: int
    pool: tuple[str, ...]
    figures: QuizFigures | None
    computed_at: datetime | None
    is_stale: bool

    @property
    def is_case(self) -> bool:
        return self.kind == QuizKind.CASE


def standings_of(course: Course) -> list[Standing]:
    """The quizzes and cases of a course that are published, in its order."""
    steps = [step for step in course_outline(course).steps if step.kind == "quiz"]
    found = {standing.step.id: standing for standing in _standings(steps)}
    return [found[step.id] for step in steps if step.id in found]


def standing_of(course: Course, slug: str) -> Standing:
    """One of them, also when its step was taken out of the course. Raises NotFound."""
    step = find_ever(course_outline(course), slug, "quiz")
    found = _standings([step])
    if not found:
        raise NotFound(
            "This step has no statistics: it is not published, or marked by a person with a rubric."
        )
    return found[0]


def questions_of(standing: Standing) -> list[QuestionFigures]:
    """The figures of its questions, in the order of its text; those from elsewhere follow by their ids."""
    query = select(QuestionStatistics.figures).filter_by(quiz_id=standing.quiz_id)
    found = [QuestionFigures.from_json(figures) for figures in db.session.scalars(query)]
    place = {name: number for number, name in enumerate(standing.pool)}
    return sorted(found, key=lambda each: (place.get(each.question_id, len(place)), each.question_id))


def question_of_quiz(standing: Standing, question_id: str) -> QuestionFigures:
    """The figures of one question. Raises NotFound for one that was never asked there."""
    row = db.session.get(QuestionStatistics, (standing.quiz_id, question_id))
    if row is None:
        raise NotFound(
            "This question was not asked in this quiz so far, or its figures are yet to be computed."
        )
    return QuestionFigures.from_json(row.figures)


def _standings(steps: Sequence[OutlineStep]) -> list[Standing]:
    stale = exists().where(StaleMark.quiz_id == Quiz.id)
    query = (
        select(Quiz, QuizStatistics.figures, QuizStatistics.computed_at, stale)
        .outerjoin(QuizStatistics, QuizStatistics.quiz_id == Quiz.id)
        .where(Quiz.name.in_([step.body for step in steps]), Quiz.kind.in_(SHOWN))
    )
    by_name = {row[0].name: row for row in db.session.execute(query)}
    found = ((step, *by_name[step.body]) for step in steps if step.body in by_name)
    return [
        Standing(
            step=step,
            quiz_id=quiz.id,
            kind=quiz.kind,
            title=quiz.title,
            pass_mark=QuizSettings.from_json(quiz.settings).pass_mark,
            pool=tuple(quiz.pool),
            figures=None if figures is None else QuizFigures.from_json(figures),
            computed_at=computed_at,
            is_stale=bool(is_stale),
        )
        for step, quiz, figures, computed_at, is_stale in found
    ]
