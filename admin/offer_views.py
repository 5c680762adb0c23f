"""The admin's codes and bundles: lists, the export, and the forms that make and change them."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, flash, redirect, url_for
from flask_wtf import FlaskForm

from accounts.freshness import fresh, sent_or_typed
from admin import codes
from admin.listing import Listing, read_listing
from admin.offer_forms import BundleForm, CodeForm, values_of_bundle, values_of_code
from admin.page import Answer, exported, page
from admin.rules import utc_cell
from core.database import transaction
from core.errors import InvalidInput
from core.permissions import Permission
from core.web import allow, signed_in
from shop.bundles.drafts import all_bundles, bundle_of, change_bundle, make_bundle
from shop.coupons.drafts import change_coupon, find_coupon, make_coupon
from shop.coupons.models import Coupon

bp = Blueprint("admin_offers", __name__, url_prefix="/admin")
HEAD = (
    "Code", "Takes off", "Courses", "From", "Until", "Most uses", "Most by one person", "At the checkout", "Used",
    "On", "Note", "Made",
)  # fmt: skip


@bp.get("/codes")
@allow(Permission.MONEY)
def index() -> Answer:
    """The codes, and how often each was used."""
    asked = _asked()
    rows, shown = codes.page_of_codes(asked)
    return page("codes", "codes", asked=asked, rows=rows, pager=asked.pager(shown), states=codes.STANDING)


@bp.get("/codes.csv")
@allow(Permission.MONEY)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked()
    return exported("codes", "coupon", list(_cells(codes.all_codes(asked))), asked.hidden(), "coupons")


@bp.route("/codes/new", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def make_code() -> Answer:
    """A new code."""
    form = CodeForm(codes.sold_courses(), signed_in().time_zone, formdata=sent_or_typed())
    if form.validate_on_submit() and _saved(
        form, "percent", lambda: make_coupon(form.draft(), signed_in().user_id)
    ):
        flash("The code is made.", "success")
        return redirect(url_for("admin_offers.index"), 303)
    return page("code", "codes", form, coupon=None, uses=[])


@bp.route("/codes/<int:coupon_id>", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def code(coupon_id: int) -> Answer:
    """One code with its uses; what it takes off stays once it was used."""
    coupon, person = find_coupon(coupon_id), signed_in()
    values = values_of_code(coupon, person.time_zone)
    form = CodeForm(codes.sold_courses(), person.time_zone, formdata=sent_or_typed(), data=values)
    if form.validate_on_submit() and _saved(
        form, "percent", lambda: change_coupon(coupon_id, form.draft(), person.user_id)
    ):
        flash("The code is changed. Checkouts that are open keep what was shown to them.", "success")
        return redirect(url_for("admin_offers.code", coupon_id=coupon_id), 303)
    return page("code", "codes", form, coupon=find_coupon(coupon_id), uses=codes.uses_of(coupon_id))


@bp.get("/bundles")
@allow(Permission.MONEY)
def bundles() -> Answer:
    """The bundles, on sale or not."""
    return page("bundles", "bundles", rows=all_bundles())


@bp.route("/bundles/new", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def new_bundle() -> Answer:
    """A new bundle."""
    form = BundleForm(codes.sold_courses(), formdata=sent_or_typed())
    if form.validate_on_submit() and _saved(
        form, "slug", lambda: make_bundle(form.draft(), signed_in().user_id)
    ):
        flash("The bundle is made.", "success")
        return redirect(url_for("admin_offers.bundles"), 303)
    return page("bundle", "bundles", form, bundle=None)


@bp.route("/bundles/<int:bundle_id>", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def bundle(bundle_id: int) -> Answer:
    """One bundle; its address stays, and what was ordered keeps its price."""
    found = bundle_of(bundle_id)
    form = BundleForm(codes.sold_courses(), formdata=sent_or_typed(), data=values_of_bundle(found))
    if form.validate_on_submit() and _saved(
        form, "slug", lambda: change_bundle(bundle_id, form.draft(), signed_in().user_id)
    ):
        flash("The bundle is changed.", "success")
        return redirect(url_for("admin_offers.bundles"), 303)
    return page("bundle", "bundles", form, bundle=bundle_of(bundle_id))


def _saved(form: FlaskForm, default: str, save: Callable[[], object]) -> bool:
    """Whether it was written; else the form says why not, beside the field or at `default`."""
    try:
        with transaction():
            save()
    except InvalidInput as problem:
        field = form[problem.field] if problem.field in form else form[default]
        field.errors = [problem.sentence]
        return False
    return True


def _asked() -> Listing:
    return read_listing("admin_offers.index", codes.COLUMNS, "-made", {"state": codes.STANDING})


def _cells(coupons: list[Coupon]) -> Iterator[tuple[object, ...]]:
    titles = dict(codes.sold_courses())
    yield HEAD
    for coupon in coupons:
        named = [titles.get(number, "?") for number in sorted(coupon.reduction.course_ids)]
        yield (
            coupon.code, str(coupon.reduction), ", ".join(named), utc_cell(coupon.starts_at),
            utc_cell(coupon.ends_at), coupon.max_uses or "", coupon.max_per_person or "", coupon.reserved,
            coupon.used, "yes" if coupon.is_active else "no", coupon.note, utc_cell(coupon.created_at),
        )  # fmt: skip
