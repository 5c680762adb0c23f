"""Orders as the admin reads them: the list, its export, one order with all that is known about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select, union_all

from accounts.models import PersonWord, User
from admin.gifts import GiftFile, file_of
from admin.listing import Listing
from admin.order_access import OrderAccess, access_by
from admin.order_words import STATES, Word, cause_in_words
from admin.paging import Order as OrderOf
from admin.paging import Page, Reader, Table, Term, find_page, in_order, some, streamed
from admin.search import WORDS, begins, is_found
from core.database import db
from core.errors import NotFound
from core.money import Money
from core.outbox import OutboxMail
from courses.models import Course
from shop.disputes.mails import keys_of
from shop.disputes.models import DisputeRow
from shop.disputes.services import disputes_of
from shop.ledger.models import LedgerEntry
from shop.ledger.services import entries_of
from shop.models import Order, OrderChange, OrderLine, OrderWord, StripeEventRow
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.services import left_beside, refunds_of
from shop.rules import OrderState
from shop.taxes import Tax

Rows = Select[*tuple[Any, ...]]
OfOrder = type[LedgerEntry] | type[RefundRow] | type[RefundRequest]
ORDERS = Table(
    Order.id,
    {
        "ordered": OrderOf((Order.created_at,)),
        "buyer": OrderOf((Order.email,)),
        "course": OrderOf((Order.title,)),
    },
)
_facts: Rows = select(
    Order.id, Order.number, Order.user_id, User.name, Order.email, Order.title, Order.state, Order.amount_minor,
    Order.refunded_minor, Order.currency, Order.paid_minor, Order.paid_currency, Order.livemode,
    Order.created_at, Order.paid_at, Order.refunded_at, Order.payment_method, Order.session_id, Order.payment_id,
    Order.tax_minor, Order.tax_country, Order.tax_number, Order.company, Order.order_reference,
)  # fmt: skip


@dataclass(frozen=True)
class OrderRow:
    """One order in a list. `name` is None where the buyer has no account (any more)."""

    number: str
    user_id: int | None
    name: str | None
    email: str
    title: str
    state: OrderState
    amount_minor: int
    refunded_minor: int
    currency: str
    paid_minor: int | None
    paid_currency: str
    livemode: bool
    created_at: datetime
    paid_at: datetime | None
    refunded_at: datetime | None
    payment_method: str
    session_id: str | None
    payment_id: str | None
    tax_minor: int | None
    tax_country: str
    tax_number: str
    company: str
    order_reference: str

    @property
    def word(self) -> Word:
        return STATES[self.state]

    @property
    def amount(self) -> Money:
        """What was paid; before that, what is asked."""
        if self.paid_minor is None:
            return Money(self.amount_minor, self.currency)
        return Money(self.paid_minor, self.paid_currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.amount.currency)

    @property
    def tax(self) -> Tax | None:
        """The tax within what was paid; None where Stripe did not work it out."""
        return None if self.tax_minor is None else Tax(self.amount, self.tax_minor, self.refunded_minor)


@dataclass(frozen=True)
class Change:
    """One step in an order's history. `before` is None for its beginning."""

    at: datetime
    before: Word | None
    after: Word
    cause: str


@dataclass(frozen=True)
class OrderFile:
    """One order with all that is known here. `access` is what it gave to its buyer."""

    order: Order
    buyer_name: str | None
    course_slug: str
    access: OrderAccess
    changes: list[Change]
    events: Sequence[StripeEventRow]
    mails: Sequence[OutboxMail]
    disputes: Sequence[DisputeRow]
    refunds: list[RefundRow]
    entries: list[LedgerEntry]
    left: Money
    gift: GiftFile | None

    @property
    def word(self) -> Word:
        return STATES[self.order.state]


def page_of_orders(asked: Listing) -> tuple[list[OrderRow], Page]:
    """One page of what was asked for, and where it stands in the whole."""
    page = find_page(ORDERS, asked, _terms(asked))
    return _read(page.ids, db.session), page


def orders_of(user_id: int) -> list[OrderRow]:
    """All orders of one person, the newest first."""
    query = _joined(_facts.select_from(Order)).where(Order.user_id == user_id)
    return [OrderRow(*row[1:]) for row in db.session.execute(query.order_by(Order.id.desc()))]


def all_rows(asked: Listing) -> Iterator[OrderRow]:
    """Everything that was asked for, read while it is being sent."""
    return streamed(ORDERS, asked, _terms(asked), _read)


def state_of(number: str) -> tuple[OrderState, str | None]:
    """The state of an order and its checkout session. Raises NotFound."""
    row = db.session.execute(select(Order.state, Order.session_id).filter_by(number=number)).one_or_none()
    if row is None:
        raise NotFound("There is no such order.")
    return row[0], row[1]


def find_file(number: str) -> OrderFile:
    """One order with all that is known about it. Raises NotFound."""
    query = (
        select(Order, User.name, Course.slug)
        .outerjoin(User, User.id == Order.user_id)
        .join(OrderLine, and_(OrderLine.order_id == Order.id, OrderLine.position == 1))
        .join(Course, Course.id == OrderLine.course_id)
        .where(Order.number == number)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such order.")
    order, name, slug = row
    # Seats and a gift let in others.
    access = access_by(order.id, order.user_id) if order.user_id is not None else OrderAccess((), ())
    rows, disputes, gift = refunds_of(order), disputes_of(order.id), file_of(order)
    return OrderFile(
        order, name, slug, access, _changes(order), _events(order, disputes), _mails(order, rows, disputes, gift),
        disputes, rows, entries_of(order), left_beside(order, rows), gift,
    )  # fmt: skip


def _changes(order: Order) -> list[Change]:
    query = (
        select(OrderChange, StripeEventRow.kind)
        .outerjoin(StripeEventRow, StripeEventRow.event_id == OrderChange.cause)
        .where(OrderChange.order_id == order.id)
        .order_by(OrderChange.id)
    )
    return [_change(change, kind) for change, kind in db.session.execute(query)]


def _change(change: OrderChange, event_kind: str | None) -> Change:
    before = STATES[change.before] if change.before else None
    return Change(change.at, before, STATES[change.after], cause_in_words(change.cause, event_kind))


def _events(order: Order, disputes: Sequence[DisputeRow]) -> Sequence[StripeEventRow]:
    """What Stripe told of it; an event that waits names no order yet, only its object."""
    objects = [each for each in (order.session_id, order.payment_id) if each]
    objects += [each.stripe_id for each in disputes]
    told = or_(StripeEventRow.order_id == order.id, StripeEventRow.object_id.in_(objects))
    query = select(StripeEventRow).where(told).order_by(StripeEventRow.received_at, StripeEventRow.event_id)
    return db.session.scalars(query).all()


def _mails(
    order: Order, refunds: Sequence[RefundRow], disputes: Sequence[DisputeRow], gift: GiftFile | None
) -> Sequence[OutboxMail]:
    """What was mailed about it and is still kept, found by the keys that let each out once: to its buyer whatever
    names it, to others what each of them got."""
    to_buyer = OutboxMail.to_address == order.email, or_(*map(_begins, _names(order, gift)))
    request = literal("refund-request:") + cast(RefundRequest.id, String)
    asked = OutboxMail.dedupe_key.in_((request, request + ":withdrawn"))
    ids = union_all(
        select(OutboxMail.id).where(*to_buyer),
        select(OutboxMail.id).where(
            OutboxMail.dedupe_key.in_(_keys_of_others(order, refunds, disputes, gift))
        ),
        select(OutboxMail.id).join(RefundRequest, asked).where(RefundRequest.order_id == order.id),
    )
    return db.session.scalars(select(OutboxMail).where(OutboxMail.id.in_(ids)).order_by(OutboxMail.id)).all()


def _names(order: Order, gift: GiftFile | None) -> list[str]:
    """What the keys of mails to its buyer begin with."""
    return [order.source, f"plan:{order.number}", *([gift.gift.source] if gift else [])]


def _begins(name: str) -> ColumnElement[bool]:
    return OutboxMail.dedupe_key.startswith(f"{name}:", autoescape=True)


def _keys_of_others(
    order: Order, refunds: Sequence[RefundRow], disputes: Sequence[DisputeRow], gift: GiftFile | None
) -> list[str]:
    """Those of mails to the school, and to who is given a gift."""
    keys = [f"{order.source}:review:{order.session_id}"]
    keys += [f"refund:{row.id}:failed" for row in refunds]
    keys += [key for each in disputes for key in keys_of(order.number, each.stripe_id)]
    if gift is not None:
        keys += [f"{gift.gift.source}:code:{n + 1}" for n in range(gift.gift.mails)]
    return keys


def _joined(query: Rows) -> Rows:
    return query.outerjoin(User, User.id == Order.user_id)


def _read(ids: Sequence[int], reader: Reader) -> list[OrderRow]:
    rows = reader.execute(_joined(_facts.select_from(Order)).where(Order.id.in_(ids)))
    return in_order(ids, {row[0]: OrderRow(*row[1:]) for row in rows})


def _terms(asked: Listing) -> list[Term]:
    found = [order_term(word) for word in asked.words]
    if asked.filters["state"]:
        found.append(_where(Order.state == OrderState(asked.filters["state"])))
    if asked.filters["course"]:
        found.append(_of_course(asked.filters["course"]))
    return found


def _where(holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(Order.id).where(holds))


def order_term(word: str) -> Term:
    """A number, an address or an id of Stripe as a whole, or the beginning of a word of the buyer with an account, of
    the company, or of its own order number."""
    whole = (
        Order.number == word.upper(), Order.email == word.lower(), Order.session_id == word, Order.payment_id == word,
    )  # fmt: skip
    buyers = select(Order.id).join(PersonWord, PersonWord.user_id == Order.user_id).where(begins(word))
    companies = select(OrderWord.order_id).where(begins(word, OrderWord.word))
    is_companys = companies.where(OrderWord.order_id == Order.id).exists()
    by_words = (some(each, WORDS) for each in (buyers, companies))
    ids = union_all(*(select(Order.id).where(each) for each in whole), *by_words).subquery()
    return Term(or_(*whole, is_found(Order.user_id, word), is_companys), select(ids.c.id), 2 * WORDS)


def term_by_order(model: OfOrder, word: str, *whole: ColumnElement[bool]) -> Term:
    """What finds the order finds what belongs to it; `whole` are ids of the row itself."""
    found = order_term(word)
    # As a value and not as EXISTS: PostgreSQL would rather go through all orders once than through those of some rows.
    has_it = select(found.holds).where(Order.id == model.order_id).scalar_subquery()
    ids = union_all(
        *(select(model.id).where(each) for each in whole),
        select(model.id).where(model.order_id.in_(found.ids)),
    ).subquery()
    return Term(or_(*whole, has_it), select(ids.c[0]), repeats=2)


def _of_course(slug: str) -> Term:
    is_of_it = OrderLine.course_id == select(Course.id).where(Course.slug == slug).scalar_subquery()
    has_it = select(OrderLine.id).where(OrderLine.order_id == Order.id, is_of_it).exists()
    return Term(has_it, select(OrderLine.order_id).where(is_of_it))
