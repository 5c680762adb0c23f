"""The one place that speaks to Stripe: what it sends, how it reads what comes, and what a Stripe that hangs costs."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Event, Thread
from typing import Any

import pytest
from flask import Flask

from core.money import Money
from deploy.supervisor import THREADS
from payments import gateway, refunds
from payments.purchases import Purchase, PurchaseLine
from payments.refunds import GiveBack
from payments.values import PaymentsOff, SessionStatus, StripeFailed, StripeRefused, StripeSilent
from shop import checkout
from tests import factories
from tests.crowd import at_once
from tests.shop.shop import Shop
from tests.stripe import KEY, Sandbox

SESSIONS = "/v1/checkout/sessions"


@contextmanager
def stripe_that(status: int, body: bytes = b"{}", hold: Event | None = None) -> Iterator[str]:
    """The address of a Stripe that answers everything so, once `hold` lets it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if hold is not None:
                hold.wait(30)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # Who asked has gone.
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            if hold is not None:
                hold.set()
            server.shutdown()
            thread.join()


def lead_to(shop: Shop, address: str) -> None:
    shop.app.extensions["stripe"] = gateway._make_client(KEY, address)


def purchase(shop: Shop, attempt: int = 1) -> Purchase:
    from datetime import timedelta

    from core.clock import now

    return Purchase(
        order_id=1,
        number="261121-AAAAAAAA",
        email="ada@example.org",
        lines=(PurchaseLine("Skin & “mind”", Money(4900, "USD")),),
        attempt=attempt,
        expires_at=now() + timedelta(hours=23),
    )


# ---- What is sent, and what is read


def test_a_session_carries_our_marks_into_its_payment_too(shop: Shop, sandbox: Sandbox) -> None:
    """Charges and refunds do not show the session's metadata."""
    made = gateway.create_session(purchase(shop))

    (asked,) = sandbox.requests("POST", SESSIONS)
    marks = {"order": "261121-AAAAAAAA", "school": "127.0.0.1:8000"}
    params = asked["params"]
    assert params["metadata"] == params["payment_intent_data"]["metadata"] == marks
    assert params["client_reference_id"] == "261121-AAAAAAAA"
    assert "payment_method_types" not in params
    assert asked["idempotency_key"] == "order:261121-AAAAAAAA:session:1"
    assert (made.status, made.is_paid, made.order_number) == (SessionStatus.OPEN, False, "261121-AAAAAAAA")
    assert (made.total, made.livemode) == (Money(4900, "USD"), False)


def test_a_payment_is_read_with_its_refunds_by_their_fate(shop: Shop, sandbox: Sandbox) -> None:
    session = gateway.create_session(purchase(shop)).id
    sandbox.pay(session)
    sandbox.refund(session, 1000)
    sandbox.refund(session, 500, status="pending")
    sandbox.refund(session, 300, status="failed")

    payment = gateway.fetch_session(session).payment

    assert payment is not None
    assert (payment.captured, payment.refunded, payment.returning) == (4900, 1000, 500)
    assert (payment.method, payment.has_failed) == ("card", False)


def test_refunds_are_counted_over_all_pages(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = gateway.create_session(purchase(shop)).id
    sandbox.pay(session)
    for _ in range(12):
        sandbox.refund(session, 100)
    pages = gateway._pages
    small = {"limit": 5}
    monkeypatch.setattr(
        gateway, "_pages", lambda ask, most: pages(lambda stripe, more: ask(stripe, more | small), most)
    )

    payment = gateway.fetch_session(session).payment

    assert payment is not None
    assert payment.refunded == 1200
    assert len(sandbox.requests("GET", "/v1/refunds")) == 3


def test_a_session_is_found_by_its_payment(shop: Shop, sandbox: Sandbox) -> None:
    session = gateway.create_session(purchase(shop)).id
    sandbox.pay(session)
    payment = gateway.fetch_session(session).payment
    assert payment is not None

    assert gateway.session_of_payment(payment.id) == session
    assert gateway.session_of_payment("pi_of_somebody_else") is None


def test_a_refund_is_made_once_for_each_attempt_of_our_row(shop: Shop, sandbox: Sandbox) -> None:
    session = gateway.create_session(purchase(shop)).id
    sandbox.pay(session)
    payment = gateway.fetch_session(session).payment
    assert payment is not None
    asked = GiveBack(7, 1, payment.id, 1000, "requested_by_customer", "261121-AAAAAAAA")

    made, again, other = (refunds.create(each) for each in (asked, asked, replace(asked, attempt=2)))

    assert (made, made.mark, made.amount, made.currency) == (again, "7", 1000, "USD")
    assert other.id != made.id
    assert [each["idempotency_key"] for each in shop.refunds()] == ["refund:7:1", "refund:7:1", "refund:7:2"]


@pytest.mark.parametrize(
    ("amount", "before", "code", "words"),
    [
        (4900, 4900, "charge_already_refunded", "has gone back already"),
        (4900, 1000, "amount_too_large", "More was to go back"),
        (4900, 0, "charge_disputed", "would pay twice"),
    ],
)
def test_a_refund_that_stripe_refuses_says_why(
    shop: Shop, sandbox: Sandbox, amount: int, before: int, code: str, words: str
) -> None:
    session = gateway.create_session(purchase(shop)).id
    sandbox.pay(session)
    if before:
        sandbox.refund(session, before)
    else:
        sandbox.dispute(session)
    payment = gateway.fetch_session(session).payment
    assert payment is not None

    with pytest.raises(StripeRefused) as refusal:
        refunds.create(GiveBack(7, 1, payment.id, amount, "duplicate", "261121-AAAAAAAA"))

    assert refusal.value.code == code
    assert words in refusal.value.sentence


# ---- What an answer means


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (200, b"<html>A proxy speaks</html>", StripeFailed),
        (500, b"{}", StripeFailed),
        (502, b"<html>Bad gateway</html>", StripeFailed),
        (409, b'{"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}', StripeSilent),
        (409, b"{}", StripeSilent),
        (429, b'{"error": {"code": "rate_limit"}}', StripeSilent),
        (400, b'{"error": {"type": "invalid_request_error", "code": "lock_timeout"}}', StripeSilent),
        (400, b'{"error": {"type": "idempotency_error"}}', StripeRefused),
        (400, b'{"error": {"type": "invalid_request_error", "code": "amount_too_small"}}', StripeRefused),
        (404, b'{"error": {"type": "invalid_request_error", "code": "resource_missing"}}', StripeRefused),
        (401, b'{"error": {}}', PaymentsOff),
        (403, b'{"error": {}}', PaymentsOff),
    ],
)
def test_each_kind_of_answer_has_one_meaning(
    shop: Shop, status: int, body: bytes, trouble: type[Exception]
) -> None:
    with stripe_that(status, body) as address:
        lead_to(shop, address)
        with pytest.raises(trouble) as met:
            gateway.create_session(purchase(shop))

    assert type(met.value) is trouble


def test_no_trouble_with_stripe_names_a_key_or_a_person_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"error": {"type": "invalid_request_error", "message": "ada@example.org is no address"}}'
    caplog.set_level("DEBUG")
    with stripe_that(400, body) as address:
        lead_to(shop, address)
        with pytest.raises(StripeRefused):
            gateway.create_session(purchase(shop))

    said = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert KEY not in said
    assert "ada@example.org" not in said


# ---- A Stripe that hangs


@contextmanager
def hurried(app: Flask) -> Iterator[None]:
    """The limits, made small, for a call that is not answered: on a busy machine no other one would be in time."""
    app.extensions.pop("stripe", None)  # The client is made once, with the limits of its day.
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(gateway, "TIMEOUT", 1.0)
        limits.setattr(gateway, "WAIT_FOR_SLOT", 0.05)
        yield
    app.extensions.pop("stripe", None)


def test_a_press_of_enroll_is_answered_within_fifteen_seconds() -> None:
    """The last call begins when the patience ends, and is given up in its own time."""
    assert gateway.PATIENCE + gateway.CONNECT + gateway.TIMEOUT < 15


def test_a_stripe_that_answers_slowly_is_not_asked_on_and_on(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed price would take four answers."""
    buyer = shop.buyer()
    shop.begin(buyer)
    shop.set_price(5900)
    seconds = iter(range(0, 1000, 3))
    monkeypatch.setattr(gateway, "monotonic", lambda: float(next(seconds)))
    before = len(sandbox.requests())

    answer = shop.press_enroll(shop.browser(buyer))

    assert answer.status_code == 503
    assert len(sandbox.requests()) - before <= 2


def test_more_threads_serve_than_speak_to_stripe_and_wait_for_it() -> None:
    assert gateway.SLOTS + 1 < THREADS


def test_behind_one_who_waits_for_a_slot_nobody_waits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "_slots", BoundedSemaphore(1))
    monkeypatch.setattr(gateway, "WAIT_FOR_SLOT", 3600)

    with gateway._slot(), gateway._place_to_wait, pytest.raises(StripeSilent):
        gateway.fetch_session("cs_test_any")


def test_after_an_answer_that_did_not_come_nothing_is_asked_for_a_while(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = shop.begin(shop.buyer())
    sandbox.faults(kind="delay", seconds=60, before=True, method="GET", count=1)
    with hurried(shop.app), pytest.raises(StripeSilent):
        gateway.fetch_session(session)
    asked = len(sandbox.requests())

    with pytest.raises(StripeSilent):
        gateway.fetch_session(session)

    assert len(sandbox.requests()) == asked
    later = gateway.monotonic() + gateway.PAUSE
    monkeypatch.setattr(gateway, "monotonic", lambda: later)
    assert gateway.fetch_session(session).id == session


def test_a_stripe_that_hangs_for_a_minute_is_given_up(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="delay", seconds=60, before=True, method="POST", count=1)

    with hurried(shop.app):
        answer = shop.press_enroll(shop.browser(buyer))

    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    assert shop.states(buyer) == ["pending"]
    assert shop.order(buyer).attempt == 1


def test_while_stripe_hangs_other_pages_are_served_and_a_third_buyer_is_not_kept_waiting(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "WAIT_FOR_SLOT", 0.05)
    buyers = [shop.buyer() for _ in range(gateway.SLOTS + 1)]
    browsers = [shop.browser(buyer) for buyer in buyers]
    tokens = [factories.csrf(browser) for browser in browsers]
    path = f"/courses/{shop.course.slug}"
    hold, met = Event(), {}

    with stripe_that(503, hold=hold) as address:
        lead_to(shop, address)
        slots = _Counting(gateway.SLOTS)
        monkeypatch.setattr(gateway, "_slots", slots)

        def visit(i: int) -> int:
            if i < gateway.SLOTS:
                return browsers[i].post(f"{path}/enroll", data={"csrf_token": tokens[i]}).status_code
            slots.full.wait(20)
            met["third"] = browsers[i].post(f"{path}/enroll", data={"csrf_token": tokens[i]}).status_code
            met["page"] = shop.app.test_client().get(path).status_code
            met["still hanging"] = not hold.is_set()
            hold.set()
            return met["third"]

        answers = at_once(shop.app, gateway.SLOTS + 1, visit)

    assert met == {"third": 503, "page": 200, "still hanging": True}
    assert answers == [503] * (gateway.SLOTS + 1)
    assert slots.taken == 0


class _Counting:
    """The semaphore, and news of when nothing is left of it."""

    def __init__(self, number: int) -> None:
        self._inner, self._number = BoundedSemaphore(number), number
        self.taken, self.full = 0, Event()

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        got = self._inner.acquire(blocking, timeout)
        self.taken += got
        if self.taken == self._number:
            self.full.set()
        return got

    def release(self) -> None:
        self.taken -= 1
        self._inner.release()


@pytest.mark.parametrize("trouble", [StripeSilent("silent"), RuntimeError("a bug")])
def test_a_slot_is_given_back_whatever_happens(shop: Shop, trouble: Exception) -> None:
    def fail(_: Any) -> None:
        raise trouble

    for _ in range(gateway.SLOTS + 1):
        with pytest.raises(type(trouble)):
            gateway._call(fail)

    assert gateway.create_session(purchase(shop)).status is SessionStatus.OPEN


def test_no_transaction_is_open_while_stripe_is_spoken_to(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.database import db

    call, seen = gateway._call, []

    def watched(ask: Any) -> Any:
        asked = " > ".join(frame.name for frame in traceback.extract_stack(limit=8)[:-1])
        seen.append((db.session().in_transaction(), asked))
        return call(ask)

    monkeypatch.setattr(gateway, "_call", watched)
    buyer = shop.buyer()
    session = shop.begin(buyer)
    shop.set_price(5900)
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    sandbox.pay(session)
    checkout.fulfill(session, "return")
    done = shop.app.test_cli_runner().invoke(args=["stratum", "stripe", "reconcile"])

    assert done.exit_code == 0, done.output
    assert len(seen) > 8
    assert [asked for is_open, asked in seen if is_open] == []
