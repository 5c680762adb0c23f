"""The doors of plans: what one is before paying, its card, its end."""

from functools import partial

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.config import current_config
from core.errors import Conflict, DomainError, NotFound
from core.limits import require_within
from core.school import current_school
from core.web import SIGNED_IN, allow, private, render, signed_in
from payments import subscriptions
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout
from shop.asking import ask
from shop.buying import CHECKOUTS
from shop.legal import consent_asked
from shop.offers import Offer
from shop.orders import Buyer, order_of
from shop.plans import following, pages, services
from shop.plans.pages import PlanCard
from shop.plans.rules import Wish

bp = Blueprint("plans", __name__)
Answer = str | Response | tuple[str, int]


@bp.get("/plans/<int:plan_id>")
@allow(SIGNED_IN)
def show(plan_id: int) -> Answer:
    """What is paid when, what happens if a payment fails and how it ends, in plain words before paying."""
    plan, person = services.find_plan(plan_id), signed_in()
    try:
        services.require_unheld(person.user_id, plan.courses)
    except Conflict as held:
        flash(held.sentence, "info")
        return redirect("/dashboard", 303)
    config, school = current_config(), current_school()
    return render(
        "shop/plan.html",
        nav="courses",
        plan=plan,
        price=pages.price_in_words(plan),
        promise={"refund_days": school.refund_days, "refund_max_progress": school.refund_max_progress},
        payments_off="" if config.takes_money else checkout.NO_MONEY,
        is_test_money=config.takes_test_money,
        consent=consent_asked(),
    )


@bp.post("/plans/<int:plan_id>")
@allow(SIGNED_IN)
def buy(plan_id: int) -> Answer:
    """Make the order and go to Stripe's checkout."""
    person = signed_in()
    services.find_plan(plan_id)
    require_within(CHECKOUTS, "checkout", str(person.user_id))
    buyer = Buyer(person.user_id, person.email)
    try:
        offered = partial(_offered, plan_id, person.user_id)
        return redirect(checkout.begin(buyer, offered, "consent" in request.form), 303)
    except (StripeSilent, PaymentsOff) as trouble:
        return _trouble(plan_id, trouble, 503)
    except StripeRefused as refusal:
        return _trouble(plan_id, refusal, 409)


@bp.post("/orders/<number>/card")
@allow(SIGNED_IN)
def card(number: str) -> Answer:
    """Go to Stripe's page on which the card is changed."""
    found, person = _own(number), signed_in()
    require_within(CHECKOUTS, "plan", str(person.user_id))
    try:
        customer = following.fetch(_subscription_of(found)).customer_id
        return redirect(ask(subscriptions.card_page, customer, f"/orders/{number}"), 303)
    except (StripeSilent, PaymentsOff, StripeRefused) as trouble:
        flash(trouble.sentence, "warn")
        return redirect(f"/orders/{number}", 303)


@bp.get("/orders/<number>/end")
@allow(SIGNED_IN)
@private
def ask_end(number: str) -> Answer:
    """What ending a membership means, and the button that does it."""
    found = _own(number)
    if not found.can_end:
        return redirect(f"/orders/{number}", 303)
    return render("shop/plan_end.html", nav="account", card=found)


@bp.post("/orders/<number>/end")
@allow(SIGNED_IN)
def end(number: str) -> Answer:
    """End a membership with what is paid."""
    found = _own(number)
    if found.can_end:
        _wish(found, Wish.END, "Your membership ends with what is paid. Nothing more is taken.")
    return redirect(f"/orders/{number}", 303)


@bp.post("/orders/<number>/go-on")
@allow(SIGNED_IN)
def go_on(number: str) -> Answer:
    """Take up again a membership that was to end."""
    found = _own(number)
    if found.can_go_on:
        _wish(found, Wish.GO_ON, "Your membership goes on.")
    return redirect(f"/orders/{number}", 303)


def _offered(plan_id: int, user_id: int) -> Offer:
    plan = services.find_plan(plan_id)
    services.require_unheld(user_id, plan.courses)
    return services.of_plan(plan)


def _own(number: str) -> PlanCard:
    """The reader's own plan. Raises NotFound."""
    person = signed_in()
    found = pages.card_of(order_of(person.user_id, number=number), person.time_zone)
    if found is None:
        raise NotFound("There is no such plan among yours.")
    return found


def _subscription_of(found: PlanCard) -> str:
    if found.order.subscription_id is None:
        raise Conflict("The payment service does not know this plan yet. Try again in a minute.")
    return found.order.subscription_id


def _wish(found: PlanCard, wish: Wish, said: str) -> None:
    person = signed_in()
    require_within(CHECKOUTS, "plan", str(person.user_id))
    try:
        following.ask_for(wish, found.order.number, person.user_id)
    except (StripeSilent, PaymentsOff, StripeRefused) as trouble:
        flash(trouble.sentence, "warn")
    else:
        flash(said, "ok")


def _trouble(plan_id: int, trouble: DomainError, status: int) -> Answer:
    """The checkout did not open: what is known, and a way on. It claims nothing about money."""
    plan = services.find_plan(plan_id)
    page = render(
        "shop/trouble.html",
        nav="courses",
        sale={"title": plan.title, "url": plan.url, "enroll_url": plan.url, "noun": "plan"},
        sentence=trouble.sentence,
        can_retry=not isinstance(trouble, PaymentsOff),
    )
    return page, status
