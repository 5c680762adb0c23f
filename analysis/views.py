"""The doors of the statistics: of a course, a quiz or case, a question; each also as a file."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, request, url_for

from analysis import case_pages, pages, reads
from analysis.doubts.services import doubts_of
from analysis.figures import NOBODY, QuestionFigures, QuizFigures
from analysis.reads import Standing
from analysis.rules import LEAST
from analysis.words import cell
from core.errors import NotFound
from core.spreadsheet import csv_file
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.access import course_for
from courses.roles import Deed

bp = Blueprint("analysis", __name__, url_prefix="/studio/courses/<course>")
HEADS = (
    ("Answers", "answers"), ("Right", "facility"), ("Item-rest", "discrimination"),
    ("Upper-lower", "difference"), ("Weight", "weight"), ("Time", "time"),
)  # fmt: skip
COURSE_HEAD = (
    "Quiz",
    "Kind",
    "Learners",
    "Passed at once",
    "Mean",
    "Standard deviation",
    "Alpha",
    "Standard error",
)
QUESTION_HEAD = (
    "Question", "Kind", "Prompt", "Answers", "Left empty", "Facility", "Item-rest correlation", "Upper-lower index",
    "Effective weight", "Weight by points", "Median seconds", "Advice",
)  # fmt: skip


@bp.get("/statistics")
@allow(INSTRUCTOR)
def course(course: str) -> str:
    """The quizzes and cases of a course."""
    taught = course_for(course, Deed.SEE_LEARNERS)
    zone = signed_in().time_zone
    lines = [pages.quiz_line(standing, course, zone) for standing in reads.standings_of(taught)]
    return render("analysis/course.html", nav="studio", course=taught, lines=lines)


@bp.get("/statistics.csv")
@allow(INSTRUCTOR)
def course_file(course: str) -> Response:
    """The same as a file."""
    rows = [COURSE_HEAD, *map(_course_cells, reads.standings_of(course_for(course, Deed.SEE_LEARNERS)))]
    return csv_file(f"{course}-statistics", rows)


@bp.get("/quizzes/<quiz>/statistics")
@allow(INSTRUCTOR)
def quiz(course: str, quiz: str) -> str:
    """One quiz or case."""
    taught = course_for(course, Deed.SEE_LEARNERS)
    standing = reads.standing_of(taught, quiz)
    show = partial(
        render,
        nav="studio",
        course=taught,
        standing=standing,
        figures=standing.figures,
        line=pages.quiz_line(standing, course, signed_in().time_zone),
        drawn=standing.figures and pages.distribution(standing.figures),
    )
    if standing.figures is None:
        return show("analysis/waiting.html")
    if standing.is_case:
        return show("analysis/case.html", ways=_ways(standing.figures, course, quiz))
    return show("analysis/quiz.html", **_parts(standing, standing.figures, course))


@bp.get("/quizzes/<quiz>/statistics.csv")
@allow(INSTRUCTOR)
def quiz_file(course: str, quiz: str) -> Response:
    """Its questions, or the choices of the case, as a file."""
    standing = reads.standing_of(course_for(course, Deed.SEE_LEARNERS), quiz)
    rows: Iterable[Sequence[object]] = (
        case_pages.cells_of((standing.figures or NOBODY).ways)
        if standing.is_case
        else [QUESTION_HEAD, *map(_question_cells, reads.questions_of(standing))]
    )
    return csv_file(f"{quiz}-statistics", rows)


@bp.get("/quizzes/<quiz>/statistics/questions/<question>")
@allow(INSTRUCTOR)
def question(course: str, quiz: str, question: str) -> str:
    """One question: as asked, its key, who chose what."""
    taught = course_for(course, Deed.SEE_LEARNERS)
    standing = reads.standing_of(taught, quiz)
    figures = reads.question_of_quiz(standing, question)
    return render(
        "analysis/question.html",
        nav="studio",
        course=taught,
        standing=standing,
        figures=figures,
        text=pages.text_of(figures),
        line=pages.question_line(figures, partial(_question_url, course, quiz)),
        drawn=pages.by_thirds(figures),
        certainty=pages.calibration(figures.certainty),
        fresh=pages.freshness(standing, signed_in().time_zone),
        doubts=doubts_of(taught, question),
    )


@bp.get("/quizzes/<quiz>/statistics/questions/<question>.csv")
@allow(INSTRUCTOR)
def question_file(course: str, quiz: str, question: str) -> Response:
    """The chart of a question as a file; below LEAST answers there is none."""
    standing = reads.standing_of(course_for(course, Deed.SEE_LEARNERS), quiz)
    drawn = pages.by_thirds(reads.question_of_quiz(standing, question))
    if drawn is None:
        raise NotFound("Too few answers so far: there is a file from ten answers on.")
    return csv_file(f"{question}-statistics", [drawn.heads, *drawn.rows])


def _parts(standing: Standing, figures: QuizFigures, course: str) -> dict[str, Any]:
    """What the page of a quiz shows beside its summary."""
    wish, slug = request.args.get("sort", ""), standing.step.slug
    questions = reads.questions_of(standing)
    to_question, to_order = partial(_question_url, course, slug), partial(_sorted_url, course, slug)
    return {
        "judged": pages.judged(questions),
        "hints": pages.hints(figures, questions, to_question),
        "certainty": pages.calibration(figures.certainty),
        "heads": [pages.head(label, column, wish, to_order) for label, column in HEADS],
        "questions": [pages.question_line(each, to_question) for each in pages.sorted_by(questions, wish)],
    }


def _ways(figures: QuizFigures, course: str, slug: str) -> case_pages.Ways | None:
    wanted = request.args.get("edition", type=int)
    return case_pages.ways_of(figures.ways, wanted, partial(_edition_url, course, slug))


def _question_url(course: str, quiz: str, question: str) -> str:
    return url_for("analysis.question", course=course, quiz=quiz, question=question)


def _sorted_url(course: str, quiz: str, wish: str) -> str:
    return url_for("analysis.quiz", course=course, quiz=quiz, sort=wish, _anchor="questions")


def _edition_url(course: str, quiz: str, number: int) -> str:
    return url_for("analysis.quiz", course=course, quiz=quiz, edition=number)


def _course_cells(standing: Standing) -> tuple[object, ...]:
    figures = standing.figures or NOBODY
    passed = figures.passed if figures.n >= LEAST and standing.pass_mark else ""
    return (
        standing.title, standing.step.noun, figures.n, passed, cell(figures.mean), cell(figures.deviation),
        cell(figures.alpha), cell(figures.error),
    )  # fmt: skip


def _question_cells(each: QuestionFigures) -> tuple[object, ...]:
    empty = each.unanswered if each.n >= LEAST else ""
    return (
        each.question_id, each.kind, each.name, each.n, empty, cell(each.facility),
        cell(each.rest_correlation), cell(each.upper_lower), cell(each.weight), cell(each.due_weight),
        cell(each.seconds), " ".join(advice.words for advice in each.advice),
    )  # fmt: skip
