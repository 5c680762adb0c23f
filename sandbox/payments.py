"""What a buyer and a bank do at a checkout: pay, be declined, pay by debit or transfer, and how these end."""

from sandbox import (
    buyers,
    coupons,
    customers,
    events,
    intents,
    invoices,
    objects,
    renewals,
    sessions,
    subscriptions,
)
from sandbox.account import Account
from sandbox.buyers import Buyer
from sandbox.errors import Json, Refused

NOBODY = Buyer()
AWAITED = ("processing", "requires_action")


def pay(account: Account, id: str, buyer: Buyer = NOBODY) -> Json:
    """Pay by card, at once. A session that is complete already is left as it is: a double click pays once."""
    session = _payable(account, id)
    if session["status"] == "complete":
        return session
    _sign(account, session, buyer)
    if session["amount_total"] == 0:
        return _complete(account, session, "no_payment_required")
    intent, charge = _attempt(account, session, "card")
    intents.succeed(account, intent, charge)
    return _complete(account, session, "paid")


def debit(account: Account, id: str, buyer: Buyer = NOBODY) -> Json:
    """Pay by bank debit: the session is complete, the money is on its way."""
    session = _payable(account, id)
    if session["status"] == "complete":
        return session
    _sign(account, session, buyer)
    _require_something_to_pay(session)
    intents.process(account, *_attempt(account, session, debit_method(session)))
    return _complete(account, session, "unpaid")


def transfer(account: Account, id: str, buyer: Buyer = NOBODY) -> Json:
    """Promise a bank transfer: the session is complete, nothing is charged until the money comes."""
    session = _payable(account, id)
    if session["status"] == "complete":
        return session
    _sign(account, session, buyer)
    _require_something_to_pay(session)
    _require_method(session, "customer_balance")
    intents.await_transfer(account, _intent(account, session))
    return _complete(account, session, "unpaid")


def decline(account: Account, id: str, buyer: Buyer = NOBODY) -> Json:
    """The bank refuses the card: the session stays open, the payment intent keeps the reason."""
    session = _payable(account, id)
    if session["status"] == "complete" or session["amount_total"] == 0:
        raise Refused("There is no payment that could be declined.")
    details = session["customer_details"]
    _sign(account, session, buyer)
    intent, charge = _attempt(account, session, "card")
    intents.miss(account, intent, charge, intents.DECLINED)
    return account.store.put(session | {"customer_details": details})


def settle(account: Account, id: str) -> Json:
    """The money of a debit or a transfer arrives. Refused unless it is awaited."""
    session, intent = _awaited(account, id)
    charge = account.store.get("charge", intent["latest_charge"] or "")
    email = session["customer_details"]["email"]
    intents.succeed(account, intent, charge or intents.attempt(account, intent, "customer_balance", email))
    session["payment_status"] = "paid"
    _invoice(account, session)
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "async_payment_succeeded", session)
    return session


def fail(account: Account, id: str) -> Json:
    """The bank returns the debit, or the transfer never comes. Refused unless one is awaited."""
    session, intent = _awaited(account, id)
    charge = account.store.get("charge", intent["latest_charge"] or "")
    if charge is None:
        intents.cancel(account, intent)
    else:
        intents.miss(account, intent, charge, intents.RETURNED)
    events.emit(account, events.CHECKOUT + "async_payment_failed", session)
    return session


def debit_method(session: Json) -> str:
    """The kind of bank debit that a session takes; Refused where it takes none."""
    method = objects.debit_method(session["currency"])
    _require_method(session, method)
    return method


def _payable(account: Account, id: str) -> Json:
    session = sessions.find(account, id)
    if session["status"] == "expired":
        raise Refused("The session has expired; nothing can be paid on it.")
    return session


def _require_something_to_pay(session: Json) -> None:
    if session["amount_total"] == 0:
        raise Refused("There is nothing to pay.")


def _require_method(session: Json, method: str) -> None:
    if method not in session["payment_method_types"]:
        raise Refused(f"This checkout does not take {method}.")


def _sign(account: Account, session: Json, buyer: Buyer) -> None:
    """Write down who buys; from then on the sum is final, for tax needs the country."""
    buyers.write_into(session, buyer)
    sessions.locate(account, session)


def _intent(account: Account, session: Json) -> Json:
    """The session's one payment intent, made by the first attempt, at the sum of now."""
    intent = sessions.intent_of(account, session)
    amount, data = session["amount_total"], session["_intent_data"]
    intent = intent or objects.payment_intent(session, amount, data, account.now())
    intent |= {"amount": amount, "payment_method_options": session["payment_method_options"]}
    session["_intent"] = intent["id"]
    if session["mode"] == "payment":  # The session of a subscription shows its invoice instead.
        session["payment_intent"] = intent["id"]
    account.store.put(session)
    return account.store.put(intent)


def _attempt(account: Account, session: Json, method: str) -> tuple[Json, Json]:
    _require_method(session, method)
    intent = _intent(account, session)
    return intent, intents.attempt(account, intent, method, session["customer_details"]["email"])


def _complete(account: Account, session: Json, payment_status: str) -> Json:
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    session["customer"] = customers.of_session(account, session)
    intents.belong_to(account, sessions.intent_of(account, session), session["customer"])
    coupons.redeem(account, session["_coupon"])
    if payment_status != "unpaid":
        FULFILMENTS[session["mode"]](account, session)
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "completed", session)
    return session


def _invoice(account: Account, session: Json) -> None:
    """A bill for what was paid, where the school asked for one."""
    if session["invoice_creation"]["enabled"]:
        session["invoice"] = invoices.of_session(account, session)["id"]


def _subscribe(account: Account, session: Json) -> None:
    """The subscription begins, and its first invoice is paid already."""
    subscription, now = subscriptions.begin(account, session), account.now()
    invoice = renewals.draw(account, subscription, session["_items"], "subscription_create", (now, now))
    if session["_intent"]:
        invoices.ask(account, invoice, session["_intent"])
    invoices.settle(account, invoice)
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}


FULFILMENTS = {"payment": _invoice, "subscription": _subscribe}


def _awaited(account: Account, id: str) -> tuple[Json, Json]:
    session = sessions.find(account, id)
    intent = sessions.intent_of(account, session)
    if intent is None or intent["status"] not in AWAITED:
        raise Refused("No debit is on its way for this session, and no transfer is awaited.")
    return session, intent
