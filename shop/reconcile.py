"""Repair what webhooks missed: ask Stripe about every order that is not decided, and about what it could not deliver.

Each part is safe to run twice at once, because it only calls what is: `fulfill` and `hear`.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core import jobs
from core.clock import now
from core.config import current_config
from core.database import after_commit, db, transaction
from core.errors import DomainError
from payments import disputes, gateway
from payments.values import UNDER_WAY, PaymentsOff, Session, StripeRefused
from shop import checkout, orders, stripe_events, turns
from shop.asking import ask
from shop.disputes.models import DisputeRow
from shop.disputes.rules import OPEN
from shop.ledger.models import LedgerEntry
from shop.models import Order, ReconcileRun
from shop.plans import following
from shop.plans import turns as plans
from shop.plans.models import PlanPayment
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.rules import OPEN_STATES, OrderState
from shop.withdrawal import withdrawn_checkouts

BELL = "reconcile"
RIPE = timedelta(minutes=10)  # younger orders are still with their buyers
LOOK_BACK = timedelta(hours=72)
AT_MOST = 100  # orders read anew for the ledger in one run
EVENTS_LAST = timedelta(days=29)  # Stripe lists events for 30 days
_log = logging.getLogger("reconcile")


@dataclass
class Report:
    """What one run did. `repaired` names orders with their state before and after; `unknown_sessions` are paid at
    Stripe and belong to no order here: a person has to look."""

    looked_at: int = 0
    repaired: list[dict[str, str]] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=lambda: {"replayed": 0, "failed": 0})
    unknown_sessions: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ring(cause: str) -> None:
    """Have the worker reconcile soon; in the caller's transaction."""
    after_commit(partial(jobs.ring, BELL, cause))


def reconcile(cause: str) -> Report:
    """Run all parts, whatever befalls one of them, and keep the report. Raises PaymentsOff without a key."""
    if not current_config().takes_money:
        raise PaymentsOff(gateway.NO_MONEY)
    run_id = _begin(cause)
    report = Report()
    for name, part in PARTS.items():
        _try(report, name, partial(part, report))
    _end(run_id, report)
    return report


def _begin(cause: str) -> int:
    with transaction() as session:
        run = ReconcileRun(started_at=now(), finished_at=None, cause=cause, report=None)
        session.add(run)
        session.flush()
        return run.id


def _end(run_id: int, report: Report) -> None:
    with transaction() as session:
        run = session.get_one(ReconcileRun, run_id)
        run.finished_at, run.report = now(), report.to_json()


def _try(report: Report, name: str, part: Callable[[], None]) -> None:
    """One trouble does not keep the others from being looked at."""
    try:
        part()
    except DomainError as trouble:
        report.trouble.append(f"{name}: {trouble.sentence}")
    except Exception as error:
        _log.exception("a part of the reconciler failed")
        report.trouble.append(f"{name}: unexpectedly, {type(error).__name__}. The log says more.")


def _undecided_orders(report: Report) -> None:
    """Orders that wait for money, and double payments that were not given back."""
    waiting = or_(
        and_(Order.state.in_(OPEN_STATES), Order.created_at < now() - RIPE),
        Order.state == OrderState.DUPLICATE,
    )
    query = select(Order.number, Order.session_id, Order.state).where(waiting, Order.session_id.is_not(None))
    for number, session_id, before in _rows(query.order_by(Order.id)):
        report.looked_at += 1
        _try(report, f"Order {number}", partial(_look_at, report, number, session_id, before))


def _look_at(report: Report, number: str, session_id: str, before: OrderState) -> None:
    try:
        checkout.fulfill(session_id, "reconcile")
    except StripeRefused as refusal:
        if not checkout.let_go(number, session_id, refusal, "reconcile"):
            raise
    after = _state_of(number)
    if after != before:
        report.repaired.append({"order": number, "before": before, "after": after})
    if after is OrderState.DUPLICATE:
        report.trouble.append(f"Order {number}: paid twice, and the refund has not gone through yet.")


def _orders_without_session(report: Report) -> None:
    """Orders whose session was never heard of: Stripe may have made one and its answer been lost."""
    query = select(Order.id, Order.number, Order.created_at, Order.expires_at).where(
        Order.state == OrderState.PENDING, Order.session_id.is_(None), Order.created_at < now() - RIPE
    )
    rows = _rows(query)
    lost = {number: (order_id, ends) for order_id, number, _, ends in rows}
    if not lost:
        return
    for session in _sessions_since(min(made for _, _, made, _ in rows) - gateway.SKEW):
        if session.order_number in lost:
            order_id, _ = lost.pop(session.order_number)
            with transaction():
                orders.remember_session(order_id, session)
            found = partial(_look_at, report, session.order_number, session.id, OrderState.PENDING)
            _try(report, f"Order {session.order_number}", found)
    for number, (order_id, ends) in lost.items():
        if ends < now():
            with transaction():
                turns.let_expire(order_id, "reconcile")
            report.repaired.append(
                {"order": number, "before": OrderState.PENDING, "after": OrderState.EXPIRED}
            )


def _recent_sessions(report: Report) -> None:
    """Sessions paid at Stripe in the last days whose orders do not say so, or are not here at all."""
    paid = [each for each in _sessions_since(now() - LOOK_BACK) if each.is_paid and each.total.minor]
    for session in paid:
        found = _find(session)
        if found is None and session.school == current_config().host:
            report.unknown_sessions.append(session.id)
        elif found is not None and found[1] not in turns.MONEY_STATES:
            report.looked_at += 1
            paid_order = partial(_look_at, report, found[0], session.id, found[1])
            _try(report, f"Order {found[0]}", paid_order)


def _missed_events(report: Report) -> None:
    """Events that Stripe could not deliver, and those that came and could not be handled."""
    missed = [event.id for event in ask(lambda: list(gateway.undelivered_since(now() - EVENTS_LAST)))]
    settled = stripe_events.settled_among(missed)
    waiting = stripe_events.waiting_events(now() - EVENTS_LAST)
    for event_id in dict.fromkeys([*waiting, *missed]):
        if event_id not in settled:
            _try(report, f"Event {event_id}", partial(_replay, report, event_id))


def _replay(report: Report, event_id: str) -> None:
    try:
        checkout.hear(ask(gateway.fetch_event, event_id))
    except Exception:
        report.events["failed"] += 1
        raise
    report.events["replayed"] += 1


def _disputes(report: Report) -> None:
    """Disputes that are open here, and those that Stripe lists of the last days and that stand otherwise here."""
    since = now() - LOOK_BACK
    recent = or_(DisputeRow.status.in_(OPEN), DisputeRow.opened_at >= since)
    here = _rows(select(DisputeRow.stripe_id, DisputeRow.status, DisputeRow.order_id).where(recent))
    known = {stripe_id: status for stripe_id, status, _ in here}
    listed = ask(lambda: list(disputes.since(since)))
    news = {each.payment_id for each in listed if known.get(each.id) is not each.status}
    waiting = {order_id for _, status, order_id in here if status in OPEN}
    of_plans = select(PlanPayment.order_id).where(PlanPayment.payment_id.in_(news))
    ours = or_(Order.payment_id.in_(news), Order.id.in_(waiting), Order.id.in_(of_plans))
    for number, session_id, before in _rows(select(Order.number, Order.session_id, Order.state).where(ours)):
        report.looked_at += 1
        _try(report, f"Order {number}", partial(_look_at, report, number, session_id, before))


def _refunds_under_way(report: Report) -> None:
    """Refunds that are on their way, or of which it is not known whether Stripe has made them."""
    query = select(Order.number, Order.session_id, Order.state, RefundRow.id).join_from(RefundRow, Order)
    waiting = query.where(RefundRow.state.in_(UNDER_WAY), RefundRow.created_at < now() - RIPE, _is_readable())
    for number, session_id, before, refund_id in _rows(waiting.order_by(RefundRow.id)):
        report.looked_at += 1
        found = partial(_look_at_refund, report, number, session_id, before, refund_id)
        _try(report, f"Order {number}", found)


def _look_at_refund(report: Report, number: str, session_id: str, before: OrderState, refund_id: int) -> None:
    """First whether Stripe has made it: a key is forgotten after a day, and then the same would be made twice."""
    _look_at(report, number, session_id, before)
    sending.send(refund_id, "reconcile")


def _orders_without_entries(report: Report) -> None:
    """Orders whose money is not in the ledger."""
    is_written = select(LedgerEntry.id).where(LedgerEntry.order_id == Order.id).exists()
    query = select(Order.number, Order.session_id, Order.state).where(
        or_(Order.payment_id.is_not(None), Order.subscription_id.is_not(None)),
        Order.state.in_(turns.MONEY_STATES),
        ~is_written,
        _is_readable(),
    )
    for number, session_id, before in _rows(query.order_by(Order.id.desc()).limit(AT_MOST)):
        report.looked_at += 1
        _try(report, f"Order {number}", partial(_look_at, report, number, session_id, before))


def _is_readable() -> ColumnElement[bool]:
    return and_(Order.session_id.is_not(None), Order.livemode == current_config().is_live)


def _withdrawn_checkouts(report: Report) -> None:
    """Open checkouts of what is sold no more are closed."""
    found = list(withdrawn_checkouts())
    db.session.rollback()
    for number, session_id in found:
        _try(report, f"Order {number}", partial(_withdraw, report, number, session_id))


def _withdraw(report: Report, number: str, session_id: str) -> None:
    checkout.withdraw(session_id, "reconcile")
    report.repaired.append({"order": number, "before": OrderState.PENDING, "after": _state_of(number)})


def _look_at_plan(subscription_id: str) -> None:
    following.look(subscription_id, "reconcile")


def _overdue_plans(report: Report) -> None:
    """Plans of which Stripe should have told something, or whose time has come."""
    for subscription_id in plans.overdue():
        report.looked_at += 1
        _try(report, f"Plan {subscription_id}", partial(_look_at_plan, subscription_id))


PARTS: dict[str, Callable[[Report], None]] = {
    "Orders that are not decided": _undecided_orders,
    "Orders without a session": _orders_without_session,
    "Checkouts of what is sold no more": _withdrawn_checkouts,
    "Sessions of the last days": _recent_sessions,
    "Events that did not arrive": _missed_events,
    "Refunds under way": _refunds_under_way,
    "Orders that the ledger lacks": _orders_without_entries,
    "Disputes": _disputes,
    "Plans whose news is overdue": _overdue_plans,
}


def _sessions_since(moment: datetime) -> list[Session]:
    return ask(lambda: list(gateway.sessions_since(moment)))


def _find(session: Session) -> tuple[str, OrderState] | None:
    own = (Order.session_id == session.id) | (Order.number == session.order_number)
    rows = _rows(select(Order.number, Order.state).where(own).limit(1))
    return (rows[0][0], rows[0][1]) if rows else None


def _state_of(number: str) -> OrderState:
    return OrderState(_rows(select(Order.state).where(Order.number == number))[0][0])


def _rows(query: Any) -> list[Any]:
    """All rows at once: no read stays open while Stripe is asked."""
    found = list(db.session.execute(query).all())
    db.session.rollback()
    return found
