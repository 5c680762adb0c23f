"""Discounts and taxes on lines, to the minor unit."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox import sums


def line(amount: int, behaviour: str = "exclusive") -> dict[str, Any]:
    return {"amount_subtotal": amount, "price": {"tax_behavior": behaviour}}


def percent(number: float) -> dict[str, Any]:
    return {"percent_off": number, "amount_off": None}


@pytest.mark.parametrize(
    ("coupon", "off"),
    [
        (None, 0),
        (percent(10), 100),
        (percent(12.5), 125),
        (percent(0.05), 1),
        (percent(100), 1_000),
        ({"amount_off": 300}, 300),
        ({"amount_off": 1_001}, 1_000),
    ],
)
def test_a_coupon_takes_no_more_than_there_is(coupon: dict[str, Any] | None, off: int) -> None:
    assert sums.discount(coupon, 1_000) == off


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [(100, [1, 1, 1], [33, 33, 34]), (5, [10, 0, 90], [0, 0, 5]), (0, [0, 0], [0, 0]), (7, [], [])],
)
def test_shares_add_up(amount: int, weights: list[int], parts: list[int]) -> None:
    assert sums.shares(amount, weights) == parts


@pytest.mark.parametrize(
    ("behaviour", "tax", "total"),
    [("exclusive", 171, 1_071), ("unspecified", 171, 1_071), ("inclusive", 144, 900)],
)
def test_tax_is_drawn_on_what_the_discount_leaves(behaviour: str, tax: int, total: int) -> None:
    item = line(1_000, behaviour)

    sums.apply([item], percent(10), Decimal(19))

    assert (item["amount_discount"], item["amount_tax"], item["amount_total"]) == (100, tax, total)


@pytest.mark.parametrize(("amount", "tax"), [(50, 4), (49, 3), (51, 4)])
def test_halves_are_rounded_up(amount: int, tax: int) -> None:
    assert sums.tax(amount, Decimal(7), "exclusive") == tax
