"""What lines cost after a discount and with tax: whole minor units in, whole minor units out.

A discount is shared among the lines in proportion, so that the shares add up to it. Tax is taken on what is left:
on top of the price (`exclusive`, and where nothing is said), or out of it (`inclusive`). Halves are rounded up.
"""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.errors import Json

NO_TAX = Decimal(0)


def apply(items: list[Json], coupon: Json | None, percent: Decimal = NO_TAX) -> None:
    """Write into each line its share of the coupon's discount, its tax at `percent`, and its total."""
    subtotals: list[int] = [item["amount_subtotal"] for item in items]
    for item, off in zip(items, shares(discount(coupon, sum(subtotals)), subtotals), strict=True):
        left = item["amount_subtotal"] - off
        behaviour = item["price"]["tax_behavior"]
        due = tax(left, percent, behaviour)
        total = left if behaviour == "inclusive" else left + due
        item |= {"amount_discount": off, "amount_tax": due, "amount_total": total}


def discount(coupon: Json | None, subtotal: int) -> int:
    """How much a coupon takes off a sum, never more than the sum."""
    if coupon is None:
        return 0
    if coupon["amount_off"] is not None:
        return int(min(coupon["amount_off"], subtotal))
    return _rounded(subtotal * Decimal(str(coupon["percent_off"])) / 100)


def shares(amount: int, weights: list[int]) -> list[int]:
    """`amount` in parts that follow the weights and add up to it."""
    whole, given, parts = sum(weights), 0, []
    for reached in [sum(weights[: place + 1]) for place in range(len(weights))]:
        upto = amount * reached // whole if whole else 0
        parts.append(upto - given)
        given = upto
    return parts


def tax(amount: int, percent: Decimal, behaviour: str) -> int:
    """The tax in, or on top of, an amount."""
    base = 100 + percent if behaviour == "inclusive" else Decimal(100)
    return _rounded(amount * percent / base)


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def total(session: Json, items: list[Json]) -> None:
    """Write the sums of the lines into their session."""
    session["amount_subtotal"] = sum(item["amount_subtotal"] for item in items)
    session["amount_total"] = sum(item["amount_total"] for item in items)
    session["total_details"] = {
        "amount_discount": sum(item["amount_discount"] for item in items),
        "amount_shipping": 0,
        "amount_tax": sum(item["amount_tax"] for item in items),
    }
