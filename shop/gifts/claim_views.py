"""The doors of whoever got a gift."""

from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict, InvalidInput, LimitReached
from core.web import ANYONE, SIGNED_IN, Reader, allow, private, reader, render, signed_in
from courses.models import Course
from enrollment.admission.services import admission_to
from enrollment.services import ENDED, find_enrollment, holds, was_ended_by_school
from shop.gifts import services
from shop.gifts.forms import CodeForm
from shop.gifts.models import Gift
from shop.gifts.rules import LONGEST_TYPED, GiftCodeRefused
from shop.guessing import try_code

bp = Blueprint("redeem", __name__)
TOO_MANY = "Too many codes were tried. Try again in an hour."
Answer = str | Response | tuple[str, int]


@bp.get("/redeem")
@allow(ANYONE)
@private
def show() -> Answer:
    """Where a gift's code is typed, and where the link of its mail leads: what it opens, and the button."""
    code, person = request.args.get("code", "")[:LONGEST_TYPED], reader()
    form = CodeForm(data={"code": code})
    if not code:
        return _page(form)
    try:
        gift, course = _find(code, person)
    except (InvalidInput, LimitReached) as problem:
        return _refused(form, problem.sentence)
    if person and gift.claimed_by == person.user_id:
        return redirect(f"/learn/{course.slug}")
    return _gift_page(form, gift, course, person)


@bp.post("/redeem")
@allow(SIGNED_IN)
def claim() -> Answer:
    """Claim it."""
    form, person = CodeForm(), signed_in()
    if not form.validate_on_submit():
        return _page(form), 422
    take = partial(_take, form.code.data or "", person.user_id)
    try:
        slug = try_code("gift", person.user_id, take, GiftCodeRefused, TOO_MANY)
    except (InvalidInput, LimitReached, Conflict) as problem:
        return _refused(form, problem.sentence)
    flash("The gift is yours. Welcome in.", "success")
    return redirect(f"/learn/{slug}", 303)


def _take(code: str, user_id: int) -> str:
    """Claim the gift of this code: the slug of its course."""
    with transaction():
        return services.claim(code, user_id).slug


def _find(code: str, person: Reader | None) -> tuple[Gift, Course]:
    user_id = person.user_id if person else None
    look = partial(services.find_claimable, code, user_id)
    return try_code("gift", user_id, look, GiftCodeRefused, TOO_MANY)


def _why_not(course: Course, person: Reader) -> list[str]:
    """What keeps this person from claiming it now; the gift stays good all the same."""
    if holds(person.user_id, course.id):
        return [services.HELD]
    if was_ended_by_school(find_enrollment(person.user_id, course.id)):
        return [ENDED]
    return admission_to(course, person.user_id, is_paid=True).sentences(ZoneInfo(person.time_zone))


def _refused(form: CodeForm, sentence: str) -> Answer:
    form.code.errors = [sentence]
    return _page(form), 422


def _page(form: CodeForm) -> str:
    return render("shop/redeem.html", nav="learning", form=form)


def _gift_page(form: CodeForm, gift: Gift, course: Course, person: Reader | None) -> str:
    return render(
        "shop/gift_open.html", nav="learning", form=form, gift=gift, course=course, person=person,
        why_not=_why_not(course, person) if person else [], here=f"/redeem?code={form.code.data}",
    )  # fmt: skip
