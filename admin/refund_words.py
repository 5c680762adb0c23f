"""Refunds, requests and the ledger in an admin's words."""

from collections.abc import Iterator

from admin.order_access import OrderAccess
from admin.order_words import Word
from core.money import Money
from payments.values import RefundState
from shop.ledger.rules import EntryKind, Fault
from shop.refunds.rules import RefundReason, RequestState
from shop.refunds.services import Wish
from shop.rules import ENTERED, OrderState
from teams.rules import Use

STATES: dict[str, Word] = {
    RefundState.PENDING: Word("On its way", "info", "clock"),
    RefundState.REQUIRES_ACTION: Word("Waits for the buyer", "warn", "clock"),
    RefundState.SUCCEEDED: Word("Went back", "ok", "circle-check"),
    RefundState.FAILED: Word("Failed", "bad", "x"),
    RefundState.CANCELED: Word("Cancelled", "", "minus"),
}
REASONS = {
    RefundReason.REQUESTED: "The buyer asked for it",
    RefundReason.DUPLICATE: "Paid twice",
    RefundReason.FRAUDULENT: "The payment was a fraud",
}
REQUESTS: dict[str, Word] = {
    RequestState.OPEN: Word("Open", "warn", "clock"),
    RequestState.APPROVED: Word("Approved", "ok", "circle-check"),
    RequestState.DECLINED: Word("Declined", "", "minus"),
    RequestState.WITHDRAWN: Word("Withdrawn", "", "undo-2"),
    RequestState.OVERTAKEN: Word("Answered by what happened", "", "minus"),
}
ENTRIES: dict[str, str] = {
    EntryKind.PAYMENT: "Payment",
    EntryKind.REFUND: "Refund",
    EntryKind.REFUND_FAILED: "Refund came back",
    EntryKind.DISPUTE: "Taken by the bank",
    EntryKind.DISPUTE_FEE: "Fee of the dispute",
    EntryKind.DISPUTE_WON: "Given back by the bank",
    EntryKind.DISPUTE_FEE_BACK: "Fee given back",
}
VERDICTS = {
    True: Word("Both say the same", "ok", "circle-check"),
    False: Word("They differ", "bad", "flag"),
}
FAULTS: dict[str, str] = {
    Fault.MISSING_HERE: "Stripe has it, the ledger does not",
    Fault.MISSING_THERE: "The ledger has it, Stripe does not",
    Fault.OTHER_AMOUNT: "The amounts differ",
}


def consequences(state: OrderState, wish: Wish, left: Money, use: Use, access: OrderAccess) -> Iterator[str]:
    """What follows from a refund of this much, in sentences; `use` is of the seats that the order gave, if it did,
    `access` is what it gave to people."""
    is_full = wish.amount == left
    yield f"{wish.amount} of the {left} that are left go back by the way they came. Stripe's fee for the payment stays."
    if state not in ENTERED:
        yield "This order let nobody in, so no access ends by it."
    elif access.has_ended and not use.seats:
        yield "Access by this order has ended already."
        yield from _of_certificates(access) if is_full or wish.ends_access else ()
    elif is_full or wish.ends_access:
        yield "Access by this order ends. Progress is kept."
        yield from _of_certificates(access)
        yield from _of_seats(use, "People who lose access with their seat, and are told by mail")
    elif use.seats:
        yield f"Seats that leave the team: {wish.seats}. Seats that stay: {use.seats - wish.seats}."
        yield from _of_seats(use, "People who keep their seat")
    else:
        yield "The buyer keeps access and certificate."
    if state in ENTERED or (is_full and state is not OrderState.DUPLICATE):
        yield "The buyer is told by mail once the money has gone."


def _of_certificates(access: OrderAccess) -> Iterator[str]:
    """Those stay, as the access does, where something else lets the same person in."""
    if not access.is_needless:
        yield "Certificates that rest on it alone are withdrawn."
    for each in access.beside:
        yield f"Something else lets them into {each.course.title}, which stays open: {each.words}."


def _of_seats(use: Use, people: str) -> Iterator[str]:
    if use.seats:
        yield f"{people}: {use.held}. Seats that nobody has taken: {use.unused} of {use.seats}."
