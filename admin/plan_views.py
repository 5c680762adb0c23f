"""The admin's plans: what is offered, made and switched off, and how those that were bought stand."""

from flask import Blueprint, flash, redirect, url_for

from accounts.freshness import fresh, sent_or_typed
from admin import order_words, plans
from admin.enrollments import course_choices
from admin.forms import ButtonForm, EndPlanForm, PlanForm
from admin.listing import read_listing
from admin.page import Answer, page
from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.money import read_money
from core.permissions import Permission
from core.school import current_school
from core.web import allow, signed_in
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop.orders import find_order
from shop.plans import following, services
from shop.plans.rules import Rhythm, Wish
from shop.plans.services import Draft

bp = Blueprint("admin_plans", __name__, url_prefix="/admin")
VERBS = {"on": True, "off": False}
ENDINGS = {"now": following.stop, "period": following.let_run_out}


@bp.get("/plans")
@allow(Permission.MONEY)
def index() -> Answer:
    """What is offered, and who pays it."""
    asked = read_listing("admin_plans.index", plans.COLUMNS, "-begun", {"state": plans.STATES})
    rows, shown = plans.page_of_terms(asked)
    return page(
        "plans", "plans", ButtonForm(),
        offered=plans.all_plans(), asked=asked, rows=rows, pager=asked.pager(shown),
        states=order_words.in_words(plans.STATES),
    )  # fmt: skip


@bp.route("/plans/new", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def make() -> Answer:
    """Put a plan on sale. It is never changed, so that what was agreed stays."""
    form = PlanForm(course_choices(), formdata=sent_or_typed())
    if form.validate_on_submit():
        try:
            _make(form)
        except InvalidInput as problem:
            form.amount.errors = [problem.sentence]
        else:
            flash("The plan is on sale. It stands on the enroll pages of its courses.", "success")
            return redirect(url_for("admin_plans.index"), 303)
    return page("plan_new", "plans", form, currency=current_school().currency)


@bp.post("/plans/<int:plan_id>/<any(on, off):verb>")
@allow(Permission.MONEY)
@fresh("admin_plans.index")
def switch(plan_id: int, verb: str) -> Answer:
    """Sell a plan, or no more; those that run go on."""
    with transaction():
        title = services.switch(plan_id, VERBS[verb], signed_in().user_id).title
    said = "is on sale" if VERBS[verb] else "is sold no more; those that run go on"
    flash(f"“{title}” {said}.", "success")
    return redirect(url_for("admin_plans.index"), 303)


@bp.route("/orders/<number>/plan/end", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def end(number: str) -> Answer:
    """End a plan that runs, at once or with what is paid; its buyer is told why."""
    order = find_order(number)
    form, plan = EndPlanForm(formdata=sent_or_typed()), plans.term_of(order)
    if plan is None or not plan.is_running:
        raise Conflict("This order has no plan that runs.")
    if not form.validate_on_submit():
        return page("plan_end", "orders", form, order=order, plan=plan)
    try:
        ENDINGS[form.when.data](number, form.why.data or "", signed_in().user_id)
    except (StripeSilent, PaymentsOff, StripeRefused) as trouble:
        flash(f"{trouble.sentence} The plan goes on until this is done again.", "warn")
    else:
        flash("The buyer is told by mail.", "success")
    return redirect(url_for("admin_orders.show", number=number), 303)


@bp.post("/orders/<number>/plan/go-on")
@allow(Permission.MONEY)
@fresh("admin_orders.show")
def go_on(number: str) -> Answer:
    """Let a plan go on that was to end with what is paid."""
    try:
        following.ask_for(Wish.GO_ON, number, signed_in().user_id)
    except (StripeSilent, PaymentsOff, StripeRefused) as trouble:
        flash(f"{trouble.sentence} Whether the plan goes on is not known until this is done again.", "warn")
    else:
        flash("The plan goes on. The buyer is told by mail.", "success")
    return redirect(url_for("admin_orders.show", number=number), 303)


def _make(form: PlanForm) -> None:
    payment = read_money(form.amount.data or "", current_school().currency)
    if payment.is_free:
        raise InvalidInput("Enter what each payment is, more than nothing.", "amount")
    courses = plans.course_ids_of(form.courses.data or [])
    draft = Draft(form.title.data or "", payment, Rhythm(form.rhythm.data), form.instalments.data, courses)
    with transaction():
        services.make_plan(draft, signed_in().user_id)
