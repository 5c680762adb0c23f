"""Running plans: turned to what Stripe says of their subscriptions, and all that follows from a turn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db, insert_once
from core.errors import Conflict
from enrollment.rules import EndReason, GrantKind, PauseReason
from enrollment.services import end_grants, extend_grants, pause_grants, resume_grants
from payments.billing import Invoice, Subscription
from payments.values import Payment
from shop.ledger import services as ledger
from shop.models import Order, OrderKind
from shop.orders import lock_with, lock_with_buyer
from shop.plans import mails, rules, wishes
from shop.plans.fulfilment import open_courses
from shop.plans.models import PlanPayment, PlanTerm, PlanWish
from shop.plans.rules import Standing, TermState, Wish
from shop.rules import ENTERED, OrderState
from shop.turns import OrderUnknown, follow_bills

CANNOT = {
    Wish.END: "This plan is not to be ended here. Write to the school.",
    Wish.GO_ON: "This plan cannot be taken up again here. Write to the school.",
}
WHOLLY_BACK = frozenset({OrderState.DUPLICATE, OrderState.REFUNDED})


def order_of(subscription: Subscription) -> Order | None:
    """The order of a subscription, None for one that is not this school's.

    Raises OrderUnknown for one that names an order of this school that is not there.
    """
    own = (Order.subscription_id == subscription.id) | (Order.number == subscription.order_number)
    found = db.session.scalar(select(Order).where(own, Order.kind == OrderKind.PLAN).limit(1))
    if found is None and subscription.order_number and subscription.school == current_config().host:
        raise OrderUnknown(f"Stripe speaks of the order {subscription.order_number}, which is not here.")
    return found


def subscription_of_payment(payment_id: str) -> str | None:
    """The subscription whose invoice this payment settled, where it has been heard of."""
    query = select(Order.subscription_id).join(PlanPayment, PlanPayment.order_id == Order.id)
    return db.session.scalar(query.where(PlanPayment.payment_id == payment_id)) if payment_id else None


def overdue() -> list[str]:
    """The subscriptions of which Stripe should have told something, or whose time has come."""
    query = select(Order.subscription_id).join(PlanTerm, PlanTerm.order_id == Order.id)
    due = query.where(PlanTerm.look_at <= now(), Order.livemode == current_config().is_live)
    return [found for found in db.session.scalars(due.order_by(PlanTerm.look_at)) if found]


def apply(subscription: Subscription, cause: str) -> Order | None:
    """Turn the plan of a subscription to what it says, with all that follows; None where it is not ours."""
    found = order_of(subscription)
    if found is None:
        return None
    order = lock_with(found.id, found.user_id)
    if order.subscription_id not in (None, subscription.id):
        return order
    order.subscription_id = subscription.id
    paid = [_note(order, invoice) for invoice in subscription.paid]
    term = db.session.get(PlanTerm, order.id, with_for_update=True, populate_existing=True)
    if paid:
        _follow_money(order, subscription, paid, cause)
    if term is not None:
        _follow(order, term, subscription, len(paid))
    db.session.flush()
    return order


def stop(number: str, why: str, by: int) -> str | None:
    """End a running plan now, by the school's word: access ends in this transaction, and the subscription, which is
    given, is one that Stripe is to end. Raises NotFound, Conflict."""
    order, term = _running(number)
    record("plan.stop", f"order:{number}", {"when": "at once", "reason": why}, actor_id=by)
    before, term.end_note = term.state, why
    term.state, term.grace_until, term.ends_at, term.look_at = TermState.ENDED, None, None, now()
    _note_owed(term, None)
    end_grants(order.source, EndReason.CANCELLED, by)
    _turned(order, term, before, None)
    db.session.flush()
    return order.subscription_id


@dataclass(frozen=True)
class Asked:
    """A wish that is written down: the subscription, and what Stripe is asked about it by which key."""

    id: int
    subscription_id: str
    is_to_end: bool
    mark: str
    key: str


def wish(wanted: Wish, number: str, by: int, note: str) -> Asked:
    """Write down that a running plan is to end with what is paid, or to go on. Raises NotFound, Conflict."""
    order, term = _running(number)
    _require_wishable(wanted, order, term, by)
    row = wishes.write_down(order.id, wanted, by, note)
    mark = str(row.id)
    return Asked(
        row.id, _subscription_of(order), wanted is Wish.END, mark, f"order:{number}:plan-wish:{mark}"
    )


def _require_wishable(wanted: Wish, order: Order, term: PlanTerm, by: int) -> None:
    """The school may give another reason for an end that is under way."""
    mine = by == order.user_id
    allowed = rules.wish_of_buyer(term.wish, order.instalments, term.end_note) if mine else term.wish
    if wanted is not allowed and (mine or wanted is not Wish.END):
        raise Conflict(CANNOT[wanted])


def _running(number: str) -> tuple[Order, PlanTerm]:
    order = lock_with_buyer(number)
    term = db.session.get(PlanTerm, order.id, with_for_update=True, populate_existing=True)
    if term is None or term.state not in rules.RUNNING:
        raise Conflict("This order has no plan that runs.")
    return order, term


def _subscription_of(order: Order) -> str:
    if order.subscription_id is None:
        raise Conflict("The payment service does not know this plan yet. Try again in a minute.")
    return order.subscription_id


def owes_end(order: Order, subscription: Subscription) -> bool:
    """Whether Stripe is to draw nothing more: all is paid, all goes back, or the buyer is gone."""
    if subscription.is_over:
        return False
    term = db.session.get(PlanTerm, order.id)
    is_done = term is not None and term.state in (TermState.SETTLED, TermState.ENDED)
    return is_done or order.state in WHOLLY_BACK or order.user_id is None


def _follow_money(order: Order, subscription: Subscription, paid: list[PlanPayment], cause: str) -> None:
    """Book what each bill's money did, and let the order follow from all of it."""
    monies = [each.payment for each in subscription.paid if each.payment is not None]
    ledger.book_payments(order, monies, order.currency)
    taxes = [each.tax_minor for each in paid if each.tax_minor is not None]
    came = sum(each.amount_minor for each in paid)
    follow_bills(order, _as_one(monies, came), sum(taxes) if taxes else None, cause)


def _as_one(monies: list[Payment], came: int) -> Payment:
    """The payments of all bills as if they were one, which brought `came`; how it was paid, the latest says."""
    latest = monies[-1] if monies else Payment("", False, came)
    return replace(
        latest,
        captured=came,
        refunds=tuple(refund for each in monies for refund in each.refunds),
        disputes=tuple(dispute for each in monies for dispute in each.disputes),
    )


def _note(order: Order, invoice: Invoice) -> PlanPayment:
    row = {
        "invoice_id": invoice.id, "order_id": order.id, "payment_id": invoice.payment_id or None,
        "paid_at": invoice.paid_at or now(), "until": invoice.until, "amount_minor": invoice.total.minor,
        "refunded_minor": invoice.refunded, "tax_minor": invoice.tax, "invoice_url": invoice.url,
    }  # fmt: skip
    insert_once(PlanPayment, row, ("invoice_id",))
    payment = db.session.get_one(PlanPayment, invoice.id, with_for_update=True, populate_existing=True)
    payment.refunded_minor = invoice.refunded
    return payment


def _follow(order: Order, term: PlanTerm, subscription: Subscription, paid: int) -> None:
    missing, before = term.grace_until, term.state
    told = rules.standing(subscription, paid, order.instalments, before, missing, now())
    term.state, term.grace_until, term.ends_at, term.look_at = (
        told.state, told.grace_until, told.ends_at, told.look_at,
    )  # fmt: skip
    term.renews_at = None if subscription.is_over else subscription.renews_at
    _note_owed(term, subscription.owed if told.grace_until is not None else None)
    if before in rules.RUNNING:
        _hear_of_end(order, term, subscription.end_mark)
    if order.state in ENTERED:
        ACCESS[told.state](order, told, before)
    if told.state is not before:
        _turned(order, term, before, told.grace_until or missing)


def _note_owed(term: PlanTerm, bill: Invoice | None) -> None:
    """What is missing, as long as something is."""
    term.owed_minor = bill.total.minor if bill is not None else None
    term.owed_since = bill.drawn_at if bill is not None else None
    term.pay_url = bill.url if bill is not None else ""


def _hear_of_end(order: Order, term: PlanTerm, mark: str) -> None:
    """Whose word the end of a plan is, Stripe says by the mark of the wish that brought it; that is told once."""
    wanted = wishes.marked(order.id, mark)
    is_ending = term.ends_at is not None or term.state is TermState.ENDED
    if wanted is None:
        term.end_note = term.end_note if is_ending else ""
        return
    term.end_note = wanted.note if is_ending and wanted.wish is Wish.END else ""
    if wishes.fulfil(wanted):
        TELL[wanted.wish](order, term, wanted)


def _tell_of_end(order: Order, term: PlanTerm, wanted: PlanWish) -> None:
    detail = {"when": "with what is paid", "reason": wanted.note}
    record("plan.stop", f"order:{order.number}", detail, actor_id=wanted.asked_by)
    if term.ends_at is not None:  # Else it is over by now, and that is told.
        mails.tell_of_end(order, term.ends_at, wanted.note, wanted.id)


def _tell_of_going_on(order: Order, term: PlanTerm, wanted: PlanWish) -> None:
    record("plan.go_on", f"order:{order.number}", actor_id=wanted.asked_by)
    if term.ends_at is None:  # Else somebody has ended it again since.
        mails.tell_of_going_on(order, term.next_at, wanted.asked_by != order.user_id, wanted.id)


TELL: dict[Wish, Callable[[Order, PlanTerm, PlanWish], None]] = {
    Wish.END: _tell_of_end,
    Wish.GO_ON: _tell_of_going_on,
}


def _turned(order: Order, term: PlanTerm, before: TermState, missing: datetime | None) -> None:
    record(f"plan.{term.state}", f"order:{order.number}", {"before": before.value})
    if term.state in (TermState.SETTLED, TermState.ENDED):
        term.ended_at = now()
    mails.tell(order, term, before, missing)


def _open(order: Order, told: Standing, before: TermState) -> None:
    """Also what ran out by itself while news of its renewal was late."""
    if told.ends_at is None or now() < told.ends_at:
        open_courses(order, GrantKind.PLAN)
    extend_grants(order.source, GrantKind.PLAN, told.ends_at)
    if before is TermState.PAUSED:
        resume_grants(order.source, PauseReason.PAYMENT)


def _pause(order: Order, told: Standing, before: TermState) -> None:
    if before is not TermState.PAUSED:
        pause_grants(order.source, PauseReason.PAYMENT)


def _keep(order: Order, told: Standing, before: TermState) -> None:
    if before is not TermState.SETTLED:
        open_courses(order, GrantKind.ORDER)
        extend_grants(order.source, GrantKind.ORDER, None)
        resume_grants(order.source, PauseReason.PAYMENT)


def _end(order: Order, told: Standing, before: TermState) -> None:
    if before is not TermState.ENDED:
        end_grants(order.source, EndReason.CANCELLED)


ACCESS: dict[TermState, Callable[[Order, Standing, TermState], None]] = {
    TermState.ACTIVE: _open,
    TermState.GRACE: _open,
    TermState.PAUSED: _pause,
    TermState.SETTLED: _keep,
    TermState.ENDED: _end,
}
