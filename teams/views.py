"""The manager's doors: the board, inviting, changing a seat, the second manager."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.clock import day_in
from core.database import transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.limits import require_within
from core.spreadsheet import csv_file
from core.web import SIGNED_IN, allow, render, signed_in
from courses.services import find_course
from teams import seats, services
from teams.board import CourseSeats, SeatRow, awaited_by, board_of, disputed_of, lines_of, row_of
from teams.forms import AddressForm, ButtonForm, InviteForm
from teams.models import Manager, Team
from teams.rules import MOST_MANAGERS, RESTS, SeatState, left_out

bp = Blueprint("team", __name__)
MAILS = "60/hour"  # presses of a manager that send mails
Answer = str | Response | tuple[str, int]
Deed = Callable[[Team, int, str, int], None]


@bp.get("/team")
@allow(SIGNED_IN)
def index() -> str:
    """The board: every seat that somebody has or was invited to, and what is free."""
    return _board(AddressForm())


@bp.get("/team/seats.csv")
@allow(SIGNED_IN)
def export() -> Response:
    """The board for a spreadsheet."""
    board = board_of(services.team_of(signed_in().user_id).id)
    return csv_file("seats", lines_of(board))


@bp.route("/team/invite/<course>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def invite(course: str) -> Answer:
    """Invite a list of people: first what would come of each line, then, confirmed, the mails."""
    person = signed_in()
    team = services.team_of(person.user_id)
    found, form = _seats_in(team, course), InviteForm()
    if not form.validate_on_submit():
        return _invite_page(found, form), 422 if form.errors else 200
    text = form.text
    if "confirm" not in request.form:
        return _looked_through(team, found, form, text)
    require_within(MAILS, "team-mails", str(person.user_id))
    with transaction():
        lines = seats.invite_all(team, found.course_id, text, person.user_id)
    sent, missed = sum(line.fate.is_good for line in lines), left_out(lines)
    flash(f"{sent} {'invitation is' if sent == 1 else 'invitations are'} on the way.", "success")
    if missed:  # Seats may have gone, or been given, since the list was looked through.
        flash(missed, "warn")
    return redirect("/team", 303)


@bp.get("/team/seats/<int:seat_id>")
@allow(SIGNED_IN)
def seat(seat_id: int) -> str:
    """One seat: send its invitation again, correct the address, withdraw it, or move it."""
    course, row = row_of(services.team_of(signed_in().user_id).id, seat_id)
    return _seat_page(course, row, AddressForm(email=row.email if row.state is SeatState.INVITED else ""))


@bp.post("/team/seats/<int:seat_id>/send")
@allow(SIGNED_IN)
def send(seat_id: int) -> Answer:
    """Send the invitation anew, to the same address or a better one."""
    return _with_address(seat_id, seats.correct, "The invitation is on the way. The link before it is void.")


@bp.post("/team/seats/<int:seat_id>/move")
@allow(SIGNED_IN)
def move(seat_id: int) -> Answer:
    """Give the seat to somebody else."""
    return _with_address(
        seat_id, seats.move, "The seat is free of its holder, and the new invitation is on the way."
    )


@bp.post("/team/seats/<int:seat_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(seat_id: int) -> Response:
    """Take an invitation back."""
    person = signed_in()
    team = services.team_of(person.user_id)
    with transaction():
        seats.withdraw(team, seat_id, person.user_id)
    flash("The invitation is withdrawn, and its seat is free.", "success")
    return redirect("/team", 303)


@bp.post("/team/managers")
@allow(SIGNED_IN)
def invite_manager() -> Answer:
    """Ask somebody to manage the team too."""
    person, form = signed_in(), AddressForm()
    team = services.team_of(person.user_id)
    if not form.validate_on_submit():
        return _board(form), 422
    require_within(MAILS, "team-mails", str(person.user_id))
    try:
        with transaction():
            services.invite_manager(team, form.email.data or "", person.user_id)
    except Conflict as conflict:
        form.email.errors = [conflict.sentence]
        return _board(form), 409
    flash("The invitation to manage the team is on the way.", "success")
    return redirect("/team", 303)


@bp.post("/team/managers/<int:manager_id>/withdraw")
@allow(SIGNED_IN)
def withdraw_manager(manager_id: int) -> Response:
    """Take back the invitation to manage the team."""
    person = signed_in()
    team = services.team_of(person.user_id)
    with transaction():
        services.withdraw_manager(team, manager_id, person.user_id)
    flash("The invitation is withdrawn.", "success")
    return redirect("/team", 303)


@bp.route("/team/leave", methods=["GET", "POST"])
@allow(SIGNED_IN)
def stop_managing() -> str | Response:
    """Give up managing the team, after a page that says what follows."""
    person, form = signed_in(), ButtonForm()
    team = services.team_of(person.user_id)
    if not form.validate_on_submit():
        others = [each for each in _standing(team) if each.user_id != person.user_id]
        return render(
            "teams/stop.html", nav="account", team=team, others=others, form=form,
            unsettled=services.unsettled_orders(person.user_id),
        )  # fmt: skip
    with transaction():
        services.stop_managing(person.user_id)
    flash("You manage the team no more.", "success")
    return redirect("/account/teams", 303)


def _board(form: AddressForm) -> str:
    """The page; `form` asks for the second manager."""
    team = services.team_of(signed_in().user_id)
    managers = services.managers_of(team.id)
    return render(
        "teams/board.html", nav="account", team=team, board=board_of(team.id), awaited=awaited_by(team.id),
        disputed=disputed_of(team.id), managers=managers, day=partial(day_in, signed_in().time_zone),
        may_add=len(managers) < MOST_MANAGERS, may_go=len(_standing(team)) > 1,
        form=form, button=ButtonForm(),
    )  # fmt: skip


def _standing(team: Team) -> list[Manager]:
    """Who manages the team: who was only invited to does not yet."""
    return [each for each in services.managers_of(team.id) if each.user_id is not None]


def _seats_in(team: Team, slug: str) -> CourseSeats:
    """The team's seats in the course of this address. Raises NotFound where it has none."""
    course = find_course(slug)
    found = next((each for each in board_of(team.id) if each.course_id == course.id), None)
    if found is None:
        raise NotFound("Your team has no seats of this course.")
    return found


def _looked_through(team: Team, found: CourseSeats, form: InviteForm, text: str) -> Answer:
    try:
        lines = seats.dry_run(team.id, found.course_id, text)
    except InvalidInput as error:
        form.addresses.errors = [error.sentence]
        return _invite_page(found, form), 422
    good = [line.email for line in lines if line.fate.is_good]
    return render("teams/dry_run.html", nav="account", course=found, lines=lines, good=good, form=form)


def _invite_page(found: CourseSeats, form: InviteForm) -> str:
    return render("teams/invite.html", nav="account", course=found, form=form)


def _seat_page(course: CourseSeats, row: SeatRow, form: AddressForm) -> str:
    return render(
        "teams/seat.html", nav="account", course=course, row=row, form=form, button=ButtonForm(), rests=RESTS
    )


def _with_address(seat_id: int, deed: Deed, said: str) -> Answer:
    """Do something to a seat that sends an invitation to the address of the form."""
    person, form = signed_in(), AddressForm()
    team = services.team_of(person.user_id)
    course, row = row_of(team.id, seat_id)
    if not form.validate_on_submit():
        return _seat_page(course, row, form), 422
    require_within(MAILS, "team-mails", str(person.user_id))
    try:
        with transaction():
            deed(team, seat_id, form.email.data or "", person.user_id)
    except Conflict as conflict:
        form.form_errors.append(conflict.sentence)
        return _seat_page(course, row, form), 409
    flash(said, "success")
    return redirect("/team", 303)
