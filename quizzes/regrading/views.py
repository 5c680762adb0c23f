"""The doors of a regrade: choose and give the reason, look at what it would do, apply that."""

from flask import Blueprint, flash, jsonify, redirect, url_for
from werkzeug.wrappers import Response

from core import jobs
from core.database import transaction
from core.errors import Conflict
from core.web import INSTRUCTOR, allow, render
from quizzes.forms import wants_json
from quizzes.reads import asked
from quizzes.regrading import pages, previews, reads, services
from quizzes.regrading.access import Place, place_of
from quizzes.regrading.forms import RegradeForm
from quizzes.regrading.models import Regrade, RegradePreview
from quizzes.regrading.rules import Cause
from quizzes.regrading.running import AT_ONCE, BELL, LOOKED_AT_ONCE, PREVIEW_BELL, carry_on, look_on
from quizzes.times import in_words

bp = Blueprint("regrading", __name__, url_prefix="/studio/courses/<course>/questions/<question>/regrade")
Answer = str | Response


@bp.get("")
@allow(INSTRUCTOR)
def show(course: str, question: str) -> Answer:
    """The question with its key, its revisions, what may be done, and what was done already."""
    place = place_of(course, question)
    return _page(place, _form(place))


@bp.post("")
@allow(INSTRUCTOR)
def preview(course: str, question: str) -> Answer:
    """Ask what it would do: a few hundred attempts are looked at here, the rest by the worker."""
    place = place_of(course, question)
    form = _form(place)
    if not form.validate():
        return _page(place, form)
    return _ask(place, Cause(form.cause.data), form.reason.data or "")


@bp.get("/previews/<int:preview_id>")
@allow(INSTRUCTOR)
def previewed(course: str, question: str, preview_id: int) -> Answer:
    """What it would do, how far the worker is, or that it was applied. Nothing is changed."""
    place, row = place_of(course, question), previews.find(preview_id, question)
    if wants_json():
        is_whole = row.done_at is not None
        return jsonify(state="whole" if is_whole else "running", confirmed=is_whole)
    regrade = previews.applied(row)
    if regrade is not None:
        return _applied(place, row, regrade)
    found = previews.found_in(row)
    return render(
        "quizzes/regrade_preview.html",
        nav="studio",
        place=place,
        preview=row,
        doing=pages.CHOICES[row.cause],
        is_drop=row.cause is Cause.DROPPED,
        prompt=pages.show_question(asked(row.revision_id)).prompt,
        count=found.count,
        changes=[pages.show_change(change) for change in found.changes],
    )


@bp.post("/previews/<int:preview_id>/apply")
@allow(INSTRUCTOR)
def apply(course: str, question: str, preview_id: int) -> Answer:
    """Apply what was previewed: the first batches at once, the rest by the worker."""
    place, row = place_of(course, question), previews.find(preview_id, question)
    previews.require_whole(row)
    changed = previews.changed_since(row)
    if previews.is_stale(row, changed):
        flash(pages.changed(changed), "info")
        return _ask(place, row.cause, row.reason)
    try:
        begun = _begin(place, row, changed)
    except Conflict as refused:
        flash(refused.sentence, "bad")
    else:
        _carry_on(begun)
    return redirect(url_for("regrading.show", course=course, question=question), 303)


def _applied(place: Place, row: RegradePreview, regrade: Regrade) -> str:
    return render(
        "quizzes/regrade_applied.html",
        nav="studio",
        place=place,
        doing=pages.CHOICES[row.cause],
        prompt=pages.show_question(asked(row.revision_id)).prompt,
        regrade=pages.show_regrade(regrade, place.reader),
        when=in_words(regrade.done_at or regrade.begun_at, place.reader),
        quizzes=reads.quizzes_that_asked(place.question.id, place.course.id),
    )


def _ask(place: Place, cause: Cause, reason: str) -> Response:
    with transaction():
        asked_for = previews.ask(place.question.id, cause, place.question.revision_id or 0, reason).id
    if look_on(asked_for, LOOKED_AT_ONCE):
        jobs.ring(PREVIEW_BELL, asked_for)
    course, question = place.course.slug, place.question.id
    return redirect(
        url_for("regrading.previewed", course=course, question=question, preview_id=asked_for), 303
    )


def _begin(place: Place, row: RegradePreview, changed: int) -> int:
    cause, revision, reason, by = row.cause, row.revision_id, row.reason, place.reader.user_id
    with transaction():
        return services.begin(place.question.id, cause, revision, reason, by, changed).id


def _carry_on(regrade_id: int) -> None:
    if carry_on(regrade_id, AT_ONCE):
        jobs.ring(BELL, regrade_id)
        flash("It is being applied. Open this page again in a minute to see it done.", "ok")
    else:
        flash("It is applied. Learners whose result changed are told by mail.", "ok")


def _form(place: Place) -> RegradeForm:
    form = RegradeForm()
    form.offer(pages.choices(reads.editions_of(place.question)))
    return form


def _page(place: Place, form: RegradeForm) -> str:
    question = place.question
    editions = reads.editions_of(question)
    return render(
        "quizzes/regrade.html",
        nav="studio",
        place=place,
        form=form,
        shown=pages.show_question(asked(question.revision_id or 0)),
        editions=[pages.show_edition(each, place.reader) for each in editions],
        regrades=[pages.show_regrade(each, place.reader) for each in services.regrades_of(question.id)],
        may_mend=Cause.KEY in pages.choices(editions),
    )
