"""The doors of quizzes: begin, answer, hand in, see what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom

from flask import Blueprint, flash, jsonify, redirect, request
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict, DomainError, Forbidden, NotFound
from core.limits import require_within
from core.web import ANYONE, SIGNED_IN, Reader, allow, csrf, render, signed_in
from progress.access import Visit, turn_away, visit
from quizzes import closing, forms, kept, pages, saving, services
from quizzes.access import open_attempt, require_in_course, require_open, where
from quizzes.cases import views as case_views
from quizzes.cases.services import start as start_case
from quizzes.models import Attempt, Quiz
from quizzes.paper import show_item
from quizzes.quiz_settings import QuizKind, View
from quizzes.reads import AttemptHead, Item, attempt_head, items_of, mailbox
from quizzes.rules import AttemptStep, next_state
from quizzes.standing import standing_with

bp = Blueprint("quizzes", __name__)
Answer = str | Response
Form = dict[str, list[str]]
SUBMISSIONS = "60/hour"
NOT_SUBMITTED = {
    QuizKind.CASE: "A case is not handed in: it ends with its last choice.",
    QuizKind.ASSIGNMENT: "An assignment is handed in from its own page, where you confirm that it names no client.",
}


@bp.get("/learn/<course>/quizzes/<quiz>")
@allow(SIGNED_IN)
def show(course: str, quiz: str) -> Answer:
    """The quiz before it is begun: what it is, what it takes, what was tried already."""
    person = signed_in()
    here = visit(course, quiz, "quiz", person)
    if not here.decision.allowed:
        return turn_away(here)
    found = services.find_quiz(here.step.body)
    return DOORS[QuizKind(found.kind)].show(here, found, person)


@bp.post("/learn/<course>/quizzes/<quiz>/start")
@allow(SIGNED_IN)
def start(course: str, quiz: str) -> Answer:
    """Begin, or come back to the attempt that is open."""
    person = signed_in()
    here = visit(course, quiz, "quiz", person)
    if not here.decision.allowed:
        return turn_away(here)
    with transaction():
        found = services.find_quiz(here.step.body)
        begun = DOORS[QuizKind(found.kind)].start(person.user_id, found, here.step.id)
        address = f"/attempts/{begun.id}"
    return redirect(address, 303)


@bp.get("/attempts/<attempt_id>")
@allow(SIGNED_IN)
def attempt(attempt_id: str) -> Answer:
    """An open attempt where it stands; of a submitted one the result."""
    head, here, person = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    return DOORS[head.kind].attempt(head, here, person)


@bp.get("/attempts/<attempt_id>/review")
@allow(SIGNED_IN)
def review(attempt_id: str) -> Answer:
    """The last look before handing in: what has no answer, what is flagged."""
    head, here, person = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    if not head.is_open or head.kind is not QuizKind.QUIZ:
        return redirect(head.url)
    require_in_course(here)
    items = items_of(head.id, person.user_id)
    shown = [show_item(item) for item in items]
    return render(
        "quizzes/review.html",
        nav="learning",
        head=head,
        kicker=pages.kicker(here),
        unanswered=[each for each in shown if not each.answered],
        flagged=[each for each in shown if each.flagged and each.answered],
        palette=pages.palette(items, None),
    )


@bp.post("/attempts/<attempt_id>")
@allow(ANYONE)
def save(attempt_id: str) -> Answer:
    """Keep the answers on a page. A script gets JSON; a page goes where its button leads."""
    person = forms.sender()
    if person is None:
        return forms.keep_for_later()
    try:
        saved = _save(attempt_id, person, request.form.to_dict(flat=False))
    except DomainError as error:
        if forms.wants_json() and isinstance(error, (Conflict, Forbidden, NotFound)):
            return forms.told(error.sentence, {Conflict: 409, Forbidden: 403, NotFound: 404}[type(error)])
        raise
    if forms.wants_json():
        return jsonify(saved=saved)
    return _go_on(attempt_id, person)


@bp.post("/attempts/<attempt_id>/submit")
@allow(ANYONE)
def submit(attempt_id: str) -> Answer:
    """Hand in: the answers as saved are marked, once. The result stands at the attempt's own address."""
    person = forms.sender()
    if person is None:
        return forms.keep_for_later()
    _submit(attempt_id, person)
    return redirect(f"/attempts/{attempt_id}", 303)


bp.add_url_rule("/attempts/<play_id>/choose", view_func=case_views.choose, methods=["POST"])

# These ask for the token themselves: what comes under an ended sign-in is kept, not refused.
for sent in (save, submit, case_views.choose):
    csrf.exempt(sent)


@bp.get("/attempts/kept/<token>")
@allow(SIGNED_IN)
def show_kept(token: str) -> Answer:
    """What arrived after the sign-in had ended, and a button that sends it."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, sort = _addressed(form.path)
    head = attempt_head(attempt_id, person.user_id)
    given = sort.tell(head, person, forms.as_form(form.fields))
    return render("quizzes/kept.html", nav="learning", head=head, given=given, sort=sort, token=token)


@bp.post("/attempts/kept/<token>")
@allow(SIGNED_IN)
def send_kept(token: str) -> Answer:
    """Send what was kept, if the attempt is the reader's."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, sort = _addressed(form.path)
    address = sort.send(attempt_id, person, forms.as_form(form.fields))
    with transaction():
        kept.take(token)
    return redirect(address, 303)


def _show_quiz(here: Visit, quiz: Quiz, person: Reader) -> Answer:
    questions = pages.plural(services.question_count(quiz), "question")
    page = pages.start_page(here, quiz, person)
    stands = standing_with(person, quiz, here.step.id)
    return render("quizzes/start.html", nav="learning", page=page, questions=questions, stands=stands)


def _start_quiz(user_id: int, quiz: Quiz, step_id: int) -> Attempt:
    return services.start(user_id, quiz, step_id, SystemRandom())


def _quiz_attempt(head: AttemptHead, here: Visit, person: Reader) -> Answer:
    """The questions of an open attempt, one a page or all."""
    if not head.is_open:
        return render("quizzes/result.html", nav="learning", page=pages.result_page(head, here, person))
    require_in_course(here)
    items = items_of(head.id, person.user_id)
    if _wants_paper(head):
        return _whole_paper(head, here, items)
    return _one_question(head, here, items)


@dataclass(frozen=True)
class Doors:
    """What one kind does behind the addresses that all kinds share."""

    show: Callable[[Visit, Quiz, Reader], Answer]
    start: Callable[[int, Quiz, int], Attempt]
    attempt: Callable[[AttemptHead, Visit, Reader], Answer]


DOORS = {
    QuizKind.QUIZ: Doors(_show_quiz, _start_quiz, _quiz_attempt),
    QuizKind.CASE: Doors(case_views.show, start_case, case_views.attempt),
}


def open_doors(kind: QuizKind, doors: Doors) -> None:
    """Let a room above answer for one kind."""
    DOORS[kind] = doors


def _wants_paper(head: AttemptHead) -> bool:
    if "q" in request.args:
        return False
    return request.args.get("view", head.settings.view) == View.PAPER


def _one_question(head: AttemptHead, here: Visit, items: list[Item]) -> str:
    asked_for = request.args.get("q", type=int) or pages.first_open(items)
    place = min(max(asked_for, 1), len(items))
    return render(
        "quizzes/attempt.html",
        nav="learning",
        head=head,
        kicker=pages.kicker(here),
        question=show_item(items[place - 1]),
        count=len(items),
        palette=pages.palette(items, place),
    )


def _whole_paper(head: AttemptHead, here: Visit, items: list[Item]) -> str:
    return render(
        "quizzes/paper.html",
        nav="learning",
        head=head,
        kicker=pages.kicker(here),
        questions=[show_item(item) for item in items],
        palette=pages.palette(items, None),
    )


def _save(attempt_id: str, person: Reader, form: Form) -> int:
    """Save what a form holds; the number of questions it held. Raises NotFound, Forbidden, Conflict."""
    box = mailbox(attempt_id, person.user_id, forms.positions(form))
    require_open(where(box.course, box.step, person))
    next_state(box.state, AttemptStep.SAVE)
    given = forms.read_given(box.targets, form)
    with transaction():
        saving.save(person.user_id, attempt_id, given)
    return len(given)


def _submit(attempt_id: str, person: Reader) -> None:
    require_within(SUBMISSIONS, "quiz-submit", str(person.user_id))
    head = attempt_head(attempt_id, person.user_id)
    require_open(where(head.course, head.step, person))
    if head.kind is not QuizKind.QUIZ:
        raise Conflict(NOT_SUBMITTED[head.kind])
    with transaction():
        closing.submit(person.user_id, attempt_id)


def _go_on(attempt_id: str, person: Reader) -> Response:
    head = attempt_head(attempt_id, person.user_id)
    last = len(items_of(attempt_id, person.user_id))
    leads = forms.onward(request.form.get("go", ""), request.args.get("q", type=int), last)
    if leads.page == "leave":
        flash("Your answers are saved. Come back whenever you like.", "ok")
        return redirect(f"/learn/{head.course}/quizzes/{head.step}", 303)
    return redirect(f"{head.url}/{leads.page}" if leads.page else f"{head.url}{leads.query}", 303)


def _tell_answers(head: AttemptHead, person: Reader, form: Form) -> list[tuple[str, list[str]]]:
    box = mailbox(head.id, person.user_id, forms.positions(form))
    return pages.answers_in_words(box.targets, forms.read_given(box.targets, form))


def _send_answers(attempt_id: str, person: Reader, form: Form) -> str:
    _save(attempt_id, person, form)
    flash("Your answers are saved.", "ok")
    return f"/attempts/{attempt_id}"


def _send_in(attempt_id: str, person: Reader, _form: Form) -> str:
    _submit(attempt_id, person)
    return f"/attempts/{attempt_id}"


@dataclass(frozen=True)
class Late:
    """A sort of form that may arrive when its sign-in has ended: its words, and how it is told and sent."""

    lede: str
    button: str
    tell: Callable[[AttemptHead, Reader, Form], list[tuple[str, list[str]]]]
    send: Callable[[str, Reader, Form], str]  # gives the address to go on at


LATE = {
    "": Late(
        "You sent these after your sign-in had ended. Nothing is saved until you send them now.",
        "Send my answers",
        _tell_answers,
        _send_answers,
    ),
    "submit": Late(
        "You handed in after your sign-in had ended. Send it now and the answers saved so far are marked.",
        "Confirm and submit",
        lambda head, person, form: [],
        _send_in,
    ),
    "choose": Late(
        "You chose after your sign-in had ended. Nothing has happened in the case until you send it now.",
        "Send my choice",
        case_views.tell,
        case_views.send,
    ),
}


def _addressed(path: str) -> tuple[str, Late]:
    """The attempt that a kept form is for, and what sort of form it is."""
    _, _, attempt_id, *rest = path.split("/")
    return attempt_id, LATE["/".join(rest)]
