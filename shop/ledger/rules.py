"""What moves money, and whether two books say the same. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What moved the money of an order. What goes out is negative."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"  # it came back
    DISPUTE = "dispute"  # the bank took it
    DISPUTE_FEE = "dispute_fee"
    DISPUTE_WON = "dispute_won"  # the bank gave it back
    DISPUTE_FEE_BACK = "dispute_fee_back"


K = EntryKind
CAME = (K.PAYMENT,)
WENT_BACK = (K.REFUND, K.REFUND_FAILED, K.DISPUTE, K.DISPUTE_WON)  # to the buyer; a fee goes to the bank


@dataclass(frozen=True)
class Movement:
    """Money that moved, as one of the two books has it: `key` is `<kind>:<Stripe's id of what moved it>`."""

    key: str
    minor: int
    currency: str


class Fault(StrEnum):
    """How the two books differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_AMOUNT = "other_amount"


@dataclass(frozen=True)
class Difference:
    """One movement on which the books differ; the amount is None in the book that lacks it."""

    fault: Fault
    key: str
    currency: str
    ours: int | None
    theirs: int | None


def key_of(kind: EntryKind, source_id: str) -> str:
    """The name of a movement, which both books can make, so that each is written once."""
    return f"{kind}:{source_id}"


def compare(ours: Mapping[str, Movement], theirs: Mapping[str, Movement]) -> list[Difference]:
    """All on which the two books differ, by key. Amounts of two currencies are never the same."""
    keys = sorted(ours.keys() | theirs.keys())
    return [found for key in keys if (found := _difference(key, ours.get(key), theirs.get(key)))]


def sums(movements: Iterable[Movement]) -> dict[str, int]:
    """By currency, in minor units."""
    found: Counter[str] = Counter()
    for each in movements:
        found[each.currency] += each.minor
    return dict(sorted(found.items()))


def _difference(key: str, ours: Movement | None, theirs: Movement | None) -> Difference | None:
    if ours == theirs:
        return None
    if ours is None and theirs is not None:
        return Difference(Fault.MISSING_HERE, key, theirs.currency, None, theirs.minor)
    if theirs is None and ours is not None:
        return Difference(Fault.MISSING_THERE, key, ours.currency, ours.minor, None)
    assert ours is not None and theirs is not None  # noqa: S101, PT018 - for the type checker
    return Difference(Fault.OTHER_AMOUNT, key, theirs.currency, ours.minor, theirs.minor)
