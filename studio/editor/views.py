"""The doors of the lesson editor: write, save, look at the page, see its files."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from io import BytesIO
from mimetypes import guess_type

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import InvalidInput, NotFound, Problem
from core.limits import require_within
from core.web import INSTRUCTOR, allow, asks_for_data, render, signed_in
from courses.access import course_for, may
from courses.models import Course
from courses.roles import Deed
from publishing.services import BrokenBundle
from studio.drafts.models import Draft
from studio.drafts.services import Overtaken, catch_up, find_draft, save, text_of
from studio.editor import desk, sheet
from studio.editor.citations import found, in_words
from studio.editor.publication import KINDS, paths_with, prepare_drafts, publish_drafts, read_change
from studio.editor.sheet import Sheet

bp = Blueprint("editor", __name__, url_prefix="/studio/courses/<course>/lessons/<lesson>")
Answer = str | tuple[str, int] | tuple[Response, int] | Response
VIEWS = {"write": "Write", "side": "Side by side", "preview": "Preview"}
PREVIEWS = "120/minute"
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # a drawing may hold styles of its own


@bp.get("")
@allow(INSTRUCTOR)
def show(course: str, lesson: str) -> Answer:
    """The newest text in its fields, beside its page; or the page alone."""
    taught = course_for(course, Deed.READ_DRAFTS)
    number, text = text_of(desk.path_of(course, lesson))
    view = request.args.get("view", "side")
    if view == "preview":
        return _page(taught, lesson, text)
    return _editor(taught, lesson, sheet.sheet_of(text, number), view=view)


@bp.post("")
@allow(INSTRUCTOR)
def keep(course: str, lesson: str) -> Answer:
    """Save the draft, and go on to publishing where that was pressed."""
    taught = course_for(course, Deed.WRITE)
    path = desk.path_of(course, lesson)
    text_of(path)  # A lesson that is neither published nor begun has no editor.
    try:
        text, number = sheet.text_in(request.form), _number()
        with transaction():
            draft = save(path, text, number, signed_in().user_id)
            number = draft.number
    except Overtaken as overtaken:
        return _overtaken(taught, lesson, overtaken, text)
    except InvalidInput as wrong:
        return _refused(taught, lesson, wrong)
    if request.form.get("go") == "publish":
        return redirect(url_for("editor.ask", course=course, lesson=lesson), 303)
    if asks_for_data():
        return jsonify(number=number, words=sheet.saved_words(draft, signed_in()))
    flash("The draft is saved. Learners see what is published.", "ok")
    return redirect(url_for("editor.show", course=course, lesson=lesson, view=request.args.get("view")), 303)


@bp.post("/preview")
@allow(INSTRUCTOR)
def preview(course: str, lesson: str) -> Answer:
    """The page of the text in the form, and what is wrong with it; nothing is kept."""
    taught = course_for(course, Deed.READ_DRAFTS)
    require_within(PREVIEWS, "previews", str(signed_in().user_id))
    text = sheet.text_in(request.form)
    reading, shown = desk.read_through(course, lesson, text), sheet.sheet_of(text, 0)
    remarks = sheet.remarks(reading, shown)
    return jsonify(
        page=render_template("studio/_page.html", **desk.context_of(taught, reading)),
        findings=render_template("studio/_findings.html", remarks=remarks, is_read=True),
        remarks=[asdict(remark) for remark in remarks],
        figures=sheet.figures_in_words(reading.figures),
    )


@bp.get("/publish")
@allow(INSTRUCTOR)
def ask(course: str, lesson: str) -> Answer:
    """What kind of change the draft is, before it is published."""
    taught = course_for(course, Deed.PUBLISH)
    path = desk.path_of(course, lesson)
    draft = _draft(path)
    with transaction():
        was_merged = catch_up(draft, signed_in().user_id)
    if was_merged:
        flash("The published lesson changed meanwhile. Both changes are in this text: look it over.", "warn")
        return redirect(url_for("editor.show", course=course, lesson=lesson), 303)
    return _question(taught, lesson, draft)


@bp.post("/publish")
@allow(INSTRUCTOR)
def publish(course: str, lesson: str) -> Answer:
    """Publish the draft, in one transaction with all that follows from it."""
    taught = course_for(course, Deed.PUBLISH)
    draft = _draft(desk.path_of(course, lesson))
    try:
        change = read_change(request.form, is_new=not draft.base_revision)
        prepared = prepare_drafts(paths_with(draft), {draft.path: _number()})
        with transaction():
            publish_drafts(prepared, signed_in().user_id, change)
    except BrokenBundle as broken:
        return _question(taught, lesson, draft, faults=broken.problems), 422
    except InvalidInput as wrong:
        return _question(taught, lesson, draft, problem=wrong), 422
    flash("The lesson is published. Learners see it now.", "ok")
    return redirect(url_for("editor.show", course=course, lesson=lesson), 303)


@bp.get("/sources")
@allow(INSTRUCTOR)
def sources(course: str, lesson: str) -> Response:
    """Sources of the bibliography by author or word."""
    course_for(course, Deed.READ_DRAFTS)
    listed = found(desk.published().bundle.sources.values(), request.args.get("q", "")[:100])
    return jsonify(sources=[{"key": source.key, "words": in_words(source)} for source in listed])


@bp.get("/media/<path:name>")
@allow(INSTRUCTOR)
def media(course: str, lesson: str, name: str) -> Response:
    """A picture that the lesson shows."""
    course_for(course, Deed.READ_DRAFTS)
    kind = guess_type(name)[0] or "application/octet-stream"
    answer = send_file(BytesIO(desk.media_file(name)), mimetype=kind, max_age=300)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def _draft(path: str) -> Draft:
    draft = find_draft(path)
    if draft is None:
        raise NotFound("There is no draft of this lesson. What learners see is the newest there is.")
    return draft


def _question(
    course: Course,
    lesson: str,
    draft: Draft,
    faults: Sequence[Problem] = (),
    problem: InvalidInput | None = None,
) -> str:
    """The question what kind of change it is; with the faults that keep the draft from being published."""
    reading = desk.read_through(course.slug, lesson, draft.text)
    return render(
        "studio/publish.html",
        nav="studio",
        course=course,
        lesson=lesson,
        title=reading.text.title if reading.text else lesson,
        draft=draft,
        faults=sorted({*faults, *reading.faults}),
        kinds=KINDS,
        form=request.form,
        problem=problem,
    )


def _number() -> int:
    written = request.form.get("number", "")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise InvalidInput("The form does not say which save it was made from. Load the page again.")
    return int(written)


def _editor(course: Course, lesson: str, shown: Sheet, *, view: str = "side", **more: object) -> str:
    reading = desk.read_through(course.slug, lesson, shown.text)
    draft, reader = find_draft(desk.path_of(course.slug, lesson)), signed_in()
    return render(
        "studio/lesson.html",
        nav="studio",
        course=course,
        lesson=lesson,
        sheet=shown,
        view=view if view in VIEWS else "side",
        views=VIEWS,
        title=(shown.facts.texts["title"] if shown.facts else "") or lesson,
        remarks=sheet.remarks(reading, shown),
        figures=sheet.figures_in_words(reading.figures),
        is_draft=draft is not None,
        saved=sheet.saved_words(draft, reader),
        company=sheet.company(draft, reader),
        may_write=may(reader, course.id, Deed.WRITE),
        may_publish=may(reader, course.id, Deed.PUBLISH),
        **desk.context_of(course, reading),
        **more,
    )


def _page(course: Course, lesson: str, text: str) -> str:
    reading = desk.read_through(course.slug, lesson, text)
    shown = sheet.sheet_of(text, 0)
    return render(
        "studio/lesson_preview.html",
        nav="studio",
        course=course,
        lesson=lesson,
        views=VIEWS,
        view="preview",
        remarks=sheet.remarks(reading, shown),
        **desk.context_of(course, reading),
    )


def _overtaken(course: Course, lesson: str, overtaken: Overtaken, own: str) -> Answer:
    if asks_for_data():
        return jsonify(message=overtaken.sentence), 409
    merged, conflicts = sheet.clash_of(overtaken)
    clash = {"sentence": overtaken.sentence, "own": own, "newest": overtaken.text, "conflicts": conflicts}
    return _editor(course, lesson, merged, clash=clash), 409


def _refused(course: Course, lesson: str, wrong: InvalidInput) -> Answer:
    """The form as it was sent, with what is wrong; a field that cannot be read keeps its words."""
    if asks_for_data():
        return jsonify(message=wrong.sentence), 422
    form = request.form
    number = int(form["number"]) if form.get("number", "").isdigit() else 0
    shown = sheet.sheet_of(form.get("head", "") + form.get("body", ""), number)
    shown = replace(shown, objectives=form.get("objectives", ""))
    return _editor(course, lesson, shown, problem=wrong.sentence), 422
