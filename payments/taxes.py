"""Tax in Stripe's words: what a checkout is asked to do about it, and what came of that. Pure."""

from typing import Any

from payments.values import Taxed, Taxing

TRAINING = "txcd_20060058"  # Stripe's code for training that one studies by oneself on the web
DONE = "complete"  # Stripe's word for a tax that was worked out


def session_params(taxing: Taxing, has_customer: bool) -> dict[str, Any]:
    """What a session needs to work tax out and to ask for a tax number.

    A customer of ours has no address yet, and Stripe asks to be allowed to write down what the buyer types.
    """
    params: dict[str, Any] = {}
    update: dict[str, str] = {}
    if taxing.is_worked_out:
        params["automatic_tax"], update["address"] = {"enabled": True}, "auto"
    if taxing.asks_number:
        params["tax_id_collection"], update["name"] = {"enabled": True}, "auto"
    return params | ({"customer_update": update} if has_customer and update else {})


def price_params(taxing: Taxing) -> dict[str, Any]:
    """The price that is shown is the price that is paid: tax is within it."""
    return {"tax_behavior": "inclusive"} if taxing.is_worked_out else {}


def product_params(taxing: Taxing) -> dict[str, Any]:
    """What is sold, as tax offices sort it."""
    return {"tax_code": TRAINING} if taxing.is_worked_out else {}


def taxed_session(given: Any) -> Taxed:
    """What a session says of its tax. Before the buyer's country is known there is nothing to say."""
    is_known = given.automatic_tax.enabled and given.automatic_tax.status == DONE
    buyer = given.customer_details
    address = buyer.address if buyer is not None else None
    numbers = (buyer.tax_ids or ()) if buyer is not None else ()
    return Taxed(
        minor=given.total_details.amount_tax if is_known and given.total_details else None,
        country=(address.country or "") if is_known and address is not None else "",
        number=next((each.value for each in numbers if each.value), ""),
    )


def taxed_invoice(given: Any) -> int | None:
    """The tax in a bill, in minor units; None where Stripe did not work it out."""
    if not given.automatic_tax.enabled or given.automatic_tax.status != DONE:
        return None
    return sum(int(each.amount) for each in given.total_taxes or ())
