"""A gift as the admin reads it, on the page of its order."""

from dataclasses import dataclass

from accounts.models import User
from admin.order_words import Word
from core.database import db
from shop.gifts.models import Gift
from shop.gifts.rules import GiftState
from shop.gifts.services import gift_of
from shop.models import Order, OrderKind

STATES: dict[str, Word] = {
    GiftState.UNPAID: Word("Not paid", "", "minus"),
    GiftState.PLANNED: Word("Waits for its day", "info", "clock"),
    GiftState.UNADDRESSED: Word("Nobody knows for whom", "warn", "circle-alert"),
    GiftState.SENT: Word("Sent, not claimed", "info", "mail"),
    GiftState.CLAIMED: Word("Claimed", "ok", "circle-check"),
    GiftState.PAUSED: Word("Paused", "bad", "x"),
    GiftState.ENDED: Word("Ended", "", "minus"),
}


@dataclass(frozen=True)
class GiftFile:
    """`claimed_by` is None too where that account was erased."""

    gift: Gift
    claimed_by: User | None

    @property
    def word(self) -> Word:
        return STATES[self.gift.state]

    @property
    def can_send(self) -> bool:
        return self.gift.state.is_waiting and bool(self.gift.recipient_email)


def file_of(order: Order) -> GiftFile | None:
    """The gift of an order, None where it holds none."""
    gift = gift_of(order) if order.kind is OrderKind.GIFT else None
    if gift is None:
        return None
    return GiftFile(gift, db.session.get(User, gift.claimed_by) if gift.claimed_by else None)
