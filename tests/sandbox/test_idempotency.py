"""Idempotency keys in all their forms, as the first API keeps them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import stripe

from tests.sandbox.conftest import NOON, client_of, order
from tests.stripe import Sandbox

SESSIONS = "/v1/checkout/sessions"


def create(client: stripe.StripeClient, key: str, **changes: object) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(order(**changes), {"idempotency_key": key})


def count(client: stripe.StripeClient) -> int:
    return len(client.v1.checkout.sessions.list().data)


def test_the_same_key_and_parameters_get_the_first_answer(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    first = create(client, "order:1:session:1")
    sandbox.pay(first.id)

    again = create(client, "order:1:session:1")

    assert (again.id, again.status, count(client)) == (first.id, "open", 1)
    headers = again.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == first.last_response.headers["Request-Id"]


def test_the_same_key_with_other_parameters_is_an_error(client: stripe.StripeClient) -> None:
    create(client, "one")

    with pytest.raises(stripe.IdempotencyError) as raised:
        create(client, "one", client_reference_id="other")

    assert raised.value.http_status == 400
    assert count(client) == 1


def test_the_same_key_for_another_operation_is_an_error(
    client: stripe.StripeClient, paid: stripe.checkout.Session
) -> None:
    charge = client.v1.charges.list().data[0].id
    create(client, "one")

    with pytest.raises(stripe.IdempotencyError):
        client.v1.refunds.create({"charge": charge}, {"idempotency_key": "one"})


def test_nothing_is_kept_where_validation_failed(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "one", mode="gift")

    assert create(client, "one").status == "open"


def test_nothing_is_kept_where_a_relation_failed(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    expires_at = NOON + 24 * 3600 + 60
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "one", expires_at=expires_at)

    sandbox.clock(advance=60)

    assert create(client, "one", expires_at=expires_at).status == "open"


def test_a_refusal_by_the_state_of_things_is_kept(
    client: stripe.StripeClient, paid: stripe.checkout.Session
) -> None:
    charge = client.v1.charges.list().data[0].id

    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as raised:
            client.v1.refunds.create({"charge": charge, "amount": 99_999}, {"idempotency_key": "one"})

    assert raised.value.headers is not None
    assert raised.value.headers["Idempotent-Replayed"] == "true"


def test_a_500_is_kept(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults(kind="fail", status=500, path=SESSIONS, count=1)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create(client, "one")

    assert create(client, "two").status == "open"
    assert count(client) == 1


@pytest.mark.parametrize(("status", "error"), [(429, stripe.RateLimitError), (503, stripe.APIError)])
def test_what_turned_the_request_away_is_not_kept(
    client: stripe.StripeClient, sandbox: Sandbox, status: int, error: type[Exception]
) -> None:
    sandbox.faults(kind="fail", status=status, path=SESSIONS, count=1)

    with pytest.raises(error):
        create(client, "one")

    assert create(client, "one").status == "open"


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    first = create(client, "one")
    sandbox.clock(advance=24 * 3600)

    assert create(client, "one").id != first.id


def test_a_key_has_up_to_255_characters(client: stripe.StripeClient) -> None:
    assert create(client, "k" * 255).status == "open"

    with pytest.raises(stripe.InvalidRequestError, match="255"):
        create(client, "k" * 256)


def test_two_requests_at_once_under_one_key_are_one_and_a_conflict(
    client: stripe.StripeClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, released = Event(), Event()

    def hold(seconds: float) -> None:
        arrived.set()
        released.wait(seconds)

    monkeypatch.setattr(sandbox.account, "pause", hold)
    sandbox.faults(kind="delay", before=True, seconds=10, path=SESSIONS, count=1)
    other = client_of(sandbox)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(create, client, "one")
        arrived.wait(10)
        try:
            with pytest.raises(stripe.APIError) as raised:
                create(other, "one")
        finally:
            released.set()

    assert raised.value.http_status == 409
    assert raised.value.json_body["error"]["code"] == "idempotency_key_in_use"
    assert create(other, "one").id == first.result().id


def test_events_name_the_request_that_made_them(
    client: stripe.StripeClient, paid: stripe.checkout.Session
) -> None:
    charge = client.v1.charges.list().data[0].id

    refund = client.v1.refunds.create({"charge": charge}, {"idempotency_key": "refund:1"})
    event = client.v1.events.list({"type": "refund.created"}).data[0]

    assert event.request is not None
    assert event.request.idempotency_key == "refund:1"
    assert event.request.id == refund.last_response.headers["Request-Id"]
