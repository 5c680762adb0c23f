"""The mails that an order's turns send, each once."""

import logging

from accounts.models import User
from core import mail
from core.database import db
from core.school import current_school
from payments.values import Session
from shop.fulfilment import fulfilment_of, sale_page
from shop.models import Order

_log = logging.getLogger("payments")


def write(order: Order, kind: str, **more: object) -> None:
    """A mail to the buyer; each kind once for an order, whoever brings the news and however often."""
    facts = {
        "name": _name_of(order), "course": order.title, "number": order.number,
        "amount": str(order.amount), "is_test": not order.livemode, "path": order.url,
        "course_path": sale_page(order),
    }  # fmt: skip
    mail.queue(kind, order.email, {**facts, **more}, dedupe_key=f"order:{order.number}:{kind}")


def send_receipt(order: Order) -> None:
    """What was paid, what it gives, and what was promised."""
    receipt = {
        "courses": [line.title for line in order.lines] if len(order.lines) > 1 else [],
        "subtotal": str(order.subtotal), "discount": "" if order.discount.is_free else str(order.discount),
        "code": order.coupon_code, "is_free": order.amount.is_free, "paid_on": order.paid_at,
        "terms_version": order.terms_version, "promise_days": order.refund_days,
        "promise_progress": order.refund_max_progress, "receipt_url": order.receipt_url,
        "learn_path": fulfilment_of(order).path(order),
    }  # fmt: skip
    write(order, "receipt", **receipt)


def tell_school(order: Order, session: Session, reason: str) -> None:
    """Money that fits no rule is for a person to look at."""
    to = current_school().support_email
    if not to:
        _log.warning("a payment needs a look, and the school has no support address")
    if to and session.is_paid:
        facts: dict[str, object] = {
            "number": order.number, "email": order.email, "course": order.title, "reason": reason,
            "amount_ordered": str(order.price), "amount_paid": str(session.total),
            "admin_path": f"/admin/orders/{order.number}",
        }  # fmt: skip
        mail.queue("order_review", to, facts, dedupe_key=f"order:{order.number}:review:{session.id}")


def _name_of(order: Order) -> str:
    person = db.session.get(User, order.user_id) if order.user_id is not None else None
    return person.name if person is not None else ""
