"""How a plan looks: before it is bought, and on the pages of its order."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.database import db
from core.money import Money
from shop.models import Order
from shop.plans.models import Plan, PlanTerm
from shop.plans.rules import RUNNING, TermState, Wish, wish_of_buyer
from shop.plans.services import paid_of_plan


@dataclass(frozen=True)
class PaidBill:
    """One payment of a plan on its order's page; `url` is Stripe's page of the invoice, or empty."""

    day: str
    amount: Money
    url: str


@dataclass(frozen=True)
class PlanCard:
    """A running plan on its order's page; days are as in the reader's time zone, empty where there is none."""

    order: Order
    state: TermState
    bills: list[PaidBill]
    next_on: str
    owed: Money | None  # the payment that is missing
    owed_since: str
    pay_url: str  # Stripe's page on which it can be made, or empty
    closes_on: str  # when access pauses, while a payment is missing
    ends_on: str  # when a cancelled one ends, or the day on which it ended
    why: str  # the school ended it, and says so
    wish: Wish | None  # what its buyer may ask of its end

    @property
    def paid(self) -> int:
        return len(self.bills)

    @property
    def is_membership(self) -> bool:
        return self.order.instalments is None

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def can_end(self) -> bool:
        return self.wish is Wish.END

    @property
    def can_go_on(self) -> bool:
        return self.wish is Wish.GO_ON


def price_in_words(plan: Plan) -> str:
    """Such as “6 monthly payments of 19.00 USD”."""
    rhythm = plan.rhythm.value
    if plan.instalments is None:
        return f"{plan.payment} a {rhythm}"
    return f"{plan.instalments} {rhythm}ly payments of {plan.payment}"


def card_of(order: Order, time_zone: str) -> PlanCard | None:
    """The plan of an order, None where it has none (yet)."""
    term = db.session.get(PlanTerm, order.id) if order.rhythm else None
    if term is None:
        return None
    zone = ZoneInfo(time_zone)
    return PlanCard(
        order=order,
        state=term.state,
        bills=_bills_of(order, zone),
        next_on=_day(term.next_at, zone),
        owed=Money(term.owed_minor, order.currency) if term.owed_minor is not None else None,
        owed_since=_day(term.owed_since, zone),
        pay_url=term.pay_url,
        closes_on=_day(term.grace_until, zone),
        ends_on=_day(term.ended_at or term.ends_at, zone),
        why=term.end_note,
        wish=wish_of_buyer(term.wish, order.instalments, term.end_note),
    )


def _bills_of(order: Order, zone: ZoneInfo) -> list[PaidBill]:
    return [
        PaidBill(_day(each.paid_at, zone), Money(each.amount_minor, order.currency), each.invoice_url)
        for each in paid_of_plan(order)
    ]


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %B %Y}" if moment else ""
