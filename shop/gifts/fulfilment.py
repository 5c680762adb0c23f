"""What the paid order of a gift gives: a code that is good, mailed on its day."""

from core.clock import now
from core.database import db
from enrollment.rules import EndReason, PauseReason
from enrollment.services import pause_grants, resume_grants, take_back_grants
from shop import words
from shop.fulfilment import PaidSoFar, Thanks, first_course, fulfils, sold_at
from shop.gifts.models import Gift
from shop.gifts.services import forget, gift_of, lock_gift, open_gift
from shop.holders import Given, tell_ended, tell_paused, tell_restored
from shop.models import Order, OrderKind
from shop.words import Words


class Gifts:
    """A course for somebody else. The giver may hold it, and may give it again and again."""

    receipt = "receipt_gift"

    def is_held(self, order: Order) -> bool:
        return False

    def is_barred(self, order: Order) -> bool:
        return order.user_id is None

    def give(self, order: Order) -> None:
        gift = lock_gift(order.id)
        tell_restored(order, _given(gift), open_gift(gift))

    def pause(self, order: Order, reason: PauseReason) -> None:
        gift = lock_gift(order.id)
        gift.pause_reason = reason.value
        db.session.flush()
        tell_paused(order, _given(gift), pause_grants(gift.source, reason))

    def resume(self, order: Order, reason: PauseReason) -> None:
        gift = lock_gift(order.id)
        gift.pause_reason = ""
        db.session.flush()
        tell_restored(order, _given(gift), resume_grants(gift.source, reason))

    def take_back(self, order: Order, reason: EndReason) -> None:
        gift = lock_gift(order.id)
        gift.ended_at = gift.ended_at or now()
        db.session.flush()
        tell_ended(order, _given(gift), take_back_grants(gift.source, reason))

    def forget(self, order: Order) -> None:
        forget(lock_gift(order.id))

    def path(self, order: Order) -> str:
        return f"{order.url}/gift"

    def words(self, order: Order) -> Words:
        gift, title = gift_of(order), order.lines[0].title
        name = gift.recipient_name if gift else ""
        return words.of_gift(f"the gift for {name} ({title})" if name else f"a gift ({title})")

    def thanks(self, order: Order) -> Thanks:
        return Thanks(
            "Your gift is ready", "The gift is wrapped.", _what_next(gift_of(order)), "Go to my gift"
        )

    def paid_so_far(self, order: Order) -> PaidSoFar | None:
        return None


def _given(gift: Gift) -> Given:
    return Given("gift", gift.giver_name, gift.source)


def _what_next(gift: Gift | None) -> str:
    if gift is None or not gift.recipient_email:
        return "Say on its page to whom it goes, or print its code."
    if gift.sent_at is not None:
        return f"Its code is on its way to {gift.recipient_email}."
    return f"Its code is mailed to {gift.recipient_email} on {gift.send_on:%-d %B %Y}."


def _page(order: Order) -> str:
    """The form; as it was filled in, while the order waits for its payment."""
    return f"/courses/{first_course(order).slug}/gift?order={order.number}"


fulfils(OrderKind.GIFT, Gifts())
sold_at(OrderKind.GIFT, _page)
