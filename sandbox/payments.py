"""What a buyer and a bank do: pay, be declined, pay by debit, and the debit's end."""

from sandbox import balance, events, objects, sessions
from sandbox.account import Account
from sandbox.errors import Json, Refused

BUYER = "buyer@example.org"  # where neither the session nor the page has an address


def pay(account: Account, id: str, email: str | None = None) -> Json:
    """Pay by card, at once. A session that is complete already is left as it is: a double click pays once."""
    session = _payable(account, id)
    if session["status"] == "complete":
        return session
    if session["amount_total"] == 0:
        return _complete(account, session, email, session["payment_status"])
    intent, charge = _attempt(account, session, "card", email)
    _succeed(account, intent, charge)
    return _complete(account, session, email, "paid")


def debit(account: Account, id: str, email: str | None = None) -> Json:
    """Pay by bank debit: the session is complete, the money is on its way."""
    session = _payable(account, id)
    if session["status"] == "complete":
        return session
    if session["amount_total"] == 0:
        raise Refused("There is nothing to debit.")
    intent, charge = _attempt(account, session, objects.debit_method(session["currency"]), email)
    intent |= {"status": "processing", "last_payment_error": None}
    account.store.put(intent)
    events.emit(account, "payment_intent.processing", intent)
    events.emit(account, "charge.pending", charge)
    return _complete(account, session, email, "unpaid")


def decline(account: Account, id: str, email: str | None = None) -> Json:
    """The bank refuses the card: the session stays open, the payment intent keeps the reason."""
    session = _payable(account, id)
    if session["status"] == "complete" or session["amount_total"] == 0:
        raise Refused("There is no payment that could be declined.")
    intent, charge = _attempt(account, session, "card", email)
    error = {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline"}
    _miss(account, intent, charge, {**error, "message": "Your card was declined."})
    return session


def settle(account: Account, id: str) -> Json:
    """The debited money arrives. Refused unless a debit is on its way."""
    session, intent, charge = _processing(account, id)
    _succeed(account, intent, charge)
    session["payment_status"] = "paid"
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "async_payment_succeeded", session)
    return session


def fail(account: Account, id: str) -> Json:
    """The bank returns the debit. Refused unless one is on its way."""
    session, intent, charge = _processing(account, id)
    error = {"type": "card_error", "code": "payment_method_provider_decline"}
    _miss(account, intent, charge, {**error, "message": "The debit was returned: insufficient funds."})
    events.emit(account, events.CHECKOUT + "async_payment_failed", session)
    return session


def _payable(account: Account, id: str) -> Json:
    session = sessions.find(account, id)
    if session["status"] == "expired":
        raise Refused("The session has expired; nothing can be paid on it.")
    return session


def _attempt(account: Account, session: Json, method: str, email: str | None) -> tuple[Json, Json]:
    """A charge on its way, under the session's one payment intent."""
    intent = account.store.get("payment_intent", session["payment_intent"] or "")
    intent = intent or objects.payment_intent(session, account.now())
    address = session["customer_email"] or email or BUYER
    charge = objects.charge(intent, method, address, account.now(), account.settings.base_url)
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    session["payment_intent"] = intent["id"]
    for thing in (session, intent, charge):
        account.store.put(thing)
    return intent, charge


def _succeed(account: Account, intent: Json, charge: Json) -> None:
    amount = intent["amount"]
    outcome = {"network_status": "approved_by_network", "reason": None, "type": "authorized"}
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": amount,
        "outcome": outcome,
    }
    balance.book_charge(account, charge)
    intent |= {"status": "succeeded", "amount_received": amount, "last_payment_error": None}
    account.store.put(charge)
    account.store.put(intent)
    events.emit(account, "charge.succeeded", charge)
    events.emit(account, "payment_intent.succeeded", intent)


def _miss(account: Account, intent: Json, charge: Json, error: Json) -> None:
    charge |= {"status": "failed", "failure_code": error["code"], "failure_message": error["message"]}
    error = {**error, "charge": charge["id"]}
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
    account.store.put(charge)
    account.store.put(intent)
    events.emit(account, "charge.failed", charge)
    events.emit(account, "payment_intent.payment_failed", intent)


def _complete(account: Account, session: Json, email: str | None, payment_status: str) -> Json:
    details = objects.customer_details(session["customer_email"] or email or BUYER)
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": details,
    }
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "completed", session)
    return session


def _processing(account: Account, id: str) -> tuple[Json, Json, Json]:
    session = sessions.find(account, id)
    intent = account.store.get("payment_intent", session["payment_intent"] or "")
    if intent is None or intent["status"] != "processing":
        raise Refused("No debit is on its way for this session.")
    charge = account.store.get("charge", intent["latest_charge"])
    if charge is None:
        raise Refused("The payment has no charge.")
    return session, intent, charge
