"""Each fault, and how narrowly it can be ordered."""

from threading import Event
from typing import Any

import pytest
import stripe

from sandbox.errors import InvalidRequest
from tests.sandbox.conftest import Buy, Endpoint, client_of, order
from tests.stripe import Sandbox

SESSIONS = "/v1/checkout/sessions"
COMPLETED = "checkout.session.completed"


def create(client: stripe.StripeClient, key: str = "one") -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(order(), {"idempotency_key": key})


@pytest.fixture
def pauses(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """How long the sandbox would have waited, and how many sessions there were then."""
    noted: list[tuple[float, int]] = []

    def note(seconds: float) -> None:
        noted.append((seconds, len(sandbox.account.store.all("checkout.session"))))

    monkeypatch.setattr(sandbox.account, "pause", note)
    return noted


@pytest.mark.parametrize(("before", "made"), [(False, 1), (True, 0)])
def test_a_reply_can_be_late_after_or_before_acting(
    client: stripe.StripeClient, sandbox: Sandbox, pauses: list[tuple[float, int]], before: bool, made: int
) -> None:
    sandbox.faults(kind="delay", seconds=60, before=before, count=1)

    create(client)

    assert pauses == [(60, made)]


def test_a_reply_that_nobody_waits_for_does_not_reach_into_what_comes_after_a_reset(
    client: stripe.StripeClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, pause = Event(), sandbox.account.pause

    def hold(seconds: float) -> None:
        arrived.set()
        pause(seconds)

    monkeypatch.setattr(sandbox.account, "pause", hold)
    sandbox.faults(kind="delay", seconds=3600, before=True)
    hurried = client_of(sandbox, http_client=stripe.RequestsClient(timeout=0.2))
    with pytest.raises(stripe.APIConnectionError):
        create(hurried)
    arrived.wait(30)  # On a busy machine who asked may be gone before the sandbox has read the question.

    sandbox.reset()

    assert sandbox.requests() == []
    again = create(client)  # Its key would still be in use.
    assert [session.id for session in client.v1.checkout.sessions.list()] == [again.id]


def test_a_lost_connection_has_acted(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="lose", path=SESSIONS, count=1)

    with pytest.raises(stripe.APIConnectionError):
        create(client)
    again = create(client)

    assert [session.id for session in client.v1.checkout.sessions.list()] == [again.id]
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_lost_answer_may_look_like_a_500(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="lose", how="500", path=SESSIONS, count=1)

    with pytest.raises(stripe.APIError) as raised:
        create(client)
    again = create(client)

    assert raised.value.http_status == 500
    assert [session.id for session in client.v1.checkout.sessions.list()] == [again.id]


def test_the_next_requests_fail_and_no_more(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="fail", status=503, count=2)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create(client)

    assert create(client).status == "open"


def test_a_fault_keeps_to_its_address_and_method(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="fail", status=503, method="POST", path="/v1/refunds")

    session = create(client)
    listed = client.v1.refunds.list().data
    with pytest.raises(stripe.APIError):
        client.v1.refunds.create({"charge": "ch_1"})

    assert (session.status, listed) == ("open", [])


def test_a_fault_lasts_until_it_is_cleared(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="fail", status=503)
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            client.v1.events.list()

    sandbox.clear_faults()

    assert client.v1.events.list().data == []


def test_a_dropped_event_never_arrives_and_counts_as_failed(
    client: stripe.StripeClient, sandbox: Sandbox, endpoint: Endpoint, buy: Buy
) -> None:
    sandbox.faults(kind="drop", type=COMPLETED, count=1)
    sandbox.pay(buy().id)

    sandbox.deliver(early=True)

    assert COMPLETED not in endpoint.types()
    assert [event.type for event in client.v1.events.list({"delivery_success": False})] == [COMPLETED]


def test_a_duplicated_event_arrives_twice(sandbox: Sandbox, endpoint: Endpoint, buy: Buy) -> None:
    sandbox.faults(kind="duplicate", type=COMPLETED, count=1)
    sandbox.pay(buy().id)

    sandbox.deliver()

    ids = [event.id for event in endpoint.events(Sandbox.secret) if event.type == COMPLETED]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_reordered_events_arrive_newest_first(sandbox: Sandbox, endpoint: Endpoint, buy: Buy) -> None:
    session = buy()
    sandbox.pay(session.id)
    sandbox.refund(session.id)
    sandbox.faults(kind="reorder", count=1)

    sandbox.deliver()

    assert endpoint.types() == [event["type"] for event in reversed(sandbox.events())]


def test_a_late_event_arrives_when_its_time_has_come(sandbox: Sandbox, endpoint: Endpoint, buy: Buy) -> None:
    sandbox.faults(kind="late", type="checkout.", seconds=3600, count=1)
    sandbox.pay(buy().id)

    sandbox.deliver()
    before = endpoint.types()
    sandbox.clock(advance=3600)
    sandbox.deliver()

    assert COMPLETED not in before
    assert endpoint.types() == [*before, COMPLETED]


@pytest.mark.parametrize(
    ("fault", "param"),
    [
        ({}, "kind"),
        ({"kind": "explode"}, "kind"),
        ({"kind": "lose", "how": "gently"}, "how"),
        ({"kind": "fail", "status": 418}, "status"),
        ({"kind": "fail", "times": 2}, "times"),
    ],
)
def test_a_fault_that_cannot_be_meant_is_refused(sandbox: Sandbox, fault: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        sandbox.faults(**fault)

    assert raised.value.param == param
