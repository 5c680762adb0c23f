"""Orders of courses."""

from itertools import count
from typing import Any

from core.database import db, transaction
from tests.factories.rows import detached

_numbers = count(1)
_SOURCES = {"payment": "ch", "refund": "re", "refund_failed": "re"}


def make_order(user: Any, course: Any, state: str = "paid", **columns: Any) -> Any:
    """An order of a course in this state, as checkout would have left it, without an enrollment; detached.

    `user` is None for a guest. Its session is cs_test_<n>, its payment, once there was money, pi_test_<n>.
    """
    from datetime import timedelta

    from core.clock import now
    from shop.models import Order, OrderKind, OrderLine
    from shop.rules import OrderState

    number, has_money = next(_numbers), state not in ("pending", "processing", "failed", "expired")
    defaults: dict[str, Any] = {
        "number": f"TEST{number:06d}", "user_id": user and user.id,
        "email": user.email if user else "guest@example.org",
        "kind": OrderKind.OWN, "subject": f"course:{course.id}", "title": course.title, "state": OrderState(state),
        "amount_minor": course.price_minor or 48900, "currency": course.currency, "livemode": False,
        "terms_version": "2026-11-21", "refunds_version": "2026-11-21", "refund_days": 14, "refund_max_progress": 30,
        "created_at": now(), "expires_at": now() + timedelta(hours=24), "session_id": f"cs_test_{number}",
        "payment_id": f"pi_test_{number}" if has_money else None, "payment_method": "card" if has_money else "",
        "paid_at": now() if has_money else None,
    }  # fmt: skip
    with transaction() as session:
        order = Order(**{**defaults, **columns})
        if has_money and order.paid_minor is None:
            order.paid_minor, order.paid_currency = order.amount_minor, order.currency
        order.lines = [
            OrderLine(
                position=1, course_id=course.id, title=course.title, amount_minor=order.amount_minor,
                discount_minor=order.discount_minor or 0, tax_minor=order.tax_minor or 0,
                open_for=order.user_id if state in ("pending", "processing") else None, livemode=order.livemode,
            )
        ]  # fmt: skip
        session.add(order)
        session.flush()
        if has_money:
            _book(order, "payment", order.paid_minor, order.paid_at)
            _book(order, "refund", -(order.refunded_minor or 0), order.refunded_at)
    return detached(order)


def make_entry(order: Any, kind: str, minor: int, at: Any = None, **columns: Any) -> None:
    """Money of an order that moved, in the ledger and in the order's lines, as if Stripe had told of it."""
    from shop.models import Order

    with transaction() as session:
        _book(session.get_one(Order, order.id), kind, minor, at, **columns)


def _book(order: Any, kind: str, minor: int, at: Any, **columns: Any) -> None:
    """Nothing for nothing. The charge is ch_of_<order>, the refund re_of_<order>, where no other id is given."""
    from core.clock import now
    from shop.ledger import services
    from shop.ledger.models import LedgerEntry
    from shop.ledger.rules import EntryKind, key_of

    if not minor:
        return
    defaults = {
        "source_id": f"{_SOURCES.get(kind, 'du')}_of_{order.number}", "amount_minor": minor, "at": at or now(),
        "currency": order.paid_currency or order.currency, "livemode": order.livemode,
    }  # fmt: skip
    entry = LedgerEntry(order_id=order.id, kind=EntryKind(kind), **(defaults | columns))
    entry.source_key = key_of(entry.kind, entry.source_id)
    db.session.add(entry)
    services.share(order, entry.currency)


def make_dispute(order: Any, status: str = "needs_response", **columns: Any) -> Any:
    """A dispute of an order's payment, a week before its answer is due; detached. Its id at Stripe is du_test_<n>."""
    from datetime import timedelta

    from core.clock import now
    from payments.values import DisputeStatus
    from shop.disputes.models import DisputeRow
    from shop.disputes.rules import OPEN

    state = DisputeStatus(status)
    defaults: dict[str, Any] = {
        "stripe_id": f"du_test_{next(_numbers)}", "order_id": order.id, "status": state,
        "amount_minor": order.amount_minor, "currency": order.currency, "reason": "fraudulent",
        "due_by": now() + timedelta(days=7), "opened_at": now(), "closed_at": None if state in OPEN else now(),
    }  # fmt: skip
    with transaction() as session:
        row = DisputeRow(**(defaults | columns))
        session.add(row)
        session.flush()
        session.expunge(row)
    return row


def make_gift(order: Any, course: Any, **columns: Any) -> Any:
    """The paid gift of an order of this course, sent to Anna today and not claimed; detached."""
    from core.clock import now
    from core.ids import random_token
    from shop.gifts.models import Gift

    defaults: dict[str, Any] = {
        "order_id": order.id, "course_id": course.id, "giver_name": "Mara", "recipient_name": "Anna",
        "recipient_email": "anna@example.org", "message": "", "send_on": now().date(), "send_at": now(),
        "code_hash": random_token(), "sent_at": now(), "mails": 1,
    }  # fmt: skip
    with transaction() as session:
        gift = Gift(**(defaults | columns))
        session.add(gift)
    return detached(gift)
