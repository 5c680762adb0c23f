"""The doors of a regrade: choose and give the reason, look at what it would do, apply it."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from core import jobs
from core.database import transaction
from core.errors import Conflict
from core.web import INSTRUCTOR, allow, render
from quizzes.reads import asked
from quizzes.regrading import pages, reads, services
from quizzes.regrading.access import Place, place_of
from quizzes.regrading.forms import RegradeForm
from quizzes.regrading.preview import preview as look_ahead
from quizzes.regrading.rules import Cause
from quizzes.regrading.running import AT_ONCE, BELL, carry_on

bp = Blueprint("regrading", __name__, url_prefix="/studio/courses/<course>/questions/<question>/regrade")
Answer = str | Response


@bp.get("")
@allow(INSTRUCTOR)
def show(course: str, question: str) -> Answer:
    """The question with its key, its revisions, what may be done, and what was done already."""
    place = place_of(course, question)
    return _page(place, _form(place, revision=place.question.revision_id))


@bp.post("")
@allow(INSTRUCTOR)
def preview(course: str, question: str) -> Answer:
    """What it would do. Nothing is changed."""
    place = place_of(course, question)
    form = _form(place)
    if not form.validate():
        return _page(place, form)
    cause, revision = Cause(form.cause.data), place.question.revision_id or 0
    form.revision.data = revision
    found = look_ahead(question, cause, revision)
    return render(
        "quizzes/regrade_preview.html",
        nav="studio",
        place=place,
        form=form,
        doing=pages.CHOICES[cause],
        is_drop=cause is Cause.DROPPED,
        prompt=pages.show_question(asked(revision)).prompt,
        count=found.count,
        changes=[pages.show_change(change) for change in found.changes],
    )


@bp.post("/apply")
@allow(INSTRUCTOR)
def apply(course: str, question: str) -> Answer:
    """Apply what was previewed: the first batches at once, the rest by the worker."""
    place, form = place_of(course, question), RegradeForm()
    form.offer(pages.CHOICES)  # Also what is done by now: who sends it twice finds it done.
    if not form.validate():
        return _page(place, form)
    try:
        begun = _begin(place, form)
    except Conflict as refused:
        flash(refused.sentence, "bad")
    else:
        _carry_on(begun)
    return redirect(url_for("regrading.show", course=course, question=question), 303)


def _begin(place: Place, form: RegradeForm) -> int:
    cause, revision = Cause(form.cause.data), form.revision.data or 0
    with transaction():
        return services.begin(
            place.question.id, cause, revision, form.reason.data or "", place.reader.user_id
        ).id


def _carry_on(regrade_id: int) -> None:
    if carry_on(regrade_id, AT_ONCE):
        jobs.ring(BELL, regrade_id)
        flash("It is being applied. Open this page again in a minute to see it done.", "ok")
    else:
        flash("It is applied. Learners whose result changed are told by mail.", "ok")


def _form(place: Place, **values: int | None) -> RegradeForm:
    form = RegradeForm(**values)
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
