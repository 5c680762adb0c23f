"""The mails about a dispute, each once: to the school at once, to the buyer where it touches them."""

import logging
from zoneinfo import ZoneInfo

from core import mail
from core.school import current_school
from payments.values import DisputeStatus
from shop.disputes import rules
from shop.disputes.models import DisputeRow
from shop.models import Order
from shop.order_mails import facts_of

OUTCOMES = {
    DisputeStatus.WON: "The school won: the money came back.",
    DisputeStatus.LOST: "The school lost: the money is gone, and what the order gave has ended.",
    DisputeStatus.WARNING_CLOSED: "The bank closed its inquiry. No money moved.",
    DisputeStatus.PREVENTED: "It was settled between the banks before it began.",
}
_log = logging.getLogger("payments")


def tell_school(order: Order, row: DisputeRow) -> None:
    """That an answer is due, and when; or how it ended. An inquiry that becomes a dispute is told anew."""
    kind = "dispute_opened" if row.is_open else "dispute_closed"
    about = "inquiry" if row.is_inquiry else "dispute"
    school = current_school()
    if not school.support_email:
        _log.warning("a payment is disputed, and the school has no support address")
        return
    due = row.due_by.astimezone(ZoneInfo(school.time_zone)) if row.due_by else None
    facts: dict[str, object] = {
        "number": order.number, "email": order.email, "course": order.title, "amount": str(row.amount),
        "reason": rules.reason_in_words(row.reason), "is_inquiry": row.is_inquiry, "is_test": not order.livemode,
        "due": f"{due:%-d %B %Y, %H:%M} ({school.time_zone})" if due else "", "due_day": f"{due:%-d %B}" if due else "",
        "outcome": OUTCOMES.get(row.status, ""), "admin_path": f"/admin/disputes/{row.id}",
    }  # fmt: skip
    mail.queue(kind, school.support_email, facts, dedupe_key=_to_school(kind, about, row.stripe_id))


def tell_buyer(order: Order, row: DisputeRow, kind: str, is_paused: bool = False) -> None:
    """What their bank's dispute closed, and how to settle it; or that it is over. Its amount may be a part of what was
    paid: some went back before, or it is one payment of a plan."""
    facts = {**facts_of(order), "amount": str(row.amount), "is_paused": is_paused}
    mail.queue(kind, order.email, facts, dedupe_key=_to_buyer(order.number, kind, row.stripe_id))


def keys_of(number: str, stripe_id: str) -> list[str]:
    """The keys that let each mail about a dispute out once, by which they are found again."""
    told = [_to_buyer(number, kind, stripe_id) for kind in ("payment_disputed", "dispute_settled")]
    return told + [
        _to_school(kind, about, stripe_id)
        for kind in ("dispute_opened", "dispute_closed")
        for about in ("inquiry", "dispute")
    ]


def _to_buyer(number: str, kind: str, stripe_id: str) -> str:
    return f"order:{number}:{kind}:{stripe_id}"


def _to_school(kind: str, about: str, stripe_id: str) -> str:
    return f"dispute:{stripe_id}:{kind}:{about}"
