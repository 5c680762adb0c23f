"""How an order looks to its buyer: the endings of the return page, and the facts of the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from core.database import db
from courses.models import Course
from courses.services import OutlineStep, course_outline
from shop.disputes import rules as disputes
from shop.disputes.models import DisputeRow
from shop.disputes.services import disputes_of, taken_by
from shop.fulfilment import PaidSoFar, Thanks, fulfilment_of, sale_page, words_of_end
from shop.guests.rules import masked
from shop.legal import CONSENTS
from shop.models import Order, OrderChange
from shop.rules import ENTERED, GONE, UNPAID, OrderState
from shop.words import Words


class Ending(StrEnum):
    """What the buyer is told; a template has words for each."""

    CONFIRMING = "confirming"  # Stripe has not told us yet: the page looks again by itself
    PROCESSING = "processing"  # the bank takes days: a mail will say
    TRANSFER = "transfer"  # the buyer has yet to send the money
    RECEIVED = "received"
    DECLINED = "declined"
    LEFT = "left"  # the checkout was left before paying
    EXPIRED = "expired"
    HAD = "had"  # closed unpaid, and the buyer has all of it by now
    ALREADY = "already"  # paid by somebody who is in already: it goes back
    REVIEW = "review"
    REFUNDED = "refunded"
    DISPUTED = "disputed"  # paid, and the buyer's bank holds the money back
    CHARGED_BACK = "charged_back"
    MAILED = "mailed"  # money of a guest came: all else is told to the address alone


ENDINGS = {
    OrderState.PENDING: Ending.LEFT,
    OrderState.PROCESSING: Ending.PROCESSING,
    OrderState.PAID: Ending.RECEIVED,
    OrderState.PARTLY_REFUNDED: Ending.RECEIVED,
    OrderState.FAILED: Ending.DECLINED,
    OrderState.EXPIRED: Ending.EXPIRED,
    OrderState.DUPLICATE: Ending.ALREADY,
    OrderState.REVIEW: Ending.REVIEW,
    OrderState.REFUNDED: Ending.REFUNDED,
    OrderState.CHARGED_BACK: Ending.CHARGED_BACK,
}

# Of these the page says what the buyer's bank holds, or took.
TAKEABLE = frozenset({*ENTERED, OrderState.CHARGED_BACK})
TITLES = {
    Ending.CONFIRMING: "Confirming your payment",
    Ending.PROCESSING: "Confirming with your bank",
    Ending.TRANSFER: "Waiting for your transfer",
    Ending.RECEIVED: "You are enrolled",
    Ending.DECLINED: "Payment declined",
    Ending.LEFT: "Not paid yet",
    Ending.EXPIRED: "Order closed",
    Ending.HAD: "Order closed",
    Ending.ALREADY: "Already yours",
    Ending.REVIEW: "Your payment is being checked",
    Ending.REFUNDED: "Order refunded",
    Ending.DISPUTED: "Your payment is disputed",
    Ending.CHARGED_BACK: "Payment taken back",
    Ending.MAILED: "Payment received",
}
# What a guest's browser may know: nothing by which it could tell whether somebody has the address.
SAID_TO_GUESTS = frozenset(
    {
        Ending.CONFIRMING,
        Ending.PROCESSING,
        Ending.TRANSFER,
        Ending.DECLINED,
        Ending.LEFT,
        Ending.EXPIRED,
    }
)


@dataclass(frozen=True)
class OrderPage:
    """An order with its course, the first one of several.

    `first` is the step to begin with, `before` an optional one ahead of it; `paid_on` and `refund_until` are empty
    where nothing was paid, `refunded_on` where not all of it went back. `is_again`: an earlier order of the same was
    refunded, so its buyer has been in it before. `is_guest`: it is shown to the browser that began it, not to an
    account. `taken` is what the buyer's bank holds or took, empty where that is nothing. `so_far` is set for what is
    paid over time, `next_on` the day of its next payment, empty where none follows.
    """

    order: Order
    ending: Ending
    course_url: str
    learn_url: str
    enroll_url: str
    cover_url: str
    first: OutlineStep | None
    before: OutlineStep | None
    made_on: str
    paid_on: str
    open_until: str
    refund_until: str
    refunded_on: str
    taken: str
    is_again: bool
    is_guest: bool
    thanks: Thanks | None
    words: Words
    so_far: PaidSoFar | None
    next_on: str

    @property
    def state(self) -> str:
        """What its page shows, in a word: it is asked again until that has changed."""
        return self.ending if self.ending is Ending.MAILED else self.order.state

    @property
    def address(self) -> str:
        """Where mails about it go, as much of it as the reader may see."""
        return masked(self.order.email) if self.is_guest else self.order.email

    @property
    def title(self) -> str:
        return self.thanks.title if self.thanks and self.ending is Ending.RECEIVED else TITLES[self.ending]

    @property
    def look_url(self) -> str:
        return f"/checkout/return?order={self.order.number}"

    @property
    def noun(self) -> str:
        return self.words.noun

    @property
    def consent(self) -> str:
        """What the buyer agreed to before being let in, empty where nothing was asked."""
        return CONSENTS.get(self.order.consent_version, "")

    @property
    def is_open(self) -> bool:
        """Whether its checkout still waits for the buyer, and a button is enough to go on with it: for what is bought
        for others there is a form."""
        return self.order.state is OrderState.PENDING and self.order.is_paid_once_for_oneself

    @property
    def again_url(self) -> str:
        """The page to order the same again, with the same code and in the same currency; no code is taken for a plan,
        nor by the address of what is bought for others."""
        if not self.order.is_paid_once_for_oneself:
            return self.enroll_url
        asked = {"code": self.order.coupon_code, "currency": self.order.currency}
        return f"{self.enroll_url}?{urlencode(asked)}"


def order_page(order: Order, time_zone: str, was_silent: bool = False, is_guest: bool = False) -> OrderPage:
    """The page of an order, its days as in `time_zone`; `was_silent`: Stripe could not be asked just now."""
    course, is_again = db.session.execute(_course_and_past(order)).one()
    first, before = _beginning(course_outline(course).steps if len(order.lines) == 1 else ())
    page, found = sale_page(order), disputes_of(order.id) if order.state in TAKEABLE else []
    zone, paid, so_far = ZoneInfo(time_zone), order.paid_at, fulfilment_of(order).paid_so_far(order)
    thanks = fulfilment_of(order).thanks(order)
    return OrderPage(
        order=order,
        ending=told_to(is_guest, _ending(order, was_silent, found)),
        course_url=page,
        learn_url=(thanks and thanks.url) or fulfilment_of(order).path(order),
        enroll_url=f"{page}/enroll" if order.is_paid_once_for_oneself else page,
        cover_url=f"/courses/{course.slug}/cover" if course.cover else "",
        first=first,
        before=before,
        made_on=_day(order.created_at, zone),
        paid_on=_day(paid, zone) if paid else "",
        open_until=order.open_until(zone),
        refund_until=_day(paid + timedelta(days=order.refund_days), zone) if paid else "",
        refunded_on=_day(order.refunded_at, zone) if order.refunded_at else "",
        taken=taken_by(found),
        is_again=is_again,
        is_guest=is_guest,
        thanks=thanks,
        words=words_of_end(order) if order.state in GONE else fulfilment_of(order).words(order),
        so_far=so_far,
        next_on=_day(so_far.next_at, zone) if so_far and so_far.next_at else "",
    )


def told_to(is_guest: bool, ending: Ending) -> Ending:
    """What the reader is told of this ending."""
    return Ending.MAILED if is_guest and ending not in SAID_TO_GUESTS else ending


def _beginning(steps: Sequence[OutlineStep]) -> tuple[OutlineStep | None, OutlineStep | None]:
    """The first step that the course asks for, and an optional one that stands ahead of it."""
    if not steps:
        return None, None
    first = next((step for step in steps if step.required), steps[0])
    return first, None if first == steps[0] else steps[0]


def _course_and_past(order: Order) -> Select[Course, bool]:
    """The order's first course, and whether the buyer bought it before and was given the money back."""
    earlier = select(Order.id).where(
        Order.user_id == order.user_id,
        Order.subject == order.subject,
        Order.id < order.id,
        Order.state == OrderState.REFUNDED,
    )
    return select(Course, earlier.exists()).where(Course.id == order.lines[0].course_id)


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%-d %B %Y")


def _ending(order: Order, was_silent: bool, found: Sequence[DisputeRow]) -> Ending:
    if order.state is OrderState.PENDING and was_silent:
        return Ending.CONFIRMING
    if order.state is OrderState.PENDING and order.failure:
        return Ending.DECLINED
    if order.awaits_transfer:
        return Ending.TRANSFER
    if order.state is OrderState.REFUNDED and _was_duplicate(order):
        return Ending.ALREADY
    if order.state in UNPAID and fulfilment_of(order).is_held(order):
        return Ending.HAD
    if order.state in ENTERED and any(each.status in disputes.HOLDING for each in found):
        return Ending.DISPUTED
    return ENDINGS[order.state]


def _was_duplicate(order: Order) -> bool:
    """Whether it went back because the buyer was in already, which a card's payment does at once."""
    duplicate = select(OrderChange.id).filter_by(order_id=order.id, after=OrderState.DUPLICATE)
    return db.session.scalar(duplicate.limit(1)) is not None
