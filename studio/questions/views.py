"""The doors of questions in and out: bring, look, keep; and take."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import InvalidInput
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.access import course_for
from courses.roles import Deed
from quizzes.questions import Question
from studio.questions import services
from studio.questions.formats import EXPORTERS, IMPORTERS, MOST_BYTES, Exporter, decoded
from studio.questions.forms import BringForm, KeepForm
from studio.questions.gathering import MOST_QUESTIONS
from studio.questions.models import QuestionImport
from studio.questions.our_text import slug

bp = Blueprint("questions", __name__, url_prefix="/studio/courses/<course>/questions")
Answer = str | tuple[str, int] | Response
PASTED = "pasted"


@bp.route("/import", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def bring(course: str) -> Answer:
    """Bring a file or a text; nothing is kept before it was looked at."""
    here = course_for(course, Deed.WRITE)
    form = BringForm()
    if not form.validate_on_submit():
        return render(
            "studio/bring_questions.html", nav="studio", course=here, form=form, most=MOST_QUESTIONS
        )
    try:
        name, text = _brought(form)
        format_, found = services.read(text, form.format.data or "")
    except InvalidInput as problem:
        field = form.format if problem.field == "format" else form.file
        field.errors = [problem.sentence]
        page = render(
            "studio/bring_questions.html", nav="studio", course=here, form=form, most=MOST_QUESTIONS
        )
        return page, 422
    with transaction():
        made = services.hold(course, name, format_, found, signed_in().user_id).id
    return redirect(url_for("questions.look", course=course, import_id=made), 303)


@bp.get("/import/<int:import_id>")
@allow(INSTRUCTOR)
def look(course: str, import_id: int) -> Answer:
    """Each question that was understood, and each that was not, with its line."""
    course_for(course, Deed.WRITE)
    made = services.find_import(course, import_id)
    form = KeepForm(formdata=None, name=slug(made.name.rpartition(".")[0] or made.name) or PASTED)
    return _look(made, form)


@bp.post("/import/<int:import_id>")
@allow(INSTRUCTOR)
def keep(course: str, import_id: int) -> Answer:
    """Keep the questions as a draft."""
    course_for(course, Deed.WRITE)
    form = KeepForm()
    if not form.validate():
        return _look(services.find_import(course, import_id), form), 422
    try:
        with transaction():
            services.keep(services.find_import(course, import_id), form.name.data or "", signed_in().user_id)
    except InvalidInput as problem:
        form.name.errors = [problem.sentence]
        return _look(services.find_import(course, import_id), form), 422
    flash("The questions are kept as a draft. Learners see them once it is published.", "success")
    return redirect(url_for("questions.look", course=course, import_id=import_id), 303)


@bp.get("/export")
@allow(INSTRUCTOR)
def export(course: str) -> Answer:
    """What each format can hold of a quiz or a file of questions (`of`), and the file in one of them (`format`)."""
    here = course_for(course, Deed.READ_DRAFTS)
    name, wanted = request.args.get("of", ""), request.args.get("format", "")
    if not name:
        files = services.question_files(course)
        return render(
            "studio/take_questions.html", nav="studio", course=here, files=files, name="", written={}
        )
    questions = services.questions_of(course, name)
    if wanted in EXPORTERS:
        return _file(EXPORTERS[wanted], name.rpartition("/")[2], questions)
    written = {key: (each.label, each.write(questions)) for key, each in EXPORTERS.items()}
    return render(
        "studio/take_questions.html", nav="studio", course=here, files=[], name=name, written=written
    )


def _file(exporter: Exporter, name: str, questions: list[Question]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{exporter.suffix}"'}
    return Response(exporter.write(questions).text, mimetype=exporter.media_type, headers=headers)


def _brought(form: BringForm) -> tuple[str, str]:
    """The name and the text of what was brought: the file, or else what was pasted."""
    file = form.file.data
    if isinstance(file, FileStorage) and file.filename:
        return file.filename[:120], decoded(file.read(MOST_BYTES + 1))
    return PASTED, form.text.data or ""


def _look(made: QuestionImport, form: KeepForm) -> str:
    return render(
        "studio/look_at_questions.html",
        nav="studio",
        course=course_for(made.course, Deed.WRITE),
        made=made,
        label=IMPORTERS[made.format].label,
        changed=sum(bool(each["changes"]) for each in made.held),
        form=form,
    )
