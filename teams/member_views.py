"""The doors of those who were invited, and of those who hold a seat."""

from flask import Blueprint, abort, flash, redirect
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict, NotFound
from core.web import ANYONE, SIGNED_IN, allow, private, reader, render, signed_in
from teams import seats, services
from teams.forms import ButtonForm, JoinForm, SharesForm

bp = Blueprint("seat", __name__)
Answer = str | Response | tuple[str, int]


@bp.get("/team/join/<token>")
@allow(ANYONE)
def join(token: str) -> Answer:
    """Where the link of an invitation leads: who invites to what. Only the button takes the seat."""
    seat, team, course = seats.invitation_of(token)
    person = reader()
    if seat.is_accepted:
        return redirect(f"/learn/{course.slug}") if person and person.user_id == seat.user_id else abort(404)
    return _join_page(token, JoinForm(seat.email, person, team.name))


@bp.post("/team/join/<token>")
@allow(SIGNED_IN)
def accept(token: str) -> Answer:
    """Take the seat."""
    (seat, team, course), person = seats.invitation_of(token), signed_in()
    if seat.is_accepted:
        abort(404)
    form, slug = JoinForm(seat.email, person, team.name), course.slug
    if not form.validate_on_submit():
        return _join_page(token, form), 422
    try:
        with transaction():
            is_taken = seats.accept(token, person.user_id, form.choice)
    except Conflict as conflict:
        return _join_page(token, form, conflict.sentence), 409
    if is_taken:
        flash("The seat is yours. You may change what your team sees under Account, Teams.", "success")
    else:
        flash("You are in this course already, so the seat stays free for somebody else.", "info")
    return redirect(f"/learn/{slug}", 303)


@bp.post("/team/join/<token>/decline")
@allow(ANYONE)
def decline(token: str) -> str:
    """Decline the seat: the mail's link is enough, as it is to take it."""
    _, team, course = seats.invitation_of(token)
    with transaction():
        seats.decline(token)
    return render("teams/declined.html", nav="", team=team, course=course)


@bp.get("/team/managers/join/<token>")
@allow(ANYONE)
def ask_manager(token: str) -> str:
    """Where the link of an invitation to manage a team leads."""
    manager, team = services.managing_invitation(token)
    here, person = f"/team/managers/join/{token}", reader()
    has_one = person is not None and services.find_team(person.user_id) is not None
    return render(
        "teams/join_manager.html", nav="login", team=team, email=manager.email, here=here, form=ButtonForm(),
        person=person, why_not=services.MANAGES_ONE if has_one else "",
    )  # fmt: skip


@bp.post("/team/managers/join/<token>")
@allow(SIGNED_IN)
def become_manager(token: str) -> Response:
    """Take it on."""
    with transaction():
        services.become_manager(token, signed_in().user_id)
    flash("You manage this team now.", "success")
    return redirect("/team", 303)


@bp.get("/account/teams")
@allow(SIGNED_IN)
@private
def mine() -> str:
    """The seats that the reader holds, and what their teams see."""
    person = signed_in()
    held = [
        (seat, team, course, SharesForm(prefix=f"seat-{seat.id}", data={"shares": seat.shares.value}))
        for seat, team, course in seats.seats_held(person.user_id)
    ]
    managed = services.find_team(person.user_id)
    return render("teams/mine.html", nav="account", tab="teams", held=held, managed=managed)


@bp.post("/account/teams/<int:seat_id>")
@allow(SIGNED_IN)
def choose(seat_id: int) -> Response:
    """Change what the team sees of this seat."""
    person, form = signed_in(), SharesForm(prefix=f"seat-{seat_id}")
    seats.seat_held(person.user_id, seat_id)
    if not form.validate_on_submit():
        abort(422)
    with transaction():
        seats.choose(person.user_id, seat_id, form.choice)
    flash("Your choice is saved.", "success")
    return redirect("/account/teams", 303)


@bp.route("/account/teams/<int:seat_id>/leave", methods=["GET", "POST"])
@allow(SIGNED_IN)
@private
def leave(seat_id: int) -> str | Response:
    """Leave the seat, after a page that says what follows."""
    person, form = signed_in(), ButtonForm()
    if not form.validate_on_submit():
        return _leave_page(person.user_id, seat_id, form)
    with transaction():
        seats.leave(person.user_id, seat_id)
    flash("You have left the seat. What you did is kept.", "success")
    return redirect("/account/teams", 303)


def _leave_page(user_id: int, seat_id: int, form: ButtonForm) -> str:
    found = next((each for each in seats.seats_held(user_id) if each[0].id == seat_id), None)
    if found is None:
        raise NotFound(seats.NOT_YOURS)
    seat, team, course = found
    return render(
        "teams/leave.html", nav="account", tab="teams", seat=seat, team=team, course=course, form=form
    )


def _join_page(token: str, form: JoinForm, why_not: str = "") -> str:
    """The invitation; `why_not` says why its seat could not be taken just now."""
    seat, team, course = seats.invitation_of(token)
    return render(
        "teams/join.html", nav="login", team=team, course=course, email=seat.email, here=f"/team/join/{token}",
        token=token, form=form, person=reader(), why_not=why_not,
    )  # fmt: skip
