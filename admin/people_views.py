"""The admin's people: the list, one person, their roles, and closing an account."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for

from accounts.access import fresh_first
from accounts.models import User
from accounts.rules import Role
from accounts.services import sign_ins_of
from admin import enrollments, explained, orders, people, records, services
from admin.forms import ButtonForm
from admin.listing import read_listing
from admin.page import Answer, page
from certificates.services import certificates_of
from core.database import transaction
from core.errors import Conflict, NotFound
from core.web import ADMIN, allow, signed_in

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")


@bp.get("")
@allow(ADMIN)
def index() -> Answer:
    """Everybody who has an account."""
    asked = read_listing("admin_people.index", people.COLUMNS, "-joined", {"role": people.ROLES})
    rows, shown = people.page_of_people(asked)
    return page("people", "people", asked=asked, rows=rows, pager=asked.pager(shown), roles=people.ROLES)


@bp.get("/<int:user_id>")
@allow(ADMIN)
def show(user_id: int) -> Answer:
    """One person."""
    return _person(people.find_person(user_id))


@bp.get("/<int:user_id>/access")
@allow(ADMIN)
def access(user_id: int) -> Answer:
    """Why this person can, or cannot, enter a step of a course: the door's own answer, and what it is made of."""
    person, courses = people.find_person(user_id), enrollments.course_choices()
    slug, asked = request.args.get("course", ""), request.args.get("step", type=int)
    found = None
    if slug:
        try:
            found = explained.explain(person, slug, asked)
        except NotFound:  # A step of the course that was chosen before.
            found = explained.explain(person, slug, None)
    return page("access", "people", person=person, courses=courses, found=found)


@bp.post("/<int:user_id>/roles/<any(instructor, admin):role>/<any(grant, revoke):verb>")
@allow(ADMIN)
def change_role(user_id: int, role: str, verb: str) -> Answer:
    """Give or take a role."""
    change = services.grant_role if verb == "grant" else services.revoke_role
    said = {"grant": "{} now has the role {}.", "revoke": "{} no longer has the role {}."}[verb]
    return _change(user_id, lambda user, by: change(user, Role(role), by), said, people.ROLES[role].lower())


@bp.post("/<int:user_id>/<any(close, reopen):verb>")
@allow(ADMIN)
def set_active(user_id: int, verb: str) -> Answer:
    """Close an account, or open it again."""
    said = {"close": "The account of {} is closed.", "reopen": "The account of {} is open again."}[verb]
    return _change(user_id, lambda user, by: services.set_active(user, verb == "reopen", by), said)


def _change(user_id: int, change: Callable[[User, int], object], said: str, *words: str) -> Answer:
    if stale := fresh_first(url_for("admin_people.show", user_id=user_id)):
        return stale
    by = signed_in().user_id
    try:
        with transaction():
            user = people.find_person(user_id)
            change(user, by)
            name = user.name or user.email
    except Conflict as problem:
        return _person(people.find_person(user_id), problem.sentence)
    flash(said.format(name, *words), "success")
    return redirect(url_for("admin_people.show", user_id=user_id), 303)


def _person(user: User, problem: str = "") -> Answer:
    form = ButtonForm()
    if problem:
        form.form_errors = [problem]
    return page(
        "person", "people", form,
        person=user, roles=people.ROLES, enrollments=enrollments.enrollments_of(user.id),
        orders=orders.orders_of(user.id), certificates=certificates_of(user.id), sign_ins=len(sign_ins_of(user.id)),
        deeds=records.deeds_about(user.id),
    )  # fmt: skip
