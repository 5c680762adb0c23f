"""The doors of markers: the queue, the desk, questions for another attempt."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.database import transaction
from core.error_pages import error_page
from core.errors import Conflict, InvalidInput, NotFound
from core.web import INSTRUCTOR, allow, render, signed_in
from marking import judging, queue, uploads
from marking.allowances import services as allowances
from marking.desk import desk_of, was_erased
from marking.forms import ButtonForm, read_judgement
from marking.judging import Judgement
from marking.models import Work
from marking.rules import WorkState
from marking.sending import send
from marking.services import Marker, work_to_mark
from marking.shown import nameless

bp = Blueprint("studio_marking", __name__, url_prefix="/studio")
Answer = str | Response
ERASED = "Its author erased this work, so there is nothing to mark. It comes back when it is handed in again."


def marker_here() -> Marker:
    """The reader as a marker."""
    return Marker.of(signed_in())


@bp.errorhandler(NotFound)
def not_found(error: NotFound) -> Answer | tuple[str, int, dict[str, str]]:
    """A work that its author took back meanwhile leads to the queue, with the reason."""
    if not was_erased(marker_here(), (request.view_args or {}).get("work_id", "")):
        return error_page(404, error.sentence)
    flash(ERASED, "info")
    return redirect("/studio/marking", 303)


@bp.get("/marking")
@allow(INSTRUCTOR)
def index() -> Answer:
    """What waits to be marked, in the courses that the reader teaches."""
    marker, person = marker_here(), signed_in()
    wanted = request.args.get("show", "")
    wanted = wanted if wanted in queue.FILTERS else ""
    return render(
        "marking/queue.html",
        nav="studio",
        entries=queue.queue_of(marker, person, wanted),
        requests=queue.requests_of(marker, person),
        figures=queue.turnaround(marker),
        filters=[(name, words) for name, (words, _) in queue.FILTERS.items()],
        wanted=wanted,
        form=ButtonForm(),
    )


@bp.get("/marking/<work_id>")
@allow(INSTRUCTOR)
def show(work_id: str) -> Answer:
    """One work on the desk."""
    marker = marker_here()
    work = work_to_mark(marker, work_id)
    return render(
        "marking/desk.html", nav="studio", desk=desk_of(work, marker, signed_in()), form=ButtonForm()
    )


@bp.post("/marking/<work_id>/claim")
@allow(INSTRUCTOR)
def claim(work_id: str) -> Answer:
    """Take a work that nobody has."""
    return _deed(work_id, lambda: judging.claim(marker_here(), work_id), "The work is with you now.")


@bp.post("/marking/<work_id>/pass-on")
@allow(INSTRUCTOR)
def pass_on(work_id: str) -> Answer:
    """Give a work to a named marker, with a note."""
    to, note = request.form.get("to", 0, type=int), request.form.get("note", "")[: allowances.LONGEST]
    deed: Callable[[], object] = lambda: judging.pass_on(marker_here(), work_id, to, note)  # noqa: E731
    return _deed(work_id, deed, "The work is with its new marker, who is told by mail.")


@bp.post("/marking/<work_id>/mark")
@allow(INSTRUCTOR)
def mark(work_id: str) -> Answer:
    """Save a mark, give it, or return the work: whichever button was pressed. What was filled in is kept."""
    marker = marker_here()
    work_to_mark(marker, work_id)
    judgement = read_judgement(work_id, request.form)
    give = GO.get(request.form.get("go", ""), _save)
    try:
        with transaction():
            judging.save_mark(marker, work_id, judgement)
        with transaction():
            said = give(marker, work_id, judgement)
    except (InvalidInput, Conflict) as refused:
        flash(refused.sentence, "bad")
        return redirect(f"/studio/marking/{work_id}", 303)
    flash(said, "ok")
    return redirect(f"/studio/marking/{work_id}", 303)


def _save(_marker: Marker, _attempt_id: str, _judgement: Judgement) -> str:
    return "Your mark is saved. Nobody else sees it yet."


def _give(marker: Marker, work_id: str, judgement: Judgement) -> str:
    return GIVEN[judging.give_mark(marker, work_id, judgement).state]


def _return(marker: Marker, work_id: str, judgement: Judgement) -> str:
    judging.return_work(marker, work_id, judgement)
    return "The work is with its author again. It comes back to you."


GO = {"give": _give, "return": _return}
GIVEN = {
    WorkState.MARKED: "The mark is given, and its author is told.",
    WorkState.SECOND: "Your mark is given. A second marker reads the work before it counts.",
    WorkState.AGREEING: "Your mark is given. It differs from the first: see both below and choose one.",
}


@bp.post("/marking/<work_id>/agree")
@allow(INSTRUCTOR)
def agree(work_id: str) -> Answer:
    """Make one of two marks final."""
    place, reason = request.form.get("place", 0, type=int), request.form.get("reason", "")
    deed: Callable[[], object] = lambda: judging.agree(marker_here(), work_id, place, reason)  # noqa: E731
    return _deed(work_id, deed, "The mark is final, and the author is told.")


def _deed(work_id: str, deed: Callable[[], object], said: str) -> Answer:
    """Do it, or say why not; either way the desk follows."""
    try:
        with transaction():
            deed()
    except (InvalidInput, Conflict) as refused:
        flash(refused.sentence, "bad")
    else:
        flash(said, "ok")
    return redirect(f"/studio/marking/{work_id}", 303)


@bp.get("/marking/<work_id>/files/<int:file_id>")
@allow(INSTRUCTOR)
def file(work_id: str, file_id: int) -> Response:
    """A file of a work, without the name that its author gave it."""
    work: Work = work_to_mark(marker_here(), work_id)
    found = uploads.find_handed_in(work, file_id)
    return send(found, f"{queue.code_of(work_id)} {nameless(found, found.id)}")


@bp.post("/requests/<int:request_id>")
@allow(INSTRUCTOR)
def answer(request_id: int) -> Answer:
    """Grant another attempt, or refuse it with a sentence."""
    is_granted = request.form.get("go") == "grant"
    try:
        with transaction():
            allowances.answer(marker_here(), request_id, is_granted, request.form.get("answer", ""))
    except (InvalidInput, Conflict) as refused:
        flash(refused.sentence, "bad")
    else:
        flash("The learner is told by mail.", "ok")
    return redirect("/studio/marking#requests", 303)
