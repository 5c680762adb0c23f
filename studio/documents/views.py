"""The doors of documents: brought into a course, looked over, made drafts of."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core import jobs
from core.database import transaction
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.limits import require_within
from core.web import INSTRUCTOR, allow, render, send_stored, signed_in
from courses.access import course_for
from courses.roles import Deed
from studio.documents import outline_text, services
from studio.documents.converting import read_pasted, read_word
from studio.documents.models import DocumentImport
from studio.documents.rules import MOST_DOCUMENTS, Document, Part, Picture, levels
from studio.documents.services import Chosen

bp = Blueprint("documents", __name__, url_prefix="/studio/courses/<course>/import")
Answer = str | tuple[str, int] | Response
BROUGHT = "60/hour"
NOTHING = "Choose a document, or paste a text first."
TOO_MANY = f"Choose at most {MOST_DOCUMENTS} documents at once."
NONE_CHOSEN = "Choose at least one lesson."
MADE = "The drafts are made. Learners see nothing of them before you publish."
KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def register() -> None:
    """Let the worker forget, each hour, what was brought and ended."""
    jobs.periodic("document-imports", services.KEPT / 24, services.sweep)


@bp.route("", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def bring(course: str) -> Answer:
    """Documents or a pasted text, read at once and kept for a day."""
    taught = course_for(course, Deed.WRITE)
    if request.method == "GET":
        return render(
            "studio/documents/bring.html", nav="studio", course=taught, most=MOST_DOCUMENTS, problem=""
        )
    require_within(BROUGHT, "documents", str(signed_in().user_id))
    try:
        brought = _keep(course, _read())
    except (InvalidInput, Unavailable) as refused:
        page = {"course": taught, "most": MOST_DOCUMENTS, "problem": refused.sentence}
        return render("studio/documents/bring.html", nav="studio", **page), 422
    return redirect(url_for("documents.show", course=course, import_id=brought), 303)


def _read() -> list[tuple[Document, list[Picture]]]:
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MOST_DOCUMENTS:
        raise InvalidInput(TOO_MANY, "files")
    read = [read_word(PurePosixPath(file.filename or "").stem, file.read()) for file in files]
    if pasted := request.form.get("pasted", "").strip():
        read.append(read_pasted("Pasted text", pasted))
    if not read:
        raise InvalidInput(NOTHING, "files")
    return sorted(read, key=lambda each: each[0].name)


def _keep(course: str, read: Sequence[tuple[Document, list[Picture]]]) -> str:
    """The rows, then the pictures: the storage is not spoken to within a transaction."""
    with transaction():
        import_id = services.announce(course, signed_in().user_id, read).id
        keys = [picture.key for picture in services.pictures_of(import_id)]
    services.store(keys, [picture for _, pictures in read for picture in pictures])
    return import_id


@bp.get("/<import_id>")
@allow(INSTRUCTOR)
def show(course: str, import_id: str) -> Answer:
    """The outline to confirm; once drafts were made, what they are."""
    course_for(course, Deed.WRITE)
    return _page(course, services.find_import(import_id, course, signed_in().user_id))


def _page(course: str, brought: DocumentImport, problem: str = "") -> str:
    documents = [Document.of(each) for each in brought.documents]
    parts = services.parts_of(brought, _level())
    alts = {block.picture: block.alt for part in parts for block in part.pictures}
    return render(
        "studio/documents/show.html",
        nav="studio",
        course=course_for(course, Deed.WRITE),
        brought=brought,
        problem=problem,
        documents=documents,
        levels=levels(documents),
        level=_level(),
        parts=list(zip(parts, services.free_slugs(course, [part.title for part in parts]), strict=True)),
        alts=alts,
        modules=outline_text.modules_of(services.course_text(course)[1]),
        typed=request.form,
    )


def _level() -> int | None:
    return request.args.get("split", type=int)


@bp.post("/<import_id>")
@allow(INSTRUCTOR)
def make(course: str, import_id: str) -> Answer:
    """Make the drafts that were confirmed."""
    course_for(course, Deed.WRITE)
    by = signed_in().user_id
    brought = services.find_import(import_id, course, by)
    try:
        chosen = _chosen(services.parts_of(brought, _level()))
        pictures = services.pictures_of(import_id)
        alts = [request.form.get(f"alt-{picture.place}", "") for picture in pictures]
        services.place_pictures(pictures)
        with transaction():
            own = services.find_import(import_id, course, by)
            services.make_drafts(own, request.form.get("module", ""), chosen, alts, by)
    except (InvalidInput, Unavailable) as refused:
        return _page(course, services.find_import(import_id, course, by), refused.sentence), 422
    except Conflict as refused:
        flash(refused.sentence, "bad")
    else:
        flash(MADE, "ok")
    return redirect(url_for("documents.show", course=course, import_id=import_id), 303)


def _chosen(parts: Sequence[Part]) -> list[Chosen]:
    """The lessons that are ticked, by the titles and slugs that stand beside them."""
    from publishing.texts.fields import SLUG

    chosen = [
        Chosen(
            part,
            " ".join(request.form.get(f"title-{n}", "").split()),
            request.form.get(f"slug-{n}", "").strip(),
        )
        for n, part in enumerate(parts)
        if f"keep-{n}" in request.form
    ]
    if not chosen:
        raise InvalidInput(NONE_CHOSEN)
    for each in chosen:
        if not each.title:
            raise InvalidInput("Each lesson needs a title.")
        if not SLUG.fullmatch(each.slug):
            raise InvalidInput(f"“{each.slug}” cannot be an address. Use a-z, 0-9 and single hyphens.")
    return chosen


@bp.get("/<import_id>/pictures/<int:place>")
@allow(INSTRUCTOR)
def picture(course: str, import_id: str, place: int) -> Response:
    """A picture of the import, for who says what it shows."""
    course_for(course, Deed.WRITE)
    pictures = services.pictures_of(services.find_import(import_id, course, signed_in().user_id).id)
    found = next((each for each in pictures if each.place == place), None)
    if found is None:
        raise NotFound(services.GONE)
    return send_stored(found.key, KINDS[found.ending])
