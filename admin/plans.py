"""Plans as the admin reads them: those on sale, and those that run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, select

from accounts.models import User
from admin.listing import Listing, holds
from admin.order_words import Word
from admin.rules import PageOf, page_of
from core.database import db
from core.money import Money
from courses.models import Course
from shop.models import Order
from shop.plans.models import Plan, PlanPayment, PlanTerm
from shop.plans.pages import price_in_words
from shop.plans.rules import RUNNING, TermState, Wish
from shop.plans.services import paid_of, paid_of_plan
from shop.refunds.models import RefundRow
from shop.refunds.services import standing_in

COLUMNS = {"begun": PlanTerm.begun_at, "due": PlanTerm.renews_at}
STATES: dict[str, Word] = {
    TermState.ACTIVE: Word("Paid so far", "ok", "circle-check"),
    TermState.GRACE: Word("A payment is missing", "warn", "clock"),
    TermState.PAUSED: Word("Paused", "bad", "x"),
    TermState.SETTLED: Word("Paid in full", "info", "circle-check"),
    TermState.ENDED: Word("Ended", "", "minus"),
}


@dataclass(frozen=True)
class PlanRow:
    """A plan on sale, or no more; `sold` counts those that were ever paid."""

    plan: Plan
    price: str
    sold: int


@dataclass(frozen=True)
class TermRow:
    """A plan that somebody bought. `name` is None where the buyer has no account (any more)."""

    order: Order
    term: PlanTerm
    name: str | None
    paid: int

    @property
    def user_id(self) -> int | None:
        return self.order.user_id

    @property
    def email(self) -> str:
        return self.order.email

    @property
    def word(self) -> Word:
        return STATES[self.term.state]

    @property
    def is_running(self) -> bool:
        return self.term.state in RUNNING

    @property
    def owed(self) -> Money | None:
        """The payment that is missing."""
        minor = self.term.owed_minor
        return Money(minor, self.order.currency) if minor is not None else None

    @property
    def can_go_on(self) -> bool:
        """Whether it is to end, and may be let go on."""
        return self.term.wish is Wish.GO_ON

    @property
    def due_at(self) -> datetime | None:
        """When the next payment is due; None where none is to come."""
        return self.term.next_at


def all_plans() -> list[PlanRow]:
    """Every plan, those on sale first."""
    counted = select(Order.subject, func.count()).join(PlanTerm, PlanTerm.order_id == Order.id)
    sold = dict(db.session.execute(counted.group_by(Order.subject)).all())
    plans = db.session.scalars(select(Plan).order_by(Plan.is_active.desc(), Plan.id.desc()))
    return [PlanRow(plan, price_in_words(plan), sold.get(plan.subject, 0)) for plan in plans]


def course_ids_of(slugs: Sequence[str]) -> tuple[int, ...]:
    """The courses of these addresses, in the order in which they stand in the catalogue."""
    query = select(Course.id).where(Course.slug.in_(slugs)).order_by(Course.title)
    return tuple(db.session.scalars(query))


def page_of_terms(asked: Listing) -> tuple[list[TermRow], PageOf]:
    """One page of the plans that were bought, and where it stands in the whole."""
    counted = select(func.count()).select_from(PlanTerm).join(Order, Order.id == PlanTerm.order_id)
    counted = counted.outerjoin(User, User.id == Order.user_id).where(*_conditions(asked))
    page = page_of(asked.wanted_page, db.session.scalar(counted) or 0)
    query = _terms().where(*_conditions(asked)).order_by(*asked.order(COLUMNS, PlanTerm.order_id))
    rows = db.session.execute(query.offset(page.offset).limit(page.last - page.offset)).all()
    return _with_payments(rows), page


@dataclass(frozen=True)
class PaymentRow:
    """One payment of a plan, and what of it can go back."""

    payment: PlanPayment
    amount: Money
    left: Money


def payments_of(order: Order, refunds: Sequence[RefundRow]) -> list[PaymentRow]:
    """What was paid of an order's plan, the oldest first; `refunds` are all of the order."""
    return [_payment_row(each, order.currency, refunds) for each in paid_of_plan(order)]


def _payment_row(payment: PlanPayment, currency: str, refunds: Sequence[RefundRow]) -> PaymentRow:
    back = standing_in(row for row in refunds if row.payment_id == payment.payment_id)
    amount = Money(payment.amount_minor, currency)
    return PaymentRow(payment, amount, amount - Money(back, currency))


def term_of(order: Order) -> TermRow | None:
    """The plan of one order, None where it has none."""
    return next(iter(_with_payments(db.session.execute(_terms().where(Order.id == order.id)).all())), None)


def _terms() -> Select[Order, PlanTerm, str]:
    return (
        select(Order, PlanTerm, User.name)
        .join(PlanTerm, PlanTerm.order_id == Order.id)
        .outerjoin(User, User.id == Order.user_id)
    )


def _with_payments(rows: Sequence[Row[Order, PlanTerm, str]]) -> list[TermRow]:
    paid = paid_of([order for order, _, _ in rows])
    return [TermRow(order, term, name, paid.get(order.id, 0)) for order, term, name in rows]


def _conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found = [holds(word, Order.number, Order.email, Order.subscription_id, User.name) for word in asked.words]
    if asked.filters["state"]:
        found.append(PlanTerm.state == TermState(asked.filters["state"]))
    return found
