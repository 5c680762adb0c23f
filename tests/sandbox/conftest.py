"""A sandbox that each test finds empty, the real SDK that speaks to it over HTTP, and an endpoint."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from tests.stripe import Sandbox, sandbox_running

NOON = 1_795_262_400  # 21 November 2026, 12:00 UTC
SCHOOL = "http://school.invalid"

Buy = Callable[..., stripe.checkout.Session]


@dataclass
class Endpoint:
    """The school's webhook: what it was sent, and what it answers."""

    status: int = 200
    got: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((body, headers))
        return self.status

    def events(self, secret: str) -> list[stripe.Event]:
        """What came, each with its signature verified by the SDK."""
        return [
            stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)
            for body, headers in self.got
        ]

    def types(self) -> list[str]:
        return [event.type for event in self.events(Sandbox.secret)]


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Sandbox, Endpoint]]:
    """One server for all tests of a process, and the endpoint it delivers to."""
    endpoint = Endpoint()
    with sandbox_running(deliver=endpoint) as running:
        yield running, endpoint


@pytest.fixture
def endpoint(served: tuple[Sandbox, Endpoint]) -> Endpoint:
    found = served[1]
    found.status, found.got = 200, []
    return found


@pytest.fixture
def sandbox(served: tuple[Sandbox, Endpoint], endpoint: Endpoint) -> Sandbox:
    found = served[0]
    found.reset()
    found.clock(fixed=NOON)
    return found


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The SDK, which does not try again by itself."""
    return client_of(sandbox)


def client_of(sandbox: Sandbox, key: str = Sandbox.key, **options: Any) -> stripe.StripeClient:
    addresses: stripe.BaseAddresses = {"api": sandbox.api_base}
    return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=0, **options)


def course(amount: int = 48_900, **price: Any) -> dict[str, Any]:
    """A line item of one course."""
    data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "A course"}, **price}
    return {"quantity": 1, "price_data": data}


def order(**changes: Any) -> dict[str, Any]:
    """The parameters of a sound session; None takes one away."""
    params = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [course()],
        "success_url": SCHOOL + "/return?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": SCHOOL + "/courses/one",
        "customer_email": "buyer@example.org",
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


@pytest.fixture
def buy(client: stripe.StripeClient) -> Buy:
    """Make a session; keywords change its parameters."""

    def make(**changes: Any) -> stripe.checkout.Session:
        return client.v1.checkout.sessions.create(order(**changes))

    return make


@pytest.fixture
def paid(buy: Buy, sandbox: Sandbox) -> stripe.checkout.Session:
    """A session that was paid by card, as it is now."""
    session = buy()
    sandbox.pay(session.id)
    return session
