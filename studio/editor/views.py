"""The doors of the lesson editor: write, save, look at the page, see its files."""

from dataclasses import asdict, replace
from io import BytesIO
from mimetypes import guess_type

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import InvalidInput
from core.limits import require_within
from core.web import INSTRUCTOR, allow, asks_for_data, render, signed_in
from courses.access import require
from courses.roles import Deed
from studio.drafts.services import Overtaken, find_draft, save, text_of
from studio.editor import desk, sheet
from studio.editor.citations import found, in_words
from studio.editor.sheet import Sheet
from studio.outline.services import title_of
from studio.record import media_file, published
from studio.texts import Text, text_for

bp = Blueprint("editor", __name__, url_prefix="/studio/courses/<course>/lessons/<lesson>")
Answer = str | tuple[str, int] | tuple[Response, int] | Response
VIEWS = {"write": "Write", "side": "Side by side", "preview": "Preview"}
PREVIEWS = "120/minute"
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # a drawing may hold styles of its own


@bp.get("")
@allow(INSTRUCTOR)
def show(course: str, lesson: str) -> Answer:
    """The newest text in its fields, beside its page; or the page alone."""
    about = text_for(desk.path_of(course, lesson), Deed.READ_DRAFTS)
    number, written = text_of(about.path)
    view = request.args.get("view", "side")
    if view == "preview":
        return _page(about, lesson, written)
    return _editor(about, lesson, sheet.sheet_of(written, number), view=view)


@bp.post("")
@allow(INSTRUCTOR)
def keep(course: str, lesson: str) -> Answer:
    """Save the draft, and go on to publishing where that was pressed."""
    about = text_for(desk.path_of(course, lesson), Deed.WRITE)
    path = about.path
    text_of(path)  # A lesson that is neither published nor begun has no editor.
    try:
        text, number = sheet.text_in(request.form), _number()
        with transaction():
            draft = save(path, text, number, signed_in().user_id)
            number = draft.number
    except Overtaken as overtaken:
        return _overtaken(about, lesson, overtaken, text)
    except InvalidInput as wrong:
        return _refused(about, lesson, wrong)
    if request.form.get("go") == "publish":
        return redirect(url_for("publication.ask", path=path), 303)
    if asks_for_data():
        return jsonify(number=number, words=sheet.saved_words(draft, signed_in()))
    flash("The draft is saved. Learners see what is published.", "ok")
    return redirect(url_for("editor.show", course=course, lesson=lesson, view=request.args.get("view")), 303)


@bp.post("/preview")
@allow(INSTRUCTOR)
def preview(course: str, lesson: str) -> Answer:
    """The page of the text in the form, and what is wrong with it; nothing is kept."""
    text_for(desk.path_of(course, lesson), Deed.READ_DRAFTS)
    require_within(PREVIEWS, "previews", str(signed_in().user_id))
    text = sheet.text_in(request.form)
    reading, shown = desk.read_through(course, lesson, text), sheet.sheet_of(text, 0)
    remarks = sheet.remarks(reading, shown)
    return jsonify(
        page=render_template("studio/_page.html", **desk.context_of(course, reading)),
        findings=render_template("studio/_findings.html", remarks=remarks),
        remarks=[asdict(remark) for remark in remarks],
        figures=sheet.figures_in_words(reading.figures),
    )


@bp.get("/sources")
@allow(INSTRUCTOR)
def sources(course: str, lesson: str) -> Response:
    """Sources of the bibliography by author or word."""
    require(course, Deed.READ_DRAFTS)
    listed = found(published().bundle.sources.values(), request.args.get("q", "")[:100])
    return jsonify(sources=[{"key": source.key, "words": in_words(source)} for source in listed])


@bp.get("/media/<path:name>")
@allow(INSTRUCTOR)
def media(course: str, lesson: str, name: str) -> Response:
    """A picture that the lesson shows."""
    require(course, Deed.READ_DRAFTS)
    kind = guess_type(name)[0] or "application/octet-stream"
    answer = send_file(BytesIO(media_file(name)), mimetype=kind, max_age=300)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def _number() -> int:
    written = request.form.get("number", "")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise InvalidInput("The form does not say which save it was made from. Load the page again.")
    return int(written)


def _editor(about: Text, lesson: str, shown: Sheet, *, view: str = "side", **more: object) -> str:
    reading = desk.read_through(about.course, lesson, shown.text)
    draft, reader = find_draft(about.path), signed_in()
    return render(
        "studio/lesson.html",
        nav="studio",
        about=about,
        course=about.course,
        course_title=title_of(about.course),
        lesson=lesson,
        sheet=shown,
        view=view if view in VIEWS else "side",
        views=VIEWS,
        title=(shown.facts.texts["title"] if shown.facts else "") or lesson,
        remarks=sheet.remarks(reading, shown),
        figures=sheet.figures_in_words(reading.figures),
        saved=sheet.saved_words(draft, reader),
        company=sheet.company(draft, reader),
        may_write=Deed.WRITE in about.deeds,
        may_publish=Deed.PUBLISH in about.deeds,
        **desk.context_of(about.course, reading),
        **more,
    )


def _page(about: Text, lesson: str, text: str) -> str:
    reading = desk.read_through(about.course, lesson, text)
    shown = sheet.sheet_of(text, 0)
    return render(
        "studio/lesson_preview.html",
        nav="studio",
        about=about,
        course=about.course,
        course_title=title_of(about.course),
        lesson=lesson,
        views=VIEWS,
        view="preview",
        remarks=sheet.remarks(reading, shown),
        **desk.context_of(about.course, reading),
    )


def _overtaken(about: Text, lesson: str, overtaken: Overtaken, own: str) -> Answer:
    if asks_for_data():
        return jsonify(message=overtaken.sentence), 409
    merged, conflicts = sheet.clash_of(overtaken)
    clash = {"sentence": overtaken.sentence, "own": own, "newest": overtaken.text, "conflicts": conflicts}
    return _editor(about, lesson, merged, clash=clash), 409


def _refused(about: Text, lesson: str, wrong: InvalidInput) -> Answer:
    """The form as it was sent, with what is wrong; a field that cannot be read keeps its words."""
    if asks_for_data():
        return jsonify(message=wrong.sentence), 422
    form = request.form
    number = int(form["number"]) if form.get("number", "").isdigit() else 0
    shown = sheet.sheet_of(form.get("head", "") + form.get("body", ""), number)
    shown = replace(shown, objectives=form.get("objectives", ""))
    return _editor(about, lesson, shown, problem=wrong.sentence), 422
