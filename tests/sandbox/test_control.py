"""The handles of tests over HTTP, and the door that closes them."""

from typing import Any

import pytest
import requests
import stripe

from sandbox import server
from sandbox.account import Settings
from tests.sandbox.conftest import NOON, Buy, Endpoint
from tests.stripe import Sandbox


def control(sandbox: Sandbox, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What the control API says to a JSON body."""
    sent = {} if body is None and method == "POST" else body
    answer = requests.request(method, f"{sandbox.api_base}/_control/{path}", json=sent, timeout=10)
    said: dict[str, Any] = answer.json()
    return said


def test_a_payment_from_end_to_end(
    client: stripe.StripeClient, sandbox: Sandbox, endpoint: Endpoint, buy: Buy
) -> None:
    id = buy().id

    control(sandbox, "POST", f"sessions/{id}/decline")
    control(sandbox, "POST", f"sessions/{id}/debit")
    settled = control(sandbox, "POST", f"sessions/{id}/settle")
    refund = control(sandbox, "POST", f"sessions/{id}/refunds", {"amount": 900, "status": "pending"})
    fallen = control(sandbox, "POST", f"refunds/{refund['id']}/fall")
    delivered = control(sandbox, "POST", "deliveries")["delivered"]

    assert (settled["payment_status"], refund["status"], fallen["status"]) == ("paid", "pending", "failed")
    assert [each["type"] for each in delivered] == [event["type"] for event in sandbox.events()]
    assert {each["status"] for each in delivered} == {200}
    assert endpoint.types() == [each["type"] for each in delivered]


def test_deliveries_are_listed_and_one_event_is_sent_again(sandbox: Sandbox, buy: Buy) -> None:
    sandbox.expire(buy().id)
    event = sandbox.events()[0]["id"]

    again = control(sandbox, "POST", "deliveries", {"event": event})["delivered"]
    listed = control(sandbox, "GET", "deliveries")["deliveries"]

    assert [each["event"] for each in again] == [event]
    assert [(each["state"], each["attempts"]) for each in listed] == [("delivered", 1)]


def test_the_clock_is_held_moved_and_let_go(sandbox: Sandbox) -> None:
    held = control(sandbox, "POST", "clock", {"fixed": NOON + 5})["now"]
    moved = control(sandbox, "POST", "clock", {"advance": 60})["now"]
    let_go = control(sandbox, "POST", "clock", {"fixed": None})["now"]

    assert (held, moved) == (NOON + 5, NOON + 65)
    assert let_go != moved


def test_requests_are_kept_for_assertions(client: stripe.StripeClient, sandbox: Sandbox, buy: Buy) -> None:
    buy(metadata={"order_id": "7"})
    client.v1.refunds.list({"limit": 3})

    kept = control(sandbox, "GET", "requests")["requests"]

    assert [(each["method"], each["path"], each["status"]) for each in kept] == [
        ("POST", "/v1/checkout/sessions", 200), ("GET", "/v1/refunds", 200),
    ]  # fmt: skip
    assert kept[0]["params"]["metadata"] == {"order_id": "7"}
    assert kept[0]["idempotency_key"]
    assert kept == sandbox.requests()


def test_faults_are_ordered_listed_and_cleared(sandbox: Sandbox) -> None:
    ordered = control(sandbox, "POST", "faults", {"kind": "fail", "status": 429, "count": 1})["faults"]
    cleared = control(sandbox, "DELETE", "faults")["faults"]

    assert ([each["status"] for each in ordered], cleared) == ([429], [])


def test_reset_forgets_everything(
    client: stripe.StripeClient, sandbox: Sandbox, paid: stripe.checkout.Session
) -> None:
    sandbox.faults(kind="fail")

    control(sandbox, "POST", "reset")

    assert client.v1.checkout.sessions.list().data == []
    assert sandbox.events() == []


@pytest.mark.parametrize(
    "path", ["sessions/cs_test_nobody/pay", "sessions/{id}/rob", "refunds/re_nobody/arrive"]
)
def test_what_does_not_exist_is_said(sandbox: Sandbox, buy: Buy, path: str) -> None:
    said = control(sandbox, "POST", path.format(id=buy().id))

    assert "No such" in said["error"]["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_strange_site_can_send_is_refused(
    sandbox: Sandbox, paid: stripe.checkout.Session, kind: str
) -> None:
    address = f"{sandbox.api_base}/_control/reset"

    answer = requests.post(address, "{}", headers={"Content-Type": kind}, timeout=10)

    assert answer.status_code == 400
    assert sandbox.events() != []


def test_control_can_be_closed() -> None:
    with server.running(Settings("", manual=True, control=False)) as account:
        answer = requests.get(f"{account.settings.base_url}/_control/requests", timeout=10)

    assert answer.status_code == 404
