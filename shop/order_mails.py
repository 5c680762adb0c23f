"""The mails that an order's turns send, each once."""

import logging
from typing import Any

from accounts.invitations import welcome_path
from core import mail
from core.money import Money
from core.school import current_school
from enrollment.rules import PauseReason
from enrollment.services import grants_of, is_enrolled
from payments.values import Session
from shop.fulfilment import Thanks, fulfilment_of, sale_page, words_of_end
from shop.legal import CONSENTS
from shop.models import Order

CLOSED_BY = {
    PauseReason.DISPUTE: "the first payment is disputed at the bank",
    PauseReason.PAYMENT: "a payment of your plan is missing",
}
_log = logging.getLogger("payments")


def write(order: Order, kind: str, again: int | str = 0, **more: object) -> None:
    """A mail to the buyer; each kind once for an order, whoever brings the news and however often. None where the
    address of a guest was forgotten.

    `again` counts how often the same has happened before, or tells those times apart.
    """
    if not order.email:
        return
    key = f"order:{order.number}:{kind}" + (f":{again}" if again else "")
    mail.queue(kind, order.email, {**facts_of(order), **more}, dedupe_key=key)


def write_of_end(order: Order, kind: str, again: int = 0, **more: object) -> None:
    """The same of what may have ended: its words know what else lets the buyer in now."""
    write(order, kind, again, **{"words": words_of_end(order), **more})


def facts_of(order: Order) -> dict[str, object]:
    """What every mail to the buyer may say."""
    words = fulfilment_of(order).words(order)
    return {
        "name": _name_of(order), "course": words.name, "words": words, "number": order.number,
        "amount": str(order.amount), "is_test": not order.livemode,
        "path": "" if order.is_unclaimed else order.url,  # Only its account reads an order's page.
        "course_path": sale_page(order),
    }  # fmt: skip


def send_receipt(order: Order) -> None:
    """What was paid, what it gives, and what was promised."""
    thanks = fulfilment_of(order).thanks(order)
    receipt: dict[str, Any] = {
        "courses": [line.title for line in order.lines] if len(order.lines) > 1 else [],
        "subtotal": str(order.subtotal), "discount": "" if order.discount.is_free else str(order.discount),
        "code": order.coupon_code, "is_free": order.amount.is_free, "paid_on": order.paid_at,
        "terms_version": order.terms_version, "promise_days": order.refund_days,
        "promise_progress": order.refund_max_progress, "has_button": order.is_paid_once_for_oneself,
        "receipt_url": order.receipt_url,
        "tax": str(order.tax.amount) if order.tax else "", "net": str(order.tax.net) if order.tax else "",
        "learn_path": _way_in(order, thanks), "is_new": _is_new(order),
        "opens_with": None if _is_new(order) else thanks, "quantity": order.quantity,
        "consent": CONSENTS.get(order.consent_version, ""),
        "so_far": fulfilment_of(order).paid_so_far(order), "rhythm": order.rhythm,
    }  # fmt: skip
    write(order, fulfilment_of(order).receipt, **receipt)


def send_welcome(order: Order, again: str = "") -> None:
    """To whose account was made by paying: the link that confirms the address and lets them choose a password.

    `again` names a later welcome, to another address.
    """
    if _is_new(order):
        write(order, "guest_welcome", again, path=_way_in(order))


def tell_paid_twice(order: Order) -> None:
    """That it goes back, how the place stands that was there already, and how they get in who have yet to."""
    write(order, "paid_twice", closed_by=_closed_by(order), is_new=_is_new(order), learn_path=_way_in(order))


def tell_school(order: Order, session: Session, reason: str) -> None:
    """Money that fits no rule is for a person to look at."""
    if session.is_paid:
        facts: dict[str, object] = {
            "number": order.number, "email": order.email, "course": order.title, "reason": reason,
            "amount_ordered": str(order.price), "amount_paid": str(session.total),
            "admin_path": f"/admin/orders/{order.number}",
        }  # fmt: skip
        to_school("order_review", facts, dedupe_key=f"order:{order.number}:review:{session.id}")


def tell_of_failed_refund(order: Order, refund_id: int, amount: Money, why: str) -> None:
    """The school decides what becomes of money that did not go back."""
    facts: dict[str, object] = {
        "number": order.number, "email": order.email, "course": order.title, "amount": str(amount), "why": why,
        "admin_path": f"/admin/orders/{order.number}",
    }  # fmt: skip
    to_school("refund_failed", facts, dedupe_key=f"refund:{refund_id}:failed")


def to_school(kind: str, facts: dict[str, object], dedupe_key: str) -> None:
    """A mail to the school's own address, where it has one."""
    to = current_school().support_email
    if to:
        mail.queue(kind, to, facts, dedupe_key=dedupe_key)
    else:
        _log.warning("something about money needs a look, and the school has no support address")


def _closed_by(order: Order) -> str:
    """Why a course of this order is closed to its buyer for the time being, though they have it; empty if none is."""
    found = [
        grant.pause_reasons[0]
        for line in order.lines
        for grant in (grants_of(order.user_id, line.course_id) if order.user_id else [])
        if grant.ended_at is None and grant.pause_reasons and not is_enrolled(grant.user_id, line.course_id)
    ]
    return CLOSED_BY[found[0]] if found else ""


def _way_in(order: Order, thanks: Thanks | None = None) -> str:
    """Where the buyer goes on; who has not confirmed their address does so on the way."""
    buyer = order.buyer
    onward = (thanks and thanks.url) or fulfilment_of(order).path(order)
    return welcome_path(buyer, onward) if buyer is not None and _is_new(order) else onward


def _is_new(order: Order) -> bool:
    """Whether its buyer has yet to confirm the address."""
    return order.buyer is not None and order.buyer.confirmed_at is None


def _name_of(order: Order) -> str:
    return order.buyer.name if order.buyer is not None else ""
