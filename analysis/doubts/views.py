"""The doors of doubts: a learner says what seems wrong with a question, an instructor of the course answers."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from analysis.doubts import services
from analysis.doubts.models import Doubt
from core.clock import time_in
from core.database import transaction
from core.errors import InvalidInput
from core.limits import require_within
from core.web import INSTRUCTOR, SIGNED_IN, allow, render, signed_in
from courses.access import course_for
from courses.roles import Deed
from progress.access import turn_away
from quizzes.access import open_attempt
from quizzes.paper import plain_prompt
from quizzes.reads import asked

bp = Blueprint("doubts", __name__)
Answer = str | tuple[str, int] | Response
SAID = "20/hour"


@dataclass(frozen=True)
class Line:
    """A doubt as instructors read it; whose it is stands nowhere."""

    id: int
    question_id: str
    name: str
    words: str
    day: str
    answer: str
    answered: str


@bp.get("/attempts/<attempt_id>/questions/<int:position>/doubt")
@allow(SIGNED_IN)
def ask(attempt_id: str, position: int) -> Answer:
    """The question, and a field for what seems wrong with it; or what was said and answered."""
    _, here, _ = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    return _form(attempt_id, position)


@bp.post("/attempts/<attempt_id>/questions/<int:position>/doubt")
@allow(SIGNED_IN)
def say(attempt_id: str, position: int) -> Answer:
    """Tell the instructors."""
    _, here, _ = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    person, words = signed_in(), request.form.get("words", "")
    try:
        with transaction():
            found = services.doubtful(person.user_id, attempt_id, position)
            require_within(SAID, "doubts", str(person.user_id))
            services.doubt(found, words)
    except InvalidInput as problem:
        return _form(attempt_id, position, problem.sentence, words), 422
    flash("Thank you. An instructor reads it and answers by mail.", "success")
    return redirect(f"/attempts/{attempt_id}", 303)


@bp.get("/studio/courses/<course>/doubts")
@allow(INSTRUCTOR)
def index(course: str) -> Answer:
    """What learners of a course doubt."""
    return _list(course)


@bp.post("/studio/courses/<course>/doubts/<int:doubt_id>")
@allow(INSTRUCTOR)
def answer(course: str, doubt_id: int) -> Answer:
    """Answer one; the learner gets it by mail."""
    words = request.form.get("words", "")
    try:
        with transaction():
            services.answer(course_for(course, Deed.WRITE), doubt_id, words)
    except InvalidInput as problem:
        return _list(course, doubt_id, problem.sentence, words), 422
    flash("Answered. The learner gets a mail.", "success")
    return redirect(url_for("doubts.index", course=course), 303)


def lines_of(doubts: list[Doubt], zone: str) -> list[Line]:
    """Doubts in words."""
    return [_line(each, zone) for each in doubts]


def _line(each: Doubt, zone: str) -> Line:
    question = asked(each.revision_id)
    return Line(
        id=each.id,
        question_id=each.question_id,
        name=plain_prompt(question.markup(question.question.prompt_md)),
        words=each.words,
        day=time_in(zone, each.asked_at),
        answer=each.answer or "",
        answered=time_in(zone, each.answered_at) if each.answered_at else "",
    )


def _form(attempt_id: str, position: int, problem: str = "", words: str = "") -> str:
    found = services.doubtful(signed_in().user_id, attempt_id, position)
    return render(
        "analysis/doubt.html",
        nav="learning",
        url=f"/attempts/{attempt_id}",
        prompt=found.question.markup(found.question.question.prompt_md),
        position=position,
        said=found.said,
        problem=problem,
        words=words,
        longest=services.LONGEST,
    )


def _list(course: str, doubt_id: int = 0, problem: str = "", words: str = "") -> str:
    taught = course_for(course, Deed.SEE_LEARNERS)
    lines = lines_of(services.doubts_in(taught), signed_in().time_zone)
    return render(
        "analysis/doubts.html",
        nav="studio",
        course=taught,
        waiting=[line for line in lines if not line.answer],
        answered=[line for line in lines if line.answer],
        failed=doubt_id,
        problem=problem,
        words=words,
        longest=services.LONGEST,
    )
