"""The pages of reviews: what is due, one card at a time, its reasons; and what instructors see of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from core.clock import now
from core.database import transaction
from core.errors import InvalidInput, NotFound
from core.web import INSTRUCTOR, SIGNED_IN, Reader, allow, render, signed_in
from courses.access import course_for
from courses.roles import Deed
from quizzes import rules as grading
from quizzes.reads import asked
from reviews import entering, pages, recalled, rules, services
from reviews.models import ReviewCard
from reviews.rules import Kind
from reviews.services import Given

bp = Blueprint("reviews", __name__)
Answer = str | tuple[str, int] | Response
BEGUN = "review"  # in the cookie: when a session began and which cards it holds
UNANSWERED = "Choose an answer first, or say that you do not know."


@bp.get("/reviews")
@allow(SIGNED_IN)
def index() -> str:
    """What is due, what comes, and what is recalled."""
    return render("reviews/index.html", nav="reviews", page=pages.overview(signed_in()))


@bp.post("/reviews/session")
@allow(SIGNED_IN)
def start() -> Response:
    """Begin a session with what is due, as much as fits into five minutes."""
    cards = services.session_of(services.due_cards(signed_in().user_id))
    session[BEGUN] = {"at": now().isoformat(), "cards": cards}
    return redirect(url_for("reviews.go_on"), 303)


@bp.get("/reviews/session")
@allow(SIGNED_IN)
def go_on() -> Answer:
    """The next card of the session, or its end."""
    if BEGUN not in session:
        return redirect(url_for("reviews.index"))
    person = signed_in()
    card = services.next_in(person.user_id, session[BEGUN]["cards"])
    return _face(card, person) if card else _summary(person)


@bp.post("/reviews/cards")
@allow(SIGNED_IN)
def mark() -> Response:
    """A question of one's own attempt shall come back."""
    attempt, position = request.form.get("attempt", "")[:40], request.form.get("position", type=int)
    with transaction():
        entering.mark(signed_in().user_id, attempt, position or 0)
    flash("It comes back tomorrow, in your reviews.", "success")
    return redirect(f"/attempts/{attempt}", 303)


@bp.get("/reviews/cards/<int:card_id>")
@allow(SIGNED_IN)
def card(card_id: int) -> Response:
    """An answer that was refused leaves its address in the browser: opened again, it leads to where cards are asked."""
    return redirect(url_for("reviews.go_on"))


@bp.post("/reviews/cards/<int:card_id>")
@allow(SIGNED_IN)
def answer(card_id: int) -> Answer:
    """Answer a question, or rate a flash card; twice is once."""
    person = signed_in()
    card, turn = services.find_card(person.user_id, card_id), request.form.get("turn", -1, type=int)
    if card.kind is Kind.TERM:
        rating = request.form.get("rating", 0, type=int)
        with transaction():
            services.rate(person.user_id, card_id, turn, rating, _zone(person))
        return redirect(url_for("reviews.go_on"), 303)
    try:
        given = _given(card, turn)
    except InvalidInput as problem:
        return _face(card, person, problem.sentence), 422
    with transaction():
        entry_id = services.answer(person.user_id, card_id, turn, given, _zone(person)).id
    return redirect(url_for("reviews.told", entry_id=entry_id), 303)


@bp.get("/reviews/answers/<int:entry_id>")
@allow(SIGNED_IN)
def told(entry_id: int) -> str:
    """What became of an answer, with the reasons."""
    person = signed_in()
    entry, card = services.find_entry(person.user_id, entry_id)
    if entry.revision_id is None:
        raise NotFound(services.NO_CARD)
    page = pages.told(entry, card, person)
    return render("reviews/told.html", nav="reviews", page=page, left=_left(person))


@bp.post("/reviews/cards/<int:card_id>/skip")
@allow(SIGNED_IN)
def skip(card_id: int) -> Response:
    """Not in this session; it stays due."""
    begun = session.get(BEGUN)
    if begun:
        session[BEGUN] = {**begun, "cards": [each for each in begun["cards"] if each != card_id]}
    return redirect(url_for("reviews.go_on"), 303)


@bp.post("/reviews/cards/<int:card_id>/remove")
@allow(SIGNED_IN)
def remove(card_id: int) -> Response:
    """Take a card out; the next page offers to bring it back."""
    with transaction():
        services.remove(signed_in().user_id, card_id)
    return redirect(url_for("reviews.go_on", removed=card_id), 303)


@bp.post("/reviews/cards/<int:card_id>/restore")
@allow(SIGNED_IN)
def restore(card_id: int) -> Response:
    """Bring a card back that was taken out."""
    with transaction():
        services.restore(signed_in().user_id, card_id)
    flash("It is back in your reviews.", "success")
    return redirect(url_for("reviews.index" if request.form.get("to") == "index" else "reviews.go_on"), 303)


@bp.post("/reviews/retention")
@allow(SIGNED_IN)
def choose() -> Response:
    """How much shall still be known when a card is due."""
    chosen = request.form.get("retention", type=int)
    if chosen is None:
        raise InvalidInput("Choose one of the listed shares.", "retention")
    with transaction():
        services.choose_retention(signed_in().user_id, chosen)
    flash("Saved. It holds for each card from its next review on.", "success")
    return redirect(url_for("reviews.index"), 303)


@bp.get("/studio/courses/<course>/reviews")
@allow(INSTRUCTOR)
def forgotten(course: str) -> str:
    """What the learners of a course forget; for those who teach it."""
    found = course_for(course, Deed.SEE_LEARNERS)
    rows = pages.forgotten(recalled.recalled_in(found.id))
    return render("reviews/forgotten.html", nav="studio", course=found, rows=rows, fewest=rules.FEWEST_PEOPLE)


def _face(card: ReviewCard, person: Reader, problem: str = "") -> str:
    """The card's page; a term is turned over by its link."""
    return render(
        "reviews/card.html",
        nav="reviews",
        card=pages.face(card, person),
        is_turned=request.args.get("turned", type=int) == card.id,
        problem=problem,
        left=_left(person),
        removed=request.args.get("removed", type=int),
    )


def _summary(person: Reader) -> str:
    begun = datetime.fromisoformat(session[BEGUN]["at"])
    return render(
        "reviews/summary.html",
        nav="reviews",
        done=services.since(person.user_id, begun),
        due=len(services.due_cards(person.user_id)),
        removed=request.args.get("removed", type=int),
    )


def _left(person: Reader) -> int:
    """How many cards of the session are still to come."""
    planned = session.get(BEGUN, {}).get("cards", [])
    return len({card.id for card in services.due_cards(person.user_id)} & set(planned))


def _given(card: ReviewCard, turn: int) -> Given:
    """What the form answers. Raises InvalidInput where it answers nothing and does not say so either."""
    question = asked(services.revision_of(card))
    layout = pages.layout_of(card.id, turn, question)
    answer = grading.read_answer(question.question, request.form.to_dict(flat=False), layout)
    if request.form.get("unknown"):
        return Given(question.id, {}, None)
    if not grading.is_answered(answer):
        raise InvalidInput(UNANSWERED)
    sure = request.form.get("sure")
    return Given(question.id, answer, {"yes": True, "no": False}.get(sure or ""))


def _zone(person: Reader) -> ZoneInfo:
    return ZoneInfo(person.time_zone or "UTC")
