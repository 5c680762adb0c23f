"""Tables: orders with their history, events of Stripe, runs of the reconciler, legal texts."""

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    UniqueConstraint,
    event,
    false,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import BYTEWISE, User, write_words
from accounts.rules import words_of
from core.clock import zone_name
from core.database import Base
from core.money import Money
from payments.values import Invoicing, Taxing
from shop.rules import OPEN_STATES, OrderState
from shop.taxes import Tax

OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN_STATES))
OPEN_OF_PERSON = text(f"{OPEN} AND guest_key = ''")
OPEN_OF_GUEST = text(f"state = '{OrderState.PENDING}' AND guest_key <> ''")
OF_GUEST = text("guest_key <> ''")


class OrderKind(StrEnum):
    """What is bought; `shop/fulfilment.py` knows what each gives."""

    OWN = "own"  # a course for oneself
    BUNDLE = "bundle"  # several courses for oneself, at one price
    PLAN = "plan"  # courses for oneself, paid in instalments or as a membership
    SEATS = "seats"  # places of a course for a team
    GIFT = "gift"  # a course for somebody else

    @property
    def is_for_oneself(self) -> bool:
        return self in _FOR_ONESELF


_FOR_ONESELF = frozenset({OrderKind.OWN, OrderKind.BUNDLE, OrderKind.PLAN})


class Order(Base):
    """One purchase: what was agreed, frozen before Stripe was asked, and what became of it.

    `number` is its name in addresses and on receipts. `subject` names what is sold (`course:7`), `title` in words.
    `user_id` is None for a guest whose money did not come yet, and for one who was erased. `guest_key` is the
    fingerprint of the secret that a guest's browser keeps, empty for whoever was signed in. `attempt` counts the
    definite refusals of Stripe to make a session: it is part of the idempotency key. `expires_at` is when the checkout
    closes. Amounts are integers of the currency's minor unit: `amount_minor` is what is to be paid, `discount_minor`
    what `coupon_code` took off it.
    Of a plan `amount_minor` is one payment; `rhythm` is how often it is made (`month`,
    `year`, empty for what is paid once) and `instalments` how many there are, None for a membership.
    `quantity` is how many of each line were bought. `company` and what follows it are empty where no invoice was
    asked for. `is_taxed` and `asks_tax_number` are what Stripe is asked to do about tax; `tax_minor` is the tax within
    what was paid, as Stripe worked it out, None where it did not.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "one_open_order",
            "user_id",
            "subject",
            "livemode",
            unique=True,
            sqlite_where=OPEN_OF_PERSON,
            postgresql_where=OPEN_OF_PERSON,
        ),
        Index(
            "one_open_order_of_guest",
            "email",
            "subject",
            "livemode",
            unique=True,
            sqlite_where=OPEN_OF_GUEST,
            postgresql_where=OPEN_OF_GUEST,
        ),
        Index("orders_of_a_browser", "guest_key", sqlite_where=OF_GUEST, postgresql_where=OF_GUEST),
        Index("orders_by_time", "created_at", "id"),
        Index("orders_of_a_state", "state", "created_at", "id"),
        Index("orders_by_address", "email", "id"),
        Index("orders_by_title", "title", "id"),
        Index("orders_by_payment", "paid_at", "id"),
        Index("orders_by_refund", "refunded_at", "id"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("discount_minor >= 0", name="discount"),
        CheckConstraint("refunded_minor >= 0", name="refunded"),
        CheckConstraint("tax_minor >= 0", name="tax"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(consent_at IS NULL) = (consent_version = '')", name="consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrderKind]
    subject: Mapped[str]
    title: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    email: Mapped[str]
    guest_key: Mapped[str] = mapped_column(server_default="", default="")
    state: Mapped[OrderState]
    amount_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(server_default="0", default=0)
    coupon_code: Mapped[str] = mapped_column(server_default="", default="", index=True)
    rhythm: Mapped[str] = mapped_column(server_default="", default="")
    instalments: Mapped[int | None]
    currency: Mapped[str]
    quantity: Mapped[int] = mapped_column(server_default="1", default=1)
    company: Mapped[str] = mapped_column(server_default="", default="")
    order_reference: Mapped[str] = mapped_column(
        server_default="", default=""
    )  # the company's own order number
    by_transfer: Mapped[bool] = mapped_column(server_default=false(), default=False)
    is_taxed: Mapped[bool] = mapped_column(server_default=false(), default=False)
    asks_tax_number: Mapped[bool] = mapped_column(server_default=false(), default=False)
    livemode: Mapped[bool]
    terms_version: Mapped[str]
    refunds_version: Mapped[str]
    consent_version: Mapped[str] = mapped_column(server_default="", default="")  # of access at once, if asked
    consent_at: Mapped[datetime | None]
    refund_days: Mapped[int]
    refund_max_progress: Mapped[int]  # percent
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=1)
    session_id: Mapped[str | None] = mapped_column(unique=True)
    payment_id: Mapped[str | None] = mapped_column(unique=True)
    subscription_id: Mapped[str | None] = mapped_column(unique=True)  # of a plan
    payment_method: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")  # why Stripe says that the money did not come
    receipt_url: Mapped[str] = mapped_column(default="")  # Stripe's own receipt
    invoice_url: Mapped[str] = mapped_column(server_default="", default="")  # Stripe's page of the invoice
    paid_at: Mapped[datetime | None]
    paid_minor: Mapped[int | None]  # what came, which may differ from what was ordered
    paid_currency: Mapped[str] = mapped_column(default="")
    tax_minor: Mapped[int | None]
    tax_country: Mapped[str] = mapped_column(server_default="", default="")  # where it is due: two letters
    tax_number: Mapped[str] = mapped_column(server_default="", default="")  # the buyer's, as given to Stripe
    refunded_minor: Mapped[int] = mapped_column(default=0)
    refunded_at: Mapped[datetime | None]

    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position", lazy="selectin")
    buyer: Mapped[User | None] = relationship()

    @property
    def is_unclaimed(self) -> bool:
        """Whether a guest made it and no money came yet, so that it has no account so far."""
        return self.guest_key != "" and self.user_id is None and self.paid_minor is None

    @property
    def subject_id(self) -> int:
        """The number of what is sold, where its subject names one thing: 7 of `plan:7`."""
        return int(self.subject.partition(":")[2])

    @property
    def source(self) -> str:
        """Names what this order gives in the records of access."""
        return f"order:{self.number}"

    @property
    def awaits_transfer(self) -> bool:
        """Whether its buyer has yet to send the money, or the bank to bring it."""
        return self.by_transfer and self.state is OrderState.PROCESSING

    @property
    def invoicing(self) -> Invoicing | None:
        """What the invoice is to say; None where none was asked for."""
        if not self.company:
            return None
        return Invoicing(self.company, self.order_reference, self.by_transfer)

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def in_all(self) -> Money | None:
        """What all instalments come to; None for a membership, and for what is paid once."""
        return Money(self.amount_minor * self.instalments, self.currency) if self.instalments else None

    @property
    def discount(self) -> Money:
        return Money(self.discount_minor, self.currency)

    @property
    def subtotal(self) -> Money:
        """What it cost before the discount."""
        return self.price + self.discount

    @property
    def amount(self) -> Money:
        """What was paid; before that, what is asked."""
        return self.price if self.paid_minor is None else Money(self.paid_minor, self.paid_currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.amount.currency)

    @property
    def taxing(self) -> Taxing:
        """What Stripe is asked to do about tax, by the school's settings when the order was made."""
        return Taxing(self.is_taxed, self.asks_tax_number)

    @property
    def tax(self) -> Tax | None:
        """The tax within what was paid; None where Stripe did not work it out."""
        return None if self.tax_minor is None else Tax(self.amount, self.tax_minor, self.refunded_minor)

    def open_until(self, zone: tzinfo) -> str:
        """When its checkout closes: `22 November, 12:00 CET`."""
        local = self.expires_at.astimezone(zone)
        return f"{local:%-d %B, %H:%M} {zone_name(local)}"

    @property
    def is_paid_once_for_oneself(self) -> bool:
        """Whether it is neither a plan nor for others: then one button orders it, and one asks for its money back."""
        return self.kind.is_for_oneself and not self.rhythm

    @property
    def url(self) -> str:
        return f"/orders/{self.number}"

    def shares(self, whole: Money) -> "list[tuple[OrderLine, int]]":
        """Each line with its part of this money, in minor units, by the lines' prices. The parts add up to it."""
        parts = whole.split([line.amount_minor for line in self.lines])
        return [(line, part.minor) for line, part in zip(self.lines, parts, strict=True)]


class OrderWord(Base):
    """One word by which the order of a company is found: of the company's name, or of its own order number."""

    __tablename__ = "order_words"
    __table_args__ = (Index("orders_of_a_word", "word", "order_id"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)


@event.listens_for(Order, "after_insert")
@event.listens_for(Order, "after_update")
def _keep_words(_mapper: Any, connection: Connection, order: Order) -> None:
    """Keep a company's words with its order, whoever writes it."""
    facts = inspect(order).attrs
    if facts.company.history.has_changes() or facts.order_reference.history.has_changes():
        words = words_of(f"{order.company or ''} {order.order_reference or ''}")
        write_words(connection, OrderWord.order_id, order.id, words)


class OrderLine(Base):
    """One course of an order, with its part of the price, which `discount_minor` has been taken off. `open_for` is
    the person who buys it for themselves while the order is open, so that nobody has two open purchases of one
    course.

    `paid_minor` and `refunded_minor` are its parts of what came and of what went back so far, as the ledger has it,
    and `tax_minor` that of the tax within what came. Of a plan `amount_minor` is of one payment, these are of all.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "course_id"),
        UniqueConstraint("open_for", "course_id", "livemode"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("discount_minor >= 0", name="discount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    title: Mapped[str]
    amount_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(server_default="0", default=0)
    paid_minor: Mapped[int] = mapped_column(server_default="0", default=0)
    tax_minor: Mapped[int] = mapped_column(server_default="0", default=0)
    refunded_minor: Mapped[int] = mapped_column(server_default="0", default=0)
    open_for: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    livemode: Mapped[bool]


class OrderChange(Base):
    """One step in an order's history. `cause` is who brought the news: `buyer`, `return`, `reconcile`, `admin`,
    or the id of an event of Stripe."""

    __tablename__ = "order_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    before: Mapped[OrderState | None]
    after: Mapped[OrderState]
    cause: Mapped[str]


class EventFate(StrEnum):
    """What became of an event that Stripe delivered."""

    WAITING = "waiting"  # not handled, or handling it failed: Stripe, or the reconciler, brings it again
    APPLIED = "applied"
    IGNORED = (
        "ignored"  # not about an order of this school, of the other mode, or of a kind that says nothing
    )


class StripeEventRow(Base):
    """An event by Stripe's id, kept for ever, so that a second delivery is known. Its payload is not kept: the state
    is always read anew, and a payload holds the buyer's name and address."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        Index("events_by_time", "received_at", "event_id"),
        Index("events_of_a_fate", "fate", "received_at", "event_id"),
        Index("events_of_a_kind", "kind", "received_at", "event_id"),
    )

    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_id: Mapped[str] = mapped_column(index=True)
    livemode: Mapped[bool]
    api_version: Mapped[str]
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    deliveries: Mapped[int] = mapped_column(default=1)
    fate: Mapped[EventFate]
    handled_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    error: Mapped[str] = mapped_column(default="")


class ReconcileRun(Base):
    """One run of the reconciler. `report` is the JSON of `reconcile.Report`, None while it runs."""

    __tablename__ = "reconcile_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    cause: Mapped[str]  # job, command or admin
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class LegalText(Base):
    """One version of a legal page, `terms` or `refunds`; `version` is the day it was published, as 2026-11-21.

    Versions are never changed or deleted: orders name the ones their buyers accepted. `html` holds placeholders
    such as `{{school}}`, which the school's settings fill when the page is shown.
    """

    __tablename__ = "legal_texts"

    page: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    html: Mapped[str]
