"""The mails of a gift: its code to the recipient, and to the giver what becomes of it. Each once for what it tells."""

from core import mail
from core.database import db
from courses.models import Course
from shop.gifts.models import Gift
from shop.gifts.rules import in_groups
from shop.models import Order


def send_code(gift: Gift, order: Order, code: str) -> None:
    """The gift itself. It speaks of no price."""
    facts: dict[str, object] = {
        "giver": gift.giver_name, "name": gift.recipient_name, "message": gift.message,
        "course": _course(gift).title, "code": in_groups(code), "path": f"/redeem?code={in_groups(code)}",
        "is_test": not order.livemode,
    }  # fmt: skip
    mail.queue("gift", gift.recipient_email, facts, dedupe_key=f"{gift.source}:code:{gift.mails}")


def tell_claimed(gift: Gift, order: Order) -> None:
    """To the giver, by the name that they gave the recipient: whose account it was is not theirs to know."""
    mail.queue("gift_claimed", order.email, _facts(gift, order), dedupe_key=f"{gift.source}:claimed")


def remind(gift: Gift, order: Order) -> None:
    """To the giver: nobody has claimed it so far."""
    facts = {**_facts(gift, order), "sent_on": gift.sent_at}
    mail.queue("gift_unclaimed", order.email, facts, dedupe_key=f"{gift.source}:unclaimed:{gift.mails}")


def _facts(gift: Gift, order: Order) -> dict[str, object]:
    return {
        "giver": gift.giver_name, "name": gift.recipient_name, "course": _course(gift).title,
        "number": order.number, "path": f"{order.url}/gift",
    }  # fmt: skip


def _course(gift: Gift) -> Course:
    return db.session.get_one(Course, gift.course_id)
