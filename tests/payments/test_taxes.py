"""What a checkout is asked about tax, as Stripe takes it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.money import Money
from payments.purchases import Purchase, PurchaseLine, session_params
from payments.taxes import TRAINING
from payments.taxes import session_params as tax_params
from payments.values import Taxing

WORKED_OUT = {"automatic_tax": {"enabled": True}}
NUMBER = {"tax_id_collection": {"enabled": True}}


@pytest.mark.parametrize(
    ("taxing", "has_customer", "asked"),
    [
        (Taxing(), False, {}),
        (Taxing(), True, {}),
        (Taxing(is_worked_out=True), False, WORKED_OUT),
        (Taxing(asks_number=True), False, NUMBER),
        (Taxing(True, True), False, WORKED_OUT | NUMBER),
        (Taxing(asks_number=True), True, NUMBER | {"customer_update": {"name": "auto"}}),
        (Taxing(True, True), True, WORKED_OUT | NUMBER | {"customer_update": {"address": "auto", "name": "auto"}}),
    ],
)  # fmt: skip
def test_a_session_asks_for_what_tax_needs(taxing: Taxing, has_customer: bool, asked: dict[str, Any]) -> None:
    assert tax_params(taxing, has_customer) == asked


@pytest.mark.parametrize(
    ("taxing", "behaviour", "code"), [(Taxing(), None, None), (Taxing(True), "inclusive", TRAINING)]
)
def test_tax_is_within_the_price_that_was_shown(
    taxing: Taxing, behaviour: str | None, code: str | None
) -> None:
    line, closes = PurchaseLine("Skin", Money(4900, "EUR")), datetime(2026, 11, 22, tzinfo=UTC)

    sold = session_params(Purchase(1, "N", "a@b", (line,), 1, closes, taxing=taxing), "https://school", {})

    price = sold["line_items"][0]["price_data"]
    assert (price.get("tax_behavior"), price["product_data"].get("tax_code")) == (behaviour, code)
