"""Events as endpoints get them: signed, tried again, and listed with what became of them."""

import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import stripe

from sandbox import deliveries
from tests.sandbox.conftest import Buy, Endpoint, client_of, order
from tests.stripe import SECRET, Sandbox, sandbox_running

OLD, NEW = "whsec_old", "whsec_new"
PAID = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def test_events_arrive_signed_and_in_order(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    sandbox.deliver()

    events = endpoint.events(SECRET)
    assert [event.type for event in events] == PAID
    assert events[-1].data.object["id"] == paid.id
    assert (events[-1].api_version, events[-1].livemode) == (stripe.api_version, False)


def test_a_delivery_is_signed_in_real_time_however_the_clock_stands(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    sandbox.clock(advance=30 * 24 * 3600)

    sandbox.deliver()

    moment = int(endpoint.got[0][1]["Stripe-Signature"].split(",")[0].removeprefix("t="))
    assert abs(moment - time.time()) < 60


def test_a_wrong_secret_does_not_verify(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    sandbox.deliver()

    with pytest.raises(stripe.SignatureVerificationError):
        endpoint.events("whsec_other")


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_a_secret_is_rolled_both_verify(endpoint: Endpoint, secret: str) -> None:
    with sandbox_running(deliver=endpoint, secrets=(OLD, NEW)) as sandbox:
        session = client_of(sandbox).v1.checkout.sessions.create(order())
        sandbox.pay(session.id)
        sandbox.deliver()

    assert [event.type for event in endpoint.events(secret)] == PAID


def test_an_event_tells_of_the_moment_it_was_made(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    sandbox.refund(paid.id)

    sandbox.deliver()

    charges = [event.data.object for event in endpoint.events(SECRET) if event.type.startswith("charge.")]
    assert [charge["amount_refunded"] for charge in charges] == [0, 48_900]


@pytest.mark.parametrize("status", [302, 400, 500])
def test_what_is_not_taken_is_tried_again_later_and_later(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session, status: int
) -> None:
    endpoint.status = status
    tries = []
    for wait in (0, 1, 5, 30, 300):
        sandbox.clock(advance=wait - 1 if wait else 0)
        early = len(sandbox.deliver()) if wait else 0
        sandbox.clock(advance=1 if wait else 0)
        tries.append((early, len(sandbox.deliver())))

    endpoint.status = 200
    sandbox.clock(advance=1800)

    assert tries == [(0, 3)] * 5
    assert len(sandbox.deliver()) == 3
    assert {event["pending_webhooks"] for event in sandbox.events()} == {0}


def test_after_the_last_try_it_is_given_up(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    endpoint.status = 500
    for wait in (0, *deliveries.BACKOFF):
        sandbox.clock(advance=wait)
        sandbox.deliver()
    sandbox.clock(advance=30 * 24 * 3600)

    assert sandbox.deliver() == []
    assert {row["state"] for row in deliveries.listed(sandbox.account)} == {"given up"}


def test_a_round_tries_each_once_however_long_it_takes() -> None:
    def slow(_body: bytes, _headers: dict[str, str]) -> int:
        sandbox.clock(advance=60)
        return 500

    with sandbox_running(deliver=slow) as sandbox:
        sandbox.pay(client_of(sandbox).v1.checkout.sessions.create(order()).id)

        assert len(sandbox.deliver()) == 3


def test_early_takes_what_waits_for_its_time(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    endpoint.status = 500
    sandbox.deliver()
    endpoint.status = 200

    assert sandbox.deliver() == []
    assert len(sandbox.deliver(early=True)) == 3


def test_one_event_can_be_sent_again(
    sandbox: Sandbox, endpoint: Endpoint, paid: stripe.checkout.Session
) -> None:
    sandbox.deliver()
    completed = sandbox.events("checkout.session.completed")[0]["id"]

    sandbox.deliver(event=completed)

    assert endpoint.types() == [*PAID, "checkout.session.completed"]


def test_a_test_can_send_an_event_itself(sandbox: Sandbox, paid: stripe.checkout.Session) -> None:
    body, headers = sandbox.webhook(sandbox.events("checkout.session.completed")[0]["id"])

    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)

    assert event.data.object["id"] == paid.id


def test_the_list_of_events_filters(
    client: stripe.StripeClient, sandbox: Sandbox, endpoint: Endpoint, buy: Buy
) -> None:
    sandbox.pay(buy().id)
    sandbox.deliver()
    sandbox.clock(advance=60)
    sandbox.expire(buy().id)

    def types(params: stripe.params.EventListParams) -> list[str]:
        return [event.type for event in client.v1.events.list(params)]

    assert types({}) == ["checkout.session.expired", *reversed(PAID)]
    assert types({"delivery_success": False}) == ["checkout.session.expired"]
    assert types({"delivery_success": True}) == list(reversed(PAID))
    assert types({"type": "charge.succeeded"}) == ["charge.succeeded"]
    assert types({"type": "checkout.session.*", "limit": 1}) == ["checkout.session.expired"]
    assert types({"types": PAID[:2]}) == [PAID[1], PAID[0]]
    assert types({"created": {"gte": sandbox.clock()}}) == ["checkout.session.expired"]


def test_one_event_is_read_with_its_pending_deliveries(
    client: stripe.StripeClient, sandbox: Sandbox, paid: stripe.checkout.Session
) -> None:
    id = client.v1.events.list().data[0].id

    before = client.v1.events.retrieve(id).pending_webhooks
    sandbox.deliver()

    assert (before, client.v1.events.retrieve(id).pending_webhooks) == (1, 0)


class School(BaseHTTPRequestHandler):
    """A webhook on the network that refuses the first event and takes the rest."""

    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], SECRET)
        self.got.append((self.path, body))
        self.send_response(500 if len(self.got) == 1 else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Tests want no lines."""


def test_events_travel_over_the_network(buy: Buy) -> None:
    School.got.clear()
    school = HTTPServer(("127.0.0.1", 0), School)
    Thread(target=school.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{school.server_port}/webhooks/stripe"
    try:
        with sandbox_running(address) as sandbox:
            sandbox.pay(client_of(sandbox).v1.checkout.sessions.create(order()).id)
            done = sandbox.deliver()
    finally:
        school.shutdown()
        school.server_close()

    assert [each.status for each in done] == [500, 200, 200]
    assert {path for path, _ in School.got} == {"/webhooks/stripe"}
    assert [json.loads(body)["type"] for _, body in School.got] == PAID


def test_an_endpoint_that_does_not_answer_is_tried_again(buy: Buy) -> None:
    with sandbox_running("http://127.0.0.1:9/webhooks/stripe") as sandbox:
        sandbox.expire(client_of(sandbox).v1.checkout.sessions.create(order()).id)
        done = sandbox.deliver()
        row = deliveries.listed(sandbox.account)[0]

    assert [each.status for each in done] == [None]
    assert (row["state"], row["attempts"], row["last"]) == ("waiting", 1, "ConnectionRefusedError")
