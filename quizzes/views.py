"""The doors of quizzes: begin, answer, hand in, see what became of it."""

from random import SystemRandom
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, jsonify, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from core.database import transaction
from core.errors import Conflict, DomainError, Forbidden, NotFound
from core.limits import require_within
from core.web import ANYONE, SIGNED_IN, Reader, allow, csrf, reader, render, signed_in
from courses.services import find_ever
from progress.access import Visit, turn_away, visit
from quizzes import forms, kept, pages, services
from quizzes.paper import show_item
from quizzes.quiz_settings import QuizKind, View
from quizzes.reads import AttemptHead, Item, attempt_head, items_of, mailbox
from quizzes.rules import AttemptStep, next_state

bp = Blueprint("quizzes", __name__)
Answer = str | WerkzeugResponse
LATER = {QuizKind.CASE: "cases", QuizKind.ASSIGNMENT: "assignments"}
SIGNED_OUT = "Not saved: you are signed out. Your answer is kept here. Sign in, then come back to this page."
KEPT_FORMS = "30/hour; 100/day"
SUBMISSIONS = "60/hour"


@bp.get("/learn/<course>/quizzes/<quiz>")
@allow(SIGNED_IN)
def show(course: str, quiz: str) -> Answer:
    """The quiz before it is begun: what it is, what it takes, what was tried already."""
    person = signed_in()
    here = visit(course, quiz, "quiz", person)
    if not here.decision.allowed:
        return turn_away(here)
    found = services.find_quiz(here.step.body)
    if found.kind in LATER:
        return render("quizzes/later.html", nav="learning", here=here, kinds=LATER[QuizKind(found.kind)])
    return render("quizzes/start.html", nav="learning", page=pages.start_page(here, found, person))


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
        if found.kind in LATER:
            raise NotFound("This step opens in a later version of the school.")
        attempt = services.start(person.user_id, found, here.step.id, SystemRandom())
        address = f"/attempts/{attempt.id}"
    return redirect(address, 303)


@bp.get("/attempts/<attempt_id>")
@allow(SIGNED_IN)
def attempt(attempt_id: str) -> Answer:
    """An open attempt's questions, one a page or all; of a submitted one the result."""
    head, here, person = _open(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    if not head.is_open:
        return render("quizzes/result.html", nav="learning", page=pages.result_page(head, here, person))
    _require_in_course(here)
    items = items_of(head.id, person.user_id)
    if _wants_paper(head):
        return _whole_paper(head, here, items)
    return _one_question(head, here, items)


@bp.get("/attempts/<attempt_id>/review")
@allow(SIGNED_IN)
def review(attempt_id: str) -> Answer:
    """The last look before handing in: what has no answer, what is flagged."""
    head, here, person = _open(attempt_id)
    if not here.decision.allowed:
        return turn_away(here)
    if not head.is_open:
        return redirect(head.url)
    _require_in_course(here)
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
        return _keep_for_later()
    try:
        saved = _save(attempt_id, person, request.form.to_dict(flat=False))
    except DomainError as error:
        if forms.wants_json() and isinstance(error, (Conflict, Forbidden, NotFound)):
            return _told(error.sentence, {Conflict: 409, Forbidden: 403, NotFound: 404}[type(error)])
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
        return _keep_for_later()
    _submit(attempt_id, person)
    return redirect(f"/attempts/{attempt_id}", 303)


# These two ask for the token themselves: what comes under an ended sign-in is kept, not refused.
for sent in (save, submit):
    csrf.exempt(sent)


@bp.get("/attempts/kept/<token>")
@allow(SIGNED_IN)
def show_kept(token: str) -> Answer:
    """What arrived after the sign-in had ended, and a button that sends it."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, is_submission = _addressed(form.path)
    head = attempt_head(attempt_id, person.user_id)
    fields = forms.as_form(form.fields)
    box = mailbox(attempt_id, person.user_id, forms.positions(fields))
    return render(
        "quizzes/kept.html",
        nav="learning",
        head=head,
        given=pages.answers_in_words(box.targets, forms.read_given(box.targets, fields)),
        is_submission=is_submission,
        token=token,
    )


@bp.post("/attempts/kept/<token>")
@allow(SIGNED_IN)
def send_kept(token: str) -> Answer:
    """Send what was kept, if the attempt is the reader's."""
    person = signed_in()
    form = kept.find(token)
    attempt_id, is_submission = _addressed(form.path)
    fields = forms.as_form(form.fields)
    if is_submission:
        _submit(attempt_id, person)
    else:
        _save(attempt_id, person, fields)
        flash("Your answers are saved.", "ok")
    with transaction():
        kept.take(token)
    return redirect(f"/attempts/{attempt_id}", 303)


def _open(attempt_id: str) -> tuple[AttemptHead, Visit, Reader]:
    """The reader's attempt and where it stands; NotFound for anybody else's."""
    person = signed_in()
    head = attempt_head(attempt_id, person.user_id)
    return head, visit(head.course, head.step, "quiz", person, find_ever), person


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


def _save(attempt_id: str, person: Reader, form: dict[str, list[str]]) -> int:
    """Save what a form holds; the number of questions it held. Raises NotFound, Forbidden, Conflict."""
    box = mailbox(attempt_id, person.user_id, forms.positions(form))
    _require_open(visit(box.course, box.step, "quiz", person, find_ever))
    next_state(box.state, AttemptStep.SAVE)
    given = forms.read_given(box.targets, form)
    with transaction():
        services.save(person.user_id, attempt_id, given)
    return len(given)


def _submit(attempt_id: str, person: Reader) -> None:
    require_within(SUBMISSIONS, "quiz-submit", str(person.user_id))
    head = attempt_head(attempt_id, person.user_id)
    _require_open(visit(head.course, head.step, "quiz", person, find_ever))
    with transaction():
        services.submit(person.user_id, attempt_id)


def _require_open(here: Visit) -> None:
    """The same question at each door: whoever may not read the step may not answer it either."""
    if not here.decision.allowed:
        raise Forbidden(f"{here.step.title} is not open to you. The course page says how to get in.")
    _require_in_course(here)


def _require_in_course(here: Visit) -> None:
    """No attempt goes on at a quiz that was taken out; it waits, in case the quiz comes back."""
    if here.step.is_taken_out:
        raise Conflict(
            f"{here.step.title} was taken out of the course. Nothing is lost: your answers are kept, and so is "
            "all that you completed. If the quiz comes back, you go on where you stopped."
        )


def _go_on(attempt_id: str, person: Reader) -> WerkzeugResponse:
    head = attempt_head(attempt_id, person.user_id)
    last = len(items_of(attempt_id, person.user_id))
    leads = forms.onward(request.form.get("go", ""), request.args.get("q", type=int), last)
    if leads.page == "leave":
        flash("Your answers are saved. Come back whenever you like.", "ok")
        return redirect(f"/learn/{head.course}/quizzes/{head.step}", 303)
    return redirect(f"{head.url}/review" if leads.page else f"{head.url}{leads.query}", 303)


def _keep_for_later() -> Answer:
    """The sign-in under which the form was opened is over: keep the answers, ask to sign in."""
    if forms.wants_json():
        return _told(SIGNED_OUT, 401)
    require_within(KEPT_FORMS, "kept-forms")
    with transaction():
        address = f"/attempts/kept/{kept.keep(request.path, forms.fields())}"
    return redirect(address if reader() else "/login?" + urlencode({"next": address}), 303)


def _told(sentence: str, status: int) -> Response:
    answer = jsonify(message=sentence)
    answer.status_code = status
    return answer


def _addressed(path: str) -> tuple[str, bool]:
    """The attempt that a kept form is for, and whether it was handing it in."""
    _, _, attempt_id, *rest = path.split("/")
    return attempt_id, rest == ["submit"]
