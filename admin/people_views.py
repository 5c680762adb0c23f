"""The admin's people: the list, one person, their roles, and closing an account."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for

from accounts import sights
from accounts.freshness import fresh, sent_or_typed
from accounts.models import User
from accounts.rules import Role, may_look_after, may_see_as
from accounts.services import sign_ins_of
from admin import enrollments, explained, orders, people, person, records, services
from admin.forms import AddressForm, ButtonForm, SeeAsForm
from admin.listing import read_listing
from admin.page import Answer, page
from certificates.services import certificates_of
from core.database import transaction
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.permissions import Permission
from core.web import ADMIN, allow, signed_in
from shop.guests import addresses

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")
OF_STAFF = "This account belongs to somebody on the staff: only an admin closes or opens it."


@bp.get("")
@allow(Permission.PEOPLE)
def index() -> Answer:
    """Everybody who has an account."""
    asked = read_listing("admin_people.index", people.PEOPLE.orders, "-joined", {"role": people.ROLES})
    rows, shown = people.page_of_people(asked)
    return page("people", "people", asked=asked, rows=rows, shown=shown, roles=people.ROLES)


@bp.get("/<int:user_id>")
@allow(Permission.PEOPLE)
def show(user_id: int) -> Answer:
    """One person."""
    return _person(people.find_person(user_id))


@bp.get("/<int:user_id>/access")
@allow(Permission.PEOPLE)
def access(user_id: int) -> Answer:
    """Why this person can, or cannot, enter a step of a course: the door's own answer, and what it is made of."""
    who, courses = people.find_person(user_id), enrollments.course_choices()
    slug, asked = request.args.get("course", ""), request.args.get("step", type=int)
    found = None
    if slug:
        try:
            found = explained.explain(who, slug, asked)
        except NotFound:  # A step of the course that was chosen before.
            found = explained.explain(who, slug, None)
    return page("access", "people", person=who, courses=courses, found=found)


@bp.post("/<int:user_id>/roles/<any(instructor, support, finance, admin):role>/<any(grant, revoke):verb>")
@allow(ADMIN)
@fresh("admin_people.show")
def change_role(user_id: int, role: str, verb: str) -> Answer:
    """Give or take a role."""
    change = services.grant_role if verb == "grant" else services.revoke_role
    said = {"grant": "{} now has the role {}.", "revoke": "{} no longer has the role {}."}[verb]
    return _change(user_id, lambda user, by: change(user, Role(role), by), said, people.ROLES[role].lower())


@bp.route("/<int:user_id>/<any(close, reopen):verb>", methods=["GET", "POST"])
@allow(Permission.PEOPLE)
@fresh()
def set_active(user_id: int, verb: str) -> Answer:
    """Close an account, or open it again, after a page that says what follows."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return _closing_page(user_id, form, closes=verb == "close")
    said = {"close": "The account of {} is closed.", "reopen": "The account of {} is open again."}[verb]
    return _change(user_id, lambda user, by: _set_active(user, verb == "reopen", by), said)


@bp.route("/<int:user_id>/see-as", methods=["GET", "POST"])
@allow(Permission.SEE_AS)
def see_as(user_id: int) -> Answer:
    """Look at the school with this person's eyes, for a reason that the trail keeps."""
    reader, user, form = signed_in(), people.find_person(user_id), SeeAsForm()
    if not may_see_as(reader.permissions, user.role_words):
        raise Forbidden(sights.NOT_THIS_ONE)
    if not form.validate_on_submit():
        return page("see_as", "people", form, person=user)
    with transaction():
        sights.begin(reader, people.find_person(user_id), form.reason.data or "")
    return redirect("/dashboard", 303)


@bp.route("/<int:user_id>/address", methods=["GET", "POST"])
@allow(Permission.PEOPLE)
@fresh()
def correct_address(user_id: int) -> Answer:
    """Put right the address that a guest mistyped, after a page that says what follows."""
    user, form = people.find_person(user_id), AddressForm(sent_or_typed())
    addresses.require_correctable(user)
    if not form.validate_on_submit():
        return page("address", "people", form, person=user)
    try:
        with transaction():
            found = people.find_person(user_id)
            addresses.correct_address(
                found, form.email.data or "", form.reason.data or "", signed_in().user_id
            )
    except InvalidInput as problem:
        form.email.errors = [problem.sentence]
        return page("address", "people", form, person=people.find_person(user_id))
    flash(
        f"The account and its orders are {form.email.data}’s now. The link that opens it is on its way there.",
        "success",
    )
    return redirect(url_for("admin_people.show", user_id=user_id), 303)


def _set_active(user: User, active: bool, by: int) -> None:
    _require_care_of(user)
    services.set_active(user, active, by)


def _require_care_of(user: User) -> None:
    """Raises Forbidden for somebody whose account the reader may neither close nor open."""
    if not may_look_after(signed_in().permissions, user.role_words):
        raise Forbidden(OF_STAFF)


def _closing_page(user_id: int, form: ButtonForm, closes: bool) -> Answer:
    user = people.find_person(user_id)
    _require_care_of(user)
    return page("close", "people", form, person=user, closes=closes)


def _change(user_id: int, change: Callable[[User, int], object], said: str, *words: str) -> Answer:
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
    form, reader = ButtonForm(), signed_in()
    with_money = reader.may(Permission.MONEY)
    if problem:
        form.form_errors = [problem]
    return page(
        "person", "people", form,
        person=user, roles=people.ROLES, enrollments=enrollments.enrollments_of(user.id),
        may_correct=addresses.may_be_corrected(user),
        may_see_as=user.active and may_see_as(reader.permissions, user.role_words),
        may_look_after=may_look_after(reader.permissions, user.role_words),
        orders=orders.orders_of(user.id) if with_money else [],
        certificates=certificates_of(user.id), sign_ins=sign_ins_of(user.id), grants=person.grants_of(user.id),
        mails=person.mails_to(user.email) if reader.may(Permission.MAIL) else [],
        deeds=records.deeds_about(user.id, with_orders=with_money),
    )  # fmt: skip
