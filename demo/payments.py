"""The demo's payments, told to the sandbox: the demo invents them, and the sandbox plays the Stripe that took them."""

import json
import logging
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from core.config import Config, current_config
from core.database import db
from demo.sales import charge_of, session_of
from shop.models import Order

PATIENCE = 10  # seconds
_log = logging.getLogger("demo")


def tell_sandbox() -> int | None:
    """How many payments were news to the sandbox; None where it does not answer. No transaction is open."""
    payments = [_payment(each) for each in _paid_orders()]
    db.session.rollback()
    try:
        return _post(current_config(), {"payments": payments})
    except (OSError, HTTPException, ValueError) as trouble:
        _log.warning("the sandbox was not told of the demo's payments", extra={"why": type(trouble).__name__})
        return None


def _paid_orders() -> list[Order]:
    """Those that the demo invented."""
    orders = db.session.scalars(select(Order).where(Order.paid_minor > 0).order_by(Order.paid_at))
    return [each for each in orders if each.session_id == session_of(each)]


def _payment(order: Order) -> dict[str, Any]:
    if order.paid_at is None:
        raise AssertionError("an order that was paid has its day")
    return {
        "session": order.session_id, "payment_intent": order.payment_id, "charge": charge_of(order),
        "email": order.email, "title": order.title, "currency": order.currency.lower(),
        "amount": order.paid_minor, "quantity": order.quantity, "paid_at": int(order.paid_at.timestamp()),
        "metadata": {"order": order.number, "school": current_config().host},
    }  # fmt: skip


def _post(config: Config, body: dict[str, Any]) -> int:
    connection = HTTPConnection(urlsplit(str(config.stripe_api_base)).netloc, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {config.stripe_secret_key}",
    }
    try:
        connection.request("POST", "/_history", json.dumps(body), headers)
        answer = connection.getresponse()
        return int(json.loads(answer.read())["new"]) if answer.status == 200 else _refused(answer.status)
    finally:
        connection.close()


def _refused(status: int) -> int:
    raise HTTPException(f"the sandbox answered with {status}")
