"""The balance: a transaction for every sum that comes in or goes out, as Stripe's own ledger has it."""

from typing import Any

from sandbox import objects
from sandbox.account import Account
from sandbox.errors import Json

SHARE, FIXED = 29, 30  # a charge costs 2.9 per cent and 30 minor units
DISPUTE_FEE = 1_500  # minor units; given back with the money of a dispute that is won
FEES = {"charge": "Stripe processing fees", "adjustment": "Dispute fee"}
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
}


def book(account: Account, type: str, source: Json, amount: int, fee: int = 0) -> Json:
    """Write down that `amount`, in the source's currency and negative when it goes out, moved at a cost of `fee`."""
    category = "dispute_reversal" if type == "adjustment" and amount > 0 else CATEGORIES[type]
    return account.store.put(
        {
            "id": objects.new_id("txn_"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": account.now(),
            "balance_type": "payments",
            "created": account.now(),
            "currency": source["currency"],
            "description": source.get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": _fee_details(type, fee, source["currency"]),
            "net": amount - fee,
            "reporting_category": category,
            "source": source["id"],
            "status": "available",
            "type": type,
        }
    )


def _fee_details(type: str, fee: int, currency: str) -> list[dict[str, Any]]:
    if not fee:
        return []
    described = FEES.get(type, FEES["charge"])
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": described,
            "type": "stripe_fee",
        }
    ]


def book_charge(account: Account, charge: Json) -> None:
    """The money of a charge comes in: a `charge` by card, a `payment` by any other way."""
    amount = charge["amount_captured"]
    type = "charge" if is_card(charge) else "payment"
    booked = book(account, type, charge, amount, amount * SHARE // 1000 + FIXED)
    charge["balance_transaction"] = booked["id"]


def book_refund(account: Account, charge: Json, refund: Json) -> None:
    """The money of a refund goes out; the fee of its charge stays with Stripe."""
    type = "refund" if is_card(charge) else "payment_refund"
    refund["balance_transaction"] = book(account, type, refund, -refund["amount"])["id"]


def book_refund_failure(account: Account, refund: Json) -> None:
    """The money of a failed refund comes back; nothing moves where none had gone out."""
    if refund["balance_transaction"] is not None:
        booked = book(account, "refund_failure", refund, refund["amount"])
        refund["failure_balance_transaction"] = booked["id"]


def book_dispute(account: Account, dispute: Json, sign: int) -> None:
    """The bank takes the disputed money and a fee (`sign` -1), or gives both back (1)."""
    booked = book(account, "adjustment", dispute, sign * dispute["amount"], -sign * DISPUTE_FEE)
    dispute["balance_transactions"].append(booked)


def is_card(charge: Json) -> bool:
    return bool(charge["payment_method_details"]["type"] == "card")
