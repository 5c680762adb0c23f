"""The doors of authors: an assignment, its draft and files, handing in, erasing, asking for another attempt."""

from random import SystemRandom

from flask import Blueprint, flash, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from core import events
from core.database import transaction
from core.error_pages import error_page
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.limits import require_within
from core.web import SIGNED_IN, Reader, allow, render, signed_in
from marking import drafts, pages, uploads
from marking.allowances.services import ask
from marking.files import LARGEST, TOO_LARGE, Brought, check
from marking.forms import ButtonForm, HandInForm
from marking.rules import WITH_ITS_AUTHOR
from marking.sending import send
from marking.services import own_work, queue_up
from progress.access import Visit, turn_away, visit
from quizzes.access import open_attempt, require_open
from quizzes.closing import PersonNeeded
from quizzes.models import Attempt, Quiz
from quizzes.quiz_settings import QuizKind
from quizzes.reads import AttemptHead
from quizzes.services import find_quiz
from quizzes.standing import asking
from quizzes.views import Doors, open_doors

bp = Blueprint("marking", __name__)
Answer = str | tuple[str, int] | Response
UPLOADS = "30/hour; 100/day"
HANDED_IN = "Your work is handed in. A mail confirms it."
MOST_LET_BY = 100_000_000  # bytes of a file that is refused; whoever sends more sees the connection break
STANDS = "What was saved before is still here."


def register() -> None:
    """Answer for assignments, hear of attempts that need a person, and let the worker delete erased files."""
    open_doors(QuizKind.ASSIGNMENT, Doors(show, start, show_attempt))
    events.subscribe(PersonNeeded, queue_up)
    uploads.register()


def show(here: Visit, quiz: Quiz, person: Reader) -> str:
    """The assignment before it is begun, and how the reader stands with it."""
    page = pages.assignment_page(here, quiz, person)
    asks = asking(person.user_id, quiz.id) if page.start.is_used_up else None
    return render("marking/start.html", nav="learning", page=page, asks=asks)


def start(user_id: int, quiz: Quiz, step_id: int) -> Attempt:
    """Begin, or come back to the open draft."""
    return drafts.start(user_id, quiz, step_id, SystemRandom())


def show_attempt(head: AttemptHead, here: Visit, person: Reader) -> str:
    """The draft; once it is handed in the work with its state, once it is marked the result."""
    if own_work(person.user_id, head.id).state in WITH_ITS_AUTHOR:
        return render("marking/write.html", nav="learning", page=pages.write_page(head, here, person))
    page_of_work = pages.work_page(head, here, person)
    return render("marking/work.html", nav="learning", page=page_of_work)


@bp.get("/attempts/<work_id>/marks")
@allow(SIGNED_IN)
def marks(work_id: str) -> Answer:
    """What a marker says of the written answers of a quiz; an assignment has it on its own page."""
    head, here, person = open_attempt(work_id)
    if not here.decision.allowed:
        return turn_away(here)
    if head.kind is QuizKind.ASSIGNMENT:
        return redirect(head.url)
    return render("marking/work.html", nav="learning", page=pages.work_page(head, here, person))


@bp.route("/attempts/<work_id>/hand-in", methods=["GET", "POST"])
@allow(SIGNED_IN)
def hand_in(work_id: str) -> Answer:
    """The last look before handing in, and handing in."""
    head, here, person = open_attempt(work_id)
    if not here.decision.allowed:
        return turn_away(here)
    work = own_work(person.user_id, work_id)
    if head.kind is not QuizKind.ASSIGNMENT or work.state not in WITH_ITS_AUTHOR:
        return redirect(head.url, 303)
    require_open(here)
    form = HandInForm()
    if form.validate_on_submit():
        return _hand_in(head, person, form)
    page = pages.write_page(head, here, person)
    html = render("marking/hand_in.html", nav="learning", page=page, form=form)
    return (html, 422) if form.errors else html


def _hand_in(head: AttemptHead, person: Reader, form: HandInForm) -> Answer:
    try:
        with transaction():
            drafts.hand_in(person.user_id, head.id, bool(form.confirmed.data))
    except InvalidInput as wrong:
        flash(wrong.sentence, "bad")
        return redirect(f"{head.url}/hand-in", 303)
    flash(HANDED_IN, "ok")
    return redirect(head.url, 303)


@bp.post("/attempts/<work_id>/erase")
@allow(SIGNED_IN)
def erase(work_id: str) -> Answer:
    """Take back everything, as long as it is not marked, and whoever ticked that they mean it."""
    person = signed_in()
    own_work(person.user_id, work_id)
    if not request.form.get("sure"):
        flash("Nothing was erased. Tick “Yes, erase all of it”, and press the button again.", "bad")
        return redirect(f"/attempts/{work_id}#erase", 303)
    with transaction():
        drafts.erase(person.user_id, work_id, SystemRandom())
    flash("Your work is erased: text, files, versions and comments.", "ok")
    return redirect(f"/attempts/{work_id}", 303)


@bp.get("/attempts/<work_id>/files")
@allow(SIGNED_IN)
def files(work_id: str) -> Answer:
    """The files of one answer in a quiz; an assignment has them beside its text."""
    head, here, person = open_attempt(work_id)
    if not here.decision.allowed:
        return turn_away(here)
    position = request.args.get("q", 1, type=int)
    if head.kind is QuizKind.ASSIGNMENT or not head.is_open:
        return redirect(head.url)
    page = pages.files_page(head, here, person, position)
    return render("marking/files.html", nav="learning", page=page, form=ButtonForm())


@bp.post("/attempts/<work_id>/files")
@allow(SIGNED_IN)
def bring(work_id: str) -> Answer:
    """Take one file to an answer. It is checked and stored before its row is written."""
    head, here, person = open_attempt(work_id)
    require_open(here)
    require_within(UPLOADS, "work-files", str(person.user_id))
    position = request.form.get("position", 1, type=int)
    try:
        uploads.require_place(person.user_id, work_id, position)
        _bring(person, work_id, position, _read(request.files.get("file")))
    except (InvalidInput, Conflict, Unavailable) as refused:
        flash(refused.sentence, "bad")
        return redirect(_back(head, position).partition("#")[0], 303)  # to the top, where the reason stands
    flash("The file is here.", "ok")
    return redirect(_back(head, position), 303)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Answer | tuple[str, int, dict[str, str]]:
    """A file over the limit of all requests is refused before its door: back to where it was sent from.

    Nothing of the form was read, so the question stands in the address.
    """
    if request.endpoint != "marking.bring":
        return error_page(413)
    _let_by()
    flash(f"{TOO_LARGE} {STANDS}", "bad")
    position = request.args.get("q", 1, type=int)
    return redirect(f"/attempts/{(request.view_args or {})['work_id']}/files?q={position}", 303)


def _let_by() -> None:
    """Read what is still coming and drop it: a browser that is cut off while it sends shows no answer of ours."""
    left, stream = min(request.content_length or 0, MOST_LET_BY), request.environ["wsgi.input"]
    while left > 0 and (part := stream.read(min(left, 65_536))):
        left -= len(part)


def _read(sent: FileStorage | None) -> Brought:
    return check(sent.filename or "" if sent else "", sent.read(LARGEST + 1) if sent else b"")


def _bring(person: Reader, work_id: str, position: int, brought: Brought) -> None:
    """Three steps, for the storage is not spoken to within a transaction: the row, the bytes, the place."""
    with transaction():
        key = uploads.announce(position, brought)
    try:
        uploads.store(key, brought.data)
        with transaction():
            uploads.keep(person.user_id, work_id, position, key)
    except BaseException:
        uploads.let_go(key)
        raise


def _back(head: AttemptHead, position: int) -> str:
    return f"{head.url}#files" if head.kind is QuizKind.ASSIGNMENT else f"{head.url}/files?q={position}"


@bp.post("/attempts/<work_id>/files/<int:file_id>/remove")
@allow(SIGNED_IN)
def remove(work_id: str, file_id: int) -> Answer:
    """Take a file out of a draft. A second press finds it gone, and no question to go back to."""
    head, here, person = open_attempt(work_id)
    require_open(here)
    try:
        with transaction():
            position = uploads.take_out(person.user_id, work_id, file_id)
    except NotFound:
        if not uploads.is_gone(file_id):
            raise
        return redirect(head.url, 303)
    flash("The file is taken out.", "ok")
    return redirect(_back(head, position), 303)


@bp.get("/attempts/<work_id>/files/<int:file_id>")
@allow(SIGNED_IN)
def file(work_id: str, file_id: int) -> Response:
    """One's own file."""
    head, _, _ = open_attempt(work_id)
    found = uploads.find_file(head.id, file_id)
    return send(found, found.name)


@bp.post("/learn/<course>/quizzes/<quiz>/ask")
@allow(SIGNED_IN)
def ask_for_another(course: str, quiz: str) -> Answer:
    """Ask for another attempt where none is left."""
    person = signed_in()
    here = visit(course, quiz, "quiz", person)
    if not here.decision.allowed:
        return turn_away(here)
    try:
        with transaction():
            ask(person.user_id, find_quiz(here.step.body), here.step.id, request.form.get("reason", ""))
    except (InvalidInput, Conflict) as refused:
        flash(refused.sentence, "bad")
    else:
        flash("Your question is with the instructors. A mail tells you what they answer.", "ok")
    return redirect(here.step.url, 303)
