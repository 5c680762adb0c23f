"""The one place that speaks to Stripe. Values go in and come out; no transaction is open while it speaks.

Every call has a time limit and no retry of its own: who calls decides, with the same idempotency key. The SDK is
imported when first needed, so that a page that sells nothing never loads it.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from threading import BoundedSemaphore
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app

from core.clock import now
from core.config import current_config
from core.money import Money
from payments import taxes
from payments.invoicing import customer_params, invoice_params
from payments.news import event_of
from payments.purchases import Purchase, session_params
from payments.values import (
    Booked,
    Dispute,
    DisputeStatus,
    Payment,
    PaymentsOff,
    Refund,
    RefundState,
    Session,
    SessionStatus,
    StripeEvent,
    StripeFailed,
    StripeRefused,
    StripeSilent,
)

if TYPE_CHECKING:
    from stripe import StripeClient

API_VERSION = "2026-10-28.endive"  # the endpoint of the webhook must be made with the same one
CONNECT = 2.0  # seconds
TIMEOUT = 8.0  # seconds for each answer; a buyer waits for one that does not come, and then it is given up
# Seconds after which a press of a button begins no further call: it ends within 15 whatever comes.
PATIENCE = 4.0
PAUSE = 10.0  # seconds in which nothing is asked after an answer did not come in time
# Calls at once in a process; with the one that may wait, fewer than its threads: pages keep their own.
SLOTS = 2
WAIT_FOR_SLOT = 1.0  # seconds
SKEW = timedelta(minutes=5)  # by which Stripe's clock may be behind ours
TOLERANCE = 300  # seconds that a signature may be old, or ahead
LONGEST_STAMP = 12  # digits; with hundreds of them there is no number to compare
APPEALS = frozenset(
    {"appeal_needs_response", "appeal_under_review"}
)  # the money is gone, until it comes back
NO_MONEY = (
    "Payments are not set up at this school yet. Free courses are open; for others, write to the school."
)
# None of these says what was charged: of an open session that cannot be read, nobody here knows.
SILENT = "The payment service does not answer at the moment. Try again in a minute."
REFUSED = "The payment service did not accept this."
REFUSALS = {
    "resource_missing": "The payment service does not know this payment.",
    "amount_too_small": "The price is below the least that the payment service takes.",
    "amount_too_large": "More was to go back than is left of the payment.",
    "charge_already_refunded": "All of this payment has gone back already.",
    "charge_disputed": "The buyer's bank disputes this payment, and a refund would pay twice. The bank decides now.",
    "charge_not_refundable": "The payment service cannot give this payment back any more.",
}
_slots, _place_to_wait = BoundedSemaphore(SLOTS), BoundedSemaphore(1)
_patient_until: ContextVar[float] = ContextVar("patient_until", default=inf)
_log = logging.getLogger("payments")
T = TypeVar("T")


class BadSignature(Exception):
    """A delivery that was not signed with one of our secrets, just now."""


def create_session(purchase: Purchase) -> Session:
    """Make the checkout session of an order. Asked twice for the same attempt, Stripe gives the same one."""
    params = session_params(purchase, current_config().base_url, _marks(purchase.number))
    params |= _buyer(purchase)
    key = f"order:{purchase.number}:session:{purchase.attempt}"
    made = _call(lambda stripe: stripe.v1.checkout.sessions.create(params, _once(key)))  # type: ignore[arg-type]
    return _session(made)


def _buyer(purchase: Purchase) -> dict[str, Any]:
    """Who pays, what is asked of them for the sake of tax, and the invoice where one is wanted."""
    if purchase.invoicing is None:
        asked = taxes.session_params(purchase.taxing, has_customer=False)
        return {"customer_email": purchase.email, **asked, **_plain_invoice(purchase)}
    given = customer_params(purchase.invoicing, purchase.email, _marks(purchase.number))
    key = f"order:{purchase.number}:customer"
    customer = _call(lambda stripe: stripe.v1.customers.create(given, _once(key)))  # type: ignore[arg-type]
    asked = taxes.session_params(purchase.taxing, has_customer=True)
    currency = purchase.lines[0].price.currency
    return {"customer": customer.id, **asked, **invoice_params(purchase.invoicing, currency)}


def _plain_invoice(purchase: Purchase) -> dict[str, Any]:
    """Whoever gives a tax number needs an invoice that says it; a subscription draws its own."""
    is_wanted = purchase.taxing.asks_number and not purchase.every
    return {"invoice_creation": {"enabled": True}} if is_wanted else {}


def fetch_session(session_id: str) -> Session:
    """The session as it is now, with its payment and refunds."""
    params: Any = {"expand": ["payment_intent.latest_charge.refunds", "invoice"]}
    found = _call(lambda stripe: stripe.v1.checkout.sessions.retrieve(session_id, params))
    intent = found.payment_intent
    return _session(found, _payment(intent) if intent is not None and not isinstance(intent, str) else None)


def expire_session(session_id: str) -> None:
    """Close an open session, so that nobody can pay it. Raises StripeRefused for one that is open no more."""
    _call(lambda stripe: stripe.v1.checkout.sessions.expire(session_id))


def session_of_payment(payment_id: str) -> str | None:
    """The id of the session that a payment came from; None for a payment from elsewhere."""
    params: Any = {"payment_intent": payment_id, "limit": 1}
    found = _call(lambda stripe: stripe.v1.checkout.sessions.list(params))
    return found.data[0].id if found.data else None


def sessions_since(moment: datetime, at_most: int = 1000) -> Iterator[Session]:
    """The sessions made since then, newest first, without their payments."""
    params: Any = {"created": {"gte": int(moment.timestamp())}, "limit": 100}
    return map(
        _session, _pages(lambda stripe, more: stripe.v1.checkout.sessions.list(params | more), at_most)
    )


def undelivered_since(moment: datetime, at_most: int = 1000) -> Iterator[StripeEvent]:
    """The events since then that Stripe could not deliver, newest first."""
    params: Any = {"created": {"gte": int(moment.timestamp())}, "delivery_success": False, "limit": 100}
    return map(event_of, _pages(lambda stripe, more: stripe.v1.events.list(params | more), at_most))


def fetch_event(event_id: str) -> StripeEvent:
    """An event of the last 30 days."""
    return event_of(_call(lambda stripe: stripe.v1.events.retrieve(event_id)))


def read_event(payload: bytes, signature: str | None) -> StripeEvent:
    """The event of a delivery, once its signature holds for one of our secrets. Raises BadSignature."""
    if not signature or not signature.isascii():
        raise BadSignature("no signature")
    _require_recent(signature)
    secrets = current_config().stripe_webhook_secrets
    if not any(_is_signed(payload, signature, secret) for secret in secrets):
        raise BadSignature("no secret of ours made this signature")
    try:
        return event_of(json.loads(payload))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise BadSignature("signed, but no event") from error


def _is_signed(payload: bytes, signature: str, secret: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return bool(secret and WebhookSignature.verify_header(payload.decode("utf-8"), signature, secret))
    except (SignatureVerificationError, UnicodeDecodeError, ValueError):
        return False


def _require_recent(signature: str) -> None:
    """Stripe's own check lets a moment in the future pass; ours does not."""
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    stamp = stamps[0] if len(stamps) == 1 else ""  # A second one would be checked here and not there.
    is_moment = stamp.isdecimal() and len(stamp) <= LONGEST_STAMP
    if not is_moment or abs(int(stamp) - now().timestamp()) > TOLERANCE:
        raise BadSignature("not signed just now")


def _call(ask: "Callable[[StripeClient], T]") -> T:
    """Ask Stripe, and put its errors into our words. Logs Stripe's request id, never a value."""
    import stripe

    client = _client()
    with _slot():
        _require_patience()
        begun = monotonic()
        try:
            return ask(client)
        except stripe.APIConnectionError as error:
            _log.warning("no answer: %s", type(error).__name__)
            if monotonic() - begun >= TIMEOUT:
                current_app.extensions["stripe_silent_until"] = monotonic() + PAUSE
            raise StripeSilent(SILENT) from error
        except stripe.StripeError as error:
            raise _in_our_words(error) from error


@contextmanager
def patience() -> Iterator[None]:
    """Within it, no call begins later than PATIENCE after its beginning."""
    token = _patient_until.set(monotonic() + PATIENCE)
    try:
        yield
    finally:
        _patient_until.reset(token)


def _require_patience() -> None:
    """Do not ask when the reader has waited long, nor just after an answer did not come in time."""
    silent_until = current_app.extensions.get("stripe_silent_until", 0.0)
    if not silent_until <= monotonic() <= _patient_until.get():
        raise StripeSilent(SILENT)


def _in_our_words(error: Any) -> Exception:
    status, code = error.http_status or 0, error.code or ""
    _log.warning("refused", extra={"status": status, "code": code, "stripe_request": error.request_id or ""})
    if status >= 500 or 0 < status < 400:  # It failed, or what it answered cannot be read.
        return StripeFailed(SILENT)
    if (
        status in (409, 429) or code == "lock_timeout"
    ):  # Busy, perhaps with the same key: the SDK drops that code.
        return StripeSilent(SILENT)
    if status in (401, 403):
        return PaymentsOff("The payment service does not accept this school's key. Write to the school.")
    return StripeRefused(REFUSALS.get(code, REFUSED), code)


@contextmanager
def _slot() -> Iterator[None]:
    if not (_slots.acquire(blocking=False) or _wait_for_slot()):
        raise StripeSilent(SILENT)
    try:
        yield
    finally:
        _slots.release()


def _wait_for_slot() -> bool:
    """One may wait; whoever comes then is refused at once, so that no more threads are held."""
    if not _place_to_wait.acquire(blocking=False):
        return False
    try:
        return _slots.acquire(timeout=WAIT_FOR_SLOT)
    finally:
        _place_to_wait.release()


def _client() -> "StripeClient":
    """The client, made once for a process."""
    config = current_config()
    if config.stripe_secret_key is None:
        raise PaymentsOff(NO_MONEY)
    if "stripe" not in current_app.extensions:
        current_app.extensions["stripe"] = _make_client(config.stripe_secret_key, config.stripe_api_base)
    made: StripeClient = current_app.extensions["stripe"]
    return made


def _make_client(key: str, api_base: str | None) -> "StripeClient":
    import stripe

    logging.getLogger("stripe").setLevel(logging.WARNING)  # The SDK would tell of each request.
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(CONNECT, TIMEOUT)),
        base_addresses={"api": api_base} if api_base else None,
    )


def _once(key: str) -> Any:
    return {"idempotency_key": key}


def _marks(number: str) -> dict[str, str]:
    """What ties a session, and the charge that comes of it, to our order."""
    return {"order": number, "school": current_config().host}


def _pages(ask: "Callable[[StripeClient, dict[str, str]], Any]", at_most: int) -> Iterator[Any]:
    """All items of a list, page by page, each page a call of its own."""
    more: dict[str, str] = {}
    while at_most > 0:
        page = _call(lambda stripe, more=more: ask(stripe, more))  # type: ignore[misc]
        yield from page.data
        at_most -= len(page.data)
        if not page.has_more or not page.data:
            return
        more = {"starting_after": page.data[-1].id}


def _session(given: Any, payment: Payment | None = None) -> Session:
    marks = given.metadata.to_dict() if given.metadata else {}
    return Session(
        id=given.id,
        status=SessionStatus(given.status),
        is_paid=given.payment_status in ("paid", "no_payment_required"),
        total=Money(given.amount_total or 0, (given.currency or "").upper()),
        livemode=given.livemode,
        order_number=marks.get("order", ""),
        school=marks.get("school", ""),
        url=given.url or "",
        expires_at=datetime.fromtimestamp(given.expires_at, UTC),
        payment=payment,
        invoice_url=_invoice_url(given.invoice),
        subscription_id=str(given.subscription or ""),
        tax=taxes.taxed_session(given),
        email=_email(given),
    )


def _email(given: Any) -> str:
    details = given.customer_details
    return (details.email if details else "") or given.customer_email or ""


def _invoice_url(invoice: Any) -> str:
    """The page of an invoice that came with its session; a list gives its id alone."""
    return "" if invoice is None or isinstance(invoice, str) else invoice.hosted_invoice_url or ""


def _payment(intent: Any) -> Payment:
    charge, error = intent.latest_charge, intent.last_payment_error
    money = money_of(charge) if charge is not None else Payment(intent.id, False, 0)
    has_failed = intent.status in ("requires_payment_method", "canceled")
    return replace(money, id=intent.id, has_failed=has_failed, failure=(error.message or "") if error else "")


def money_of(charge: Any) -> Payment:
    """What an attempt to pay brought, with what went back of it and what the bank disputes; nothing where it failed."""
    method = charge.payment_method_details.type if charge.payment_method_details else ""
    tried = Payment(str(charge.payment_intent), not charge.paid, 0, charge.id, method=method)
    if not charge.paid:
        return tried
    return replace(
        tried,
        captured=charge.amount_captured,
        refunds=_refunds(charge),
        receipt_url=charge.receipt_url or "",
        disputes=_disputes(tried.id) if charge.disputed else (),
    )


def _refunds(charge: Any) -> tuple[Refund, ...]:
    """All refunds of a charge: those that came with it, and the further pages where there are more."""
    if not charge.refunds.has_more:
        return tuple(map(read_refund, charge.refunds.data))
    params: Any = {"charge": charge.id, "limit": 100}
    pages = _pages(lambda stripe, more: stripe.v1.refunds.list(params | more), 1000)
    return tuple(map(read_refund, pages))


def read_refund(given: Any) -> Refund:
    """A refund of Stripe's in our words."""
    marks = given.metadata.to_dict() if given.metadata else {}
    return Refund(
        id=given.id,
        state=RefundState(given.status or "pending"),
        amount=given.amount,
        currency=given.currency.upper(),
        reason=given.reason or "",
        failure=getattr(given, "failure_reason", None) or "",
        mark=marks.get("refund", ""),
        payment_id=str(given.payment_intent or ""),
        is_booked=bool(given.balance_transaction),
        is_booked_back=bool(getattr(given, "failure_balance_transaction", None)),
    )


def _disputes(payment_id: str) -> tuple[Dispute, ...]:
    params: Any = {"payment_intent": payment_id, "limit": 100}
    return tuple(map(_dispute, _pages(lambda stripe, more: stripe.v1.disputes.list(params | more), 1000)))


def _dispute(given: Any) -> Dispute:
    details = given.evidence_details
    return Dispute(
        id=given.id,
        payment_id=given.payment_intent or "",
        status=DisputeStatus.LOST if given.status in APPEALS else DisputeStatus(given.status),
        amount=Money(given.amount, given.currency.upper()),
        reason=given.reason,
        due_by=datetime.fromtimestamp(details.due_by, UTC) if details.due_by else None,
        opened_at=datetime.fromtimestamp(given.created, UTC),
        is_answered=details.submission_count > 0,
        booked=tuple(_booked(given, each) for each in given.balance_transactions),
    )


def _booked(dispute: Any, line: Any) -> Booked:
    """In the dispute's currency, which the balance may not be kept in; the fee is in the balance's."""
    sign = -1 if line.amount < 0 else 1
    amount = Money(sign * dispute.amount, dispute.currency.upper())
    return Booked(amount, Money(line.fee, line.currency.upper()))
