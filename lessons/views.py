"""The doors of the lesson reader: read, complete, keep a place, answer a check, keep a private answer."""

from collections.abc import Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, request
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as WerkzeugResponse

from core.database import transaction
from core.web import SIGNED_IN, Reader, allow, render, send_stored, signed_in
from courses.services import Outline, OutlineStep, find_step, outline_of
from enrollment.refusals import day_of
from enrollment.rules import closed_in_turn
from lessons import services
from lessons.reading import days_to_come, lesson_page, outline_values
from lessons.tools.pages import tools_in
from marking.pages import steps_that_wait
from progress import rules
from progress.access import Visit, closed, is_in_course, turn_away, visit
from progress.reads import Learner, learner_in
from progress.services import complete_step, remember_place
from quizzes.checks import answer_check
from quizzes.resting import resting_steps

bp = Blueprint("lessons", __name__)
Answer = str | WerkzeugResponse


@bp.get("/learn/<course>")
@allow(SIGNED_IN)
def course_home(course: str) -> Answer:
    """The course as its learner sees it: the outline with marks, where to go on, what is new since completion."""
    reader = signed_in()
    learner = learner_in(course, reader.user_id)
    outline = outline_of(learner.course_id, learner.version)
    if not is_in_course(learner, reader):
        return redirect(f"/courses/{course}")
    return render("lessons/course.html", nav="learning", **_course_facts(outline, learner, reader))


@bp.get("/learn/<course>/<lesson>")
@allow(SIGNED_IN)
def show(course: str, lesson: str) -> Answer:
    """The lesson, for whoever may read it; the others are sent where they can get further."""
    reader = signed_in()
    here = visit(course, lesson, "lesson", reader)
    if not here.decision.is_inside:
        return turn_away(here)
    if here.learner.place != here.step.id and here.is_kept:
        with suppress(OperationalError), transaction():  # Reading goes on also when nothing can be written.
            remember_place(reader.user_id, find_step(here.step.id), "")
    return Response(lesson_page(here, reader), mimetype="text/html")


@bp.post("/learn/<course>/<lesson>/complete")
@allow(SIGNED_IN)
def complete(course: str, lesson: str) -> Answer:
    """Mark complete and continue: to the next step, or at the end to the course's own page."""
    here, reader = _enter(course, lesson)
    if here.is_kept:
        with transaction():
            complete_step(reader.user_id, find_step(here.step.id))
    following = here.outline.neighbours(here.step)[1]
    return redirect(following.url if following else f"/learn/{course}", 303)


@bp.post("/learn/<course>/<lesson>/place")
@allow(SIGNED_IN)
def place(course: str, lesson: str) -> Answer:
    """Keep the last heading read; the page's script reports it."""
    here, reader = _enter(course, lesson)
    if here.is_kept:
        with transaction():
            remember_place(reader.user_id, find_step(here.step.id), request.form.get("heading", ""))
    return Response(status=204)


@bp.post("/learn/<course>/<lesson>/reflections/<prompt>")
@allow(SIGNED_IN)
def reflect(course: str, lesson: str, prompt: str) -> Answer:
    """Keep a private answer."""
    here, reader = _enter(course, lesson)
    with transaction():
        body = services.find_lesson(here.step.body)
        services.keep_reflection(reader.user_id, body, prompt, request.form.get("text", ""))
    flash("Your answer is kept. Only you can read it.", "ok")
    return redirect(f"{here.step.url}#reflect-{prompt}", 303)


@bp.post("/learn/<course>/<lesson>/checks/<question>")
@allow(SIGNED_IN)
def check(course: str, lesson: str, question: str) -> Answer:
    """Answer a question inside the lesson; the page then shows the reason for every option."""
    here, reader = _enter(course, lesson)
    with transaction():
        body = services.find_lesson(here.step.body)
        revision_id, answer = answer_check(
            services.check_of(body, question), request.form.to_dict(flat=False)
        )
        services.keep_check_answer(reader.user_id, body.id, question, revision_id, answer)
    return redirect(f"{here.step.url}#check-{question}", 303)


@bp.get("/learn/<course>/<lesson>/media/<path:name>")
@allow(SIGNED_IN)
def media(course: str, lesson: str, name: str) -> Answer:
    """A file of the lesson, for whoever may read the lesson."""
    here, _ = _enter(course, lesson)
    return send_media(here.step, name)


def send_media(step: OutlineStep, name: str) -> WerkzeugResponse:
    """A file that the lesson shows."""
    file = services.find_media(services.find_lesson(step.body).id, name)
    return send_stored(file.storage_key, file.mime)


def _enter(course: str, lesson: str) -> tuple[Visit, Reader]:
    reader = signed_in()
    here = visit(course, lesson, "lesson", reader)
    if not here.decision.is_inside:
        raise closed(here)
    return here, reader


def _course_facts(outline: Outline, learner: Learner, reader: Reader) -> dict[str, object]:
    days = days_to_come(outline, learner, reader.time_zone)
    return {
        **_going_on(outline, learner, reader.user_id, days),
        "outline": outline,
        "values": outline_values(outline, learner.done, learner.completed_at, None, days),
        "days": days,
        "completed_at": learner.completed_at,
        "new_steps": [
            outline.by_id(i) for i in rules.new_since(outline.added, learner.done, learner.completed_at)
        ],
        "ends": day_of(learner.ends_at, ZoneInfo(reader.time_zone or "UTC")) if learner.ends_at else "",
        "tools": tools_in(learner.course_id),
        "started": bool(learner.done) or learner.place is not None,
    }


def _going_on(outline: Outline, learner: Learner, user_id: int, days: Mapping[int, str]) -> dict[str, object]:
    """The step to go on with, and whether it waits; of a completed course nothing is asked and nothing shown."""
    if learner.completed_at is not None:
        return {"going_on": None}
    shut = closed_in_turn(learner.order, outline.steps, learner.done)
    order = [step.id for step in outline.steps if step.id not in shut]
    waiting = steps_that_wait(user_id)
    still = waiting | resting_steps(user_id).keys() | days.keys()
    found = rules.resume_at(order, learner.done, learner.place, outline.optional, still)
    return {
        "going_on": outline.by_id(found or 0),
        "waits": found in waiting,
        "rests": found in still,
        "day": days.get(found or 0),
    }
