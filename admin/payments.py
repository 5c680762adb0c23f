"""All money that moved, as the ledger has it: payments, what went back, what banks took."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from admin.listing import Listing
from admin.orders import term_by_order
from admin.paging import Order as OrderOf
from admin.paging import Page, Reader, Table, Term, find_page, in_order, streamed
from admin.refund_words import ENTRIES
from core.database import db
from core.money import Money
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import EntryKind, key_of
from shop.models import Order

PAYMENTS = Table(LedgerEntry.id, {"at": OrderOf((LedgerEntry.at,))})


@dataclass(frozen=True)
class PaymentLine:
    """One movement with its order; what went out is negative. `source_id` is Stripe's id of what moved it."""

    id: int
    at: datetime
    number: str
    user_id: int | None
    name: str | None
    email: str
    kind: EntryKind
    source_id: str
    amount_minor: int
    currency: str
    livemode: bool

    @property
    def what(self) -> str:
        return ENTRIES[self.kind]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


def page_of_payments(asked: Listing) -> tuple[list[PaymentLine], Page]:
    """One page of the movements that were asked for."""
    shown = find_page(PAYMENTS, asked, _terms(asked))
    return _read(shown.ids, db.session), shown


def all_rows(asked: Listing) -> Iterator[PaymentLine]:
    """Everything that was asked for, read while it is being sent."""
    return streamed(PAYMENTS, asked, _terms(asked), _read)


def _read(ids: Sequence[int], reader: Reader) -> list[PaymentLine]:
    query = select(
        LedgerEntry.id, LedgerEntry.at, Order.number, Order.user_id, User.name, Order.email, LedgerEntry.kind,
        LedgerEntry.source_id, LedgerEntry.amount_minor, LedgerEntry.currency, LedgerEntry.livemode,
    )  # fmt: skip
    query = query.join(Order, Order.id == LedgerEntry.order_id).outerjoin(User, User.id == Order.user_id)
    rows = reader.execute(query.where(LedgerEntry.id.in_(ids)))
    return in_order(ids, {row.id: PaymentLine(**row._mapping) for row in rows})


def _terms(asked: Listing) -> list[Term]:
    found = [_named(word) for word in asked.words]
    if kind := asked.filters["kind"]:
        is_of_it = LedgerEntry.kind == EntryKind(kind)
        found.append(Term(is_of_it, select(LedgerEntry.id).where(is_of_it)))
    return found


def _named(word: str) -> Term:
    """What finds the order finds its money, and so does Stripe's id of the charge, the refund or the dispute."""
    keys = [key_of(kind, word) for kind in EntryKind]
    return term_by_order(LedgerEntry, word, LedgerEntry.source_key.in_(keys))
