"""What was paid before the sandbox began, told by its own door."""

from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.conftest import NOON, Endpoint
from tests.stripe import Sandbox

PAYMENT: dict[str, Any] = {
    "session": "cs_demo_1", "payment_intent": "pi_demo_1", "charge": "ch_demo_1", "email": "ada@example.org",
    "title": "First course", "currency": "usd", "amount": 9800, "quantity": 2, "paid_at": NOON - 30 * 86_400,
    "metadata": {"order": "7"},
}  # fmt: skip


def tell(sandbox: Sandbox, *payments: Any, key: str = Sandbox.key) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return requests.post(
        f"{sandbox.api_base}/_history", json={"payments": payments}, headers=headers, timeout=5
    )


def test_what_was_paid_is_there_once_and_goes_back_like_any_other(
    sandbox: Sandbox, client: stripe.StripeClient, endpoint: Endpoint
) -> None:
    told = [tell(sandbox, PAYMENT).json(), tell(sandbox, PAYMENT).json()]
    sandbox.deliver()
    session = client.v1.checkout.sessions.retrieve("cs_demo_1", {"expand": ["payment_intent.latest_charge"]})
    (booked,) = client.v1.balance_transactions.list({"type": "charge"}).data
    client.v1.refunds.create({"payment_intent": "pi_demo_1", "amount": 800})

    assert (told, endpoint.got) == ([{"new": 1}, {"new": 0}], [])
    assert (session.payment_status, session.amount_total, session.metadata["order"]) == ("paid", 9800, "7")
    assert session.payment_intent.latest_charge.amount_captured == 9800
    assert (booked.source, booked.amount, booked.created) == ("ch_demo_1", 9800, PAYMENT["paid_at"])
    assert client.v1.charges.retrieve("ch_demo_1").amount_refunded == 800


@pytest.mark.parametrize(
    ("given", "key", "status"),
    [
        ((PAYMENT | {"amount": "9800"},), Sandbox.key, 400),
        (("nothing",), Sandbox.key, 400),
        ((PAYMENT,), "sk_live_x", 401),
    ],
)
def test_what_is_told_is_checked_and_asks_for_a_key(
    sandbox: Sandbox, given: tuple[Any, ...], key: str, status: int
) -> None:
    assert tell(sandbox, *given, key=key).status_code == status
    assert sandbox.account.store.all("checkout.session") == []
