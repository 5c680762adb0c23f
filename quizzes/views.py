"""The doors of quizzes: begin, answer, hand in, see what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from random import SystemRandom

from flask import Blueprint, flash, jsonify, redirect, request, send_file
from werkzeug.wrappers import Response

from core.clock import now
from core.database import transaction
from core.error_pages import status_of
from core.errors import DomainError
from core.limits import require_within
from core.web import ANYONE, SIGNED_IN, Reader, allow, csrf, render, signed_in
from progress.access import Visit, turn_away, visit
from quizzes import answering, closing, forms, pages, services
from quizzes.access import open_attempt, require_in_course
from quizzes.attempt_page import attempt_page, clock_of, palette, place_of, wanted_view
from quizzes.cases import views as case_views
from quizzes.cases.services import start as start_case
from quizzes.models import Attempt, Quiz
from quizzes.paper import show_item
from quizzes.quiz_settings import QuizKind, View
from quizzes.reads import AttemptHead, attempt_head, items_of
from quizzes.result_page import result_page
from quizzes.result_sheet import result_sheet
from quizzes.saving import Kept, NotKept
from quizzes.sending import hand_in, save_answers
from quizzes.standing import asking
from quizzes.start_page import start_page
from quizzes.terms import is_overdue
from quizzes.words import plural

bp = Blueprint("quizzes", __name__)
Answer = str | Response
PAPERS = "60/minute"


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
        palette=palette(head, items, None),
        clock=clock_of(head, person),
    )


@bp.post("/attempts/<attempt_id>")
@allow(ANYONE)
def save(attempt_id: str) -> Answer:
    """Keep the answers on a page. A script gets JSON; a page goes where its button leads."""
    person = forms.sender()
    if person is None:
        return forms.keep_for_later()
    try:
        saved = save_answers(attempt_id, person, request.form.to_dict(flat=False))
    except DomainError as refused:
        return _refuse(attempt_id, refused)
    if forms.wants_json():
        return jsonify(answers=[asdict(each) for each in saved])
    return _go_on(attempt_id, person, saved)


def _refuse(attempt_id: str, refused: DomainError) -> Answer:
    """A script has the text on its page still; without one it is given back."""
    if forms.wants_json():
        return forms.told(refused.sentence, status_of(refused))
    if isinstance(refused, NotKept):
        return pages.give_back(attempt_id, refused)
    raise refused


@bp.post("/attempts/<attempt_id>/submit")
@allow(ANYONE)
def submit(attempt_id: str) -> Answer:
    """Hand in: the answers as saved are marked, once. The result stands at the attempt's own address."""
    person = forms.sender()
    if person is None:
        return forms.keep_for_later()
    hand_in(attempt_id, person)
    return redirect(f"/attempts/{attempt_id}", 303)


@bp.get("/attempts/<attempt_id>/print")
@allow(SIGNED_IN)
def print_result(attempt_id: str) -> Answer:
    """The result of one's own attempt on paper: what stands on its page, nothing folded away."""
    head, here, person = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    if head.is_open or head.kind is not QuizKind.QUIZ:
        return redirect(head.url)
    return render("quizzes/result_print.html", nav="learning", page=result_page(head, here, person))


@bp.get("/attempts/<attempt_id>.pdf")
@allow(SIGNED_IN)
def paper(attempt_id: str) -> Answer:
    """The same as a tagged PDF."""
    from quizzes.result_paper import render_pdf  # typst is loaded by those who print, not by every page

    head, here, person = open_attempt(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    if head.is_open or head.kind is not QuizKind.QUIZ:
        return redirect(head.url)
    require_within(PAPERS, "attempt-pdf")
    data = render_pdf(result_sheet(head, here, person))
    name = f"{head.step}-attempt-{head.number}.pdf"
    return send_file(BytesIO(data), mimetype="application/pdf", download_name=name)


bp.add_url_rule("/attempts/<play_id>/choose", view_func=case_views.choose, methods=["POST"])

# These ask for the token themselves: what comes under an ended sign-in is kept, not refused.
for sent in (save, submit, case_views.choose):
    csrf.exempt(sent)


def _show_quiz(here: Visit, quiz: Quiz, person: Reader) -> Answer:
    questions = plural(services.question_count(quiz), "question")
    page = start_page(here, quiz, person)
    asks = asking(person.user_id, quiz.id) if page.is_used_up else None
    return render("quizzes/start.html", nav="learning", page=page, questions=questions, asks=asks)


def _start_quiz(user_id: int, quiz: Quiz, step_id: int) -> Attempt:
    return services.start(user_id, quiz, step_id, SystemRandom())


def _quiz_attempt(head: AttemptHead, here: Visit, person: Reader) -> Answer:
    """The questions of an open attempt, one a page or all."""
    if head.is_open and is_overdue(head.deadline_at, now()):
        with transaction():
            closing.submit(person.user_id, head.id, only_overdue=True)
        head = attempt_head(head.id, person.user_id)
    if not head.is_open:
        return render("quizzes/result.html", nav="learning", page=result_page(head, here, person))
    require_in_course(here)
    items = items_of(head.id, person.user_id)
    asked_for = request.args.get("q", type=int)
    view = View.ONE if asked_for else wanted_view(head, request.args.get("view"))
    place = place_of(head, items, asked_for) if view is View.ONE else None
    page = attempt_page(head, here, person, pages.kicker(here), items, place)
    template = "quizzes/paper.html" if place is None else "quizzes/attempt.html"
    return render(template, nav="learning", page=page)


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


def _go_on(attempt_id: str, person: Reader, saved: Sequence[Kept]) -> Response:
    """Do what the pressed button asks for, and lead on."""
    head = attempt_head(attempt_id, person.user_id)
    go, place = request.form.get("go", ""), request.args.get("q", type=int)
    for lost in (each for each in saved if not each.won):
        flash(f"Question {lost.position} has a newer answer from another window. That one is kept.", "info")
    if place and go in DEEDS:
        with transaction():
            DEEDS[go](person.user_id, attempt_id, place)
    last = len(items_of(attempt_id, person.user_id))
    leads = forms.onward(go, place, last)
    if leads.page == "leave":
        flash("Your answers are saved. Come back whenever you like.", "ok")
        return redirect(f"/learn/{head.course}/quizzes/{head.step}", 303)
    return redirect(f"{head.url}/{leads.page}" if leads.page else f"{head.url}{leads.query}", 303)


DEEDS: dict[str, Callable[[int, str, int], object]] = {
    "check": answering.check,
    "hint": answering.take_hint,
    "next": answering.leave,
}
