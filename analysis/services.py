"""Keeping the figures: what makes them stale, which are due, computing and writing them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from analysis.advice import advise
from analysis.editions import edition_of, question_of
from analysis.figures import QuestionFigures, QuizFigures
from analysis.models import QuestionStatistics, QuizStatistics, StaleMark
from analysis.papers import papers_of
from analysis.tally import Counting, Sheet, Standings
from analysis.ways import case_figures
from core.clock import now
from core.database import db, transaction, upsert
from quizzes.closing import AttemptMarked
from quizzes.models import Attempt, Question, Quiz
from quizzes.paper import plain_prompt
from quizzes.questions import Options
from quizzes.quiz_settings import QuizKind
from quizzes.reads import Asked, asked

SHORTEST_REST = timedelta(minutes=3)
REST_FOR_EACH = timedelta(milliseconds=36)  # of an attempt: an hour at 100,000, where one more changes little
MOST_MARKS = 100_000  # taken out at a time
SLICE = 500  # values in one statement


def note_marked(event: AttemptMarked) -> None:
    """An attempt has a result, or another one: its quiz's figures are stale. What waits for a person has none yet."""
    if db.session.get_one(Attempt, event.attempt_id).points is None:
        return
    db.session.add(StaleMark(quiz_id=event.quiz_id))
    db.session.flush()


def rest_after(attempts: int) -> timedelta:
    """How long figures over so many attempts stand before they are computed anew."""
    return max(SHORTEST_REST, attempts * REST_FOR_EACH)


def due_quizzes(at: datetime) -> list[int]:
    """The quizzes with news whose figures have rested."""
    query = select(StaleMark.quiz_id, QuizStatistics.computed_at, QuizStatistics.attempts).distinct()
    rows = db.session.execute(query.outerjoin(QuizStatistics, QuizStatistics.quiz_id == StaleMark.quiz_id))
    return [
        quiz
        for quiz, computed_at, attempts in rows
        if not computed_at or at - computed_at >= rest_after(attempts)
    ]


def refresh(quiz_id: int) -> None:
    """Compute a quiz's figures and write them, with its marks taken out: those that were there before the reading
    began. Called twice it does the same again; when it is killed, the marks are still there. Figures of a reading
    that began later are newer and stay."""
    began = now()
    quiz = db.session.get(Quiz, quiz_id)
    if quiz is None:
        return
    marks = list(db.session.scalars(select(StaleMark.id).filter_by(quiz_id=quiz_id).limit(MOST_MARKS)))
    is_case = quiz.kind == QuizKind.CASE
    whole, questions = (case_figures(quiz_id), []) if is_case else _quiz_figures(quiz_id)
    with transaction():
        if _was_read_after(quiz_id, began):
            return
        _write(quiz_id, began, whole, questions)
        for start in range(0, len(marks), SLICE):
            db.session.execute(delete(StaleMark).where(StaleMark.id.in_(marks[start : start + SLICE])))


def _was_read_after(quiz_id: int, moment: datetime) -> bool:
    # The quiz is locked until the commit: of two that write at once, the second sees what the first wrote.
    db.session.get(Quiz, quiz_id, with_for_update={"key_share": True})
    computed_at = db.session.scalar(select(QuizStatistics.computed_at).filter_by(quiz_id=quiz_id))
    return computed_at is not None and computed_at > moment


def _quiz_figures(quiz_id: int) -> tuple[QuizFigures, list[QuestionFigures]]:
    standings = Standings()
    for paper in papers_of(quiz_id):
        standings.add(paper)
    counting = Counting(standings)
    for paper in papers_of(quiz_id):
        counting.add(paper)
    return counting.figures(), list(_question_figures(counting))


def _question_figures(counting: Counting) -> Iterator[QuestionFigures]:
    """The figures of each question that was asked."""
    editions: dict[str, dict[str, Sheet]] = {}
    for edition, sheet in counting.sheets.items():
        editions.setdefault(question_of(edition), {})[edition] = sheet
    for question_id, revision_id in _current(editions):
        current = edition_of(asked(revision_id).question)
        yield _of_best(editions[question_id], current, revision_id, counting.standings.revisions)


def _of_best(
    sheets: dict[str, Sheet], current: str, revision_id: int, revisions: Mapping[str, int]
) -> QuestionFigures:
    """The edition of now, or while too few have answered that, the newest one that enough have."""
    answers = sum(sheet.shares.n for sheet in sheets.values())
    given = sorted((revisions[edition], edition) for edition, sheet in sheets.items() if sheet.is_given)
    best = given[-1][1] if given and not sheets.get(current, Sheet()).is_given else current
    revision = asked(revision_id if best == current else revisions[best])
    sheet = sheets.get(best, Sheet())
    return _figures_of(revision, sheet, answers - sheet.shares.n, best == current)


def _current(names: Iterable[str]) -> list[tuple[str, int]]:
    """The revision of each question that is asked now."""
    listed, found = list(names), []
    for start in range(0, len(listed), SLICE):
        query = select(Question.id, Question.revision_id).where(
            Question.id.in_(listed[start : start + SLICE])
        )
        found += [(name, revision) for name, revision in db.session.execute(query) if revision is not None]
    return found


def _figures_of(revision: Asked, sheet: Sheet, others: int, is_current: bool) -> QuestionFigures:
    question = revision.question
    key = (
        tuple(option.right for option in question.parts.options)
        if isinstance(question.parts, Options)
        else ()
    )
    figures = QuestionFigures(
        question_id=question.id,
        revision_id=revision.id,
        name=plain_prompt(revision.markup(question.prompt_md)),
        kind=question.kind,
        n=sheet.shares.n,
        others=others,
        is_current=is_current,
        unanswered=sheet.unanswered,
        facility=sheet.facility,
        rest_correlation=sheet.rest_correlation,
        upper_lower=sheet.upper_lower,
        weight=sheet.weight,
        due_weight=sheet.due_weight,
        seconds=sheet.seconds,
        timed=sheet.timed,
        thirds=sheet.thirds,
        options=sheet.options(len(key)),
        certainty=sheet.certainty,
    )
    return replace(figures, advice=tuple(advise(figures, key)))


def _write(quiz_id: int, began: datetime, whole: QuizFigures, questions: list[QuestionFigures]) -> None:
    row = {"quiz_id": quiz_id, "attempts": whole.n, "computed_at": began, "figures": whole.to_json()}
    upsert(QuizStatistics, row, ("quiz_id",))
    for each in questions:
        key = {"quiz_id": quiz_id, "question_id": each.question_id}
        values = {"attempts": each.n, "computed_at": began, "figures": each.to_json()}
        upsert(QuestionStatistics, key | values, ("quiz_id", "question_id"))
    kept = [each.question_id for each in questions]
    gone = (QuestionStatistics.quiz_id == quiz_id, QuestionStatistics.question_id.not_in(kept))
    db.session.execute(delete(QuestionStatistics).where(*gone))
