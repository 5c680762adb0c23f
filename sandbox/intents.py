"""Payment intents and their attempts: a charge that succeeds or is missed."""

from sandbox import balance, events, objects
from sandbox.account import Account
from sandbox.errors import Json

DECLINED = {
    "type": "card_error",
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
}
RETURNED = {
    "type": "card_error",
    "code": "payment_method_provider_decline",
    "message": "The debit was returned: insufficient funds.",
}


def attempt(account: Account, intent: Json, method: str, email: str | None) -> Json:
    """A charge on its way, under the payment intent."""
    charge = objects.charge(intent, method, email, account.now(), account.settings.base_url)
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    account.store.put(intent)
    return account.store.put(charge)


def succeed(account: Account, intent: Json, charge: Json) -> None:
    """The money is there, and that is told."""
    take_money(account, intent, charge)
    events.emit(account, "charge.succeeded", charge)
    events.emit(account, "payment_intent.succeeded", intent)


def take_money(account: Account, intent: Json, charge: Json) -> None:
    """The money is there."""
    amount = intent["amount"]
    outcome = {"network_status": "approved_by_network", "reason": None, "type": "authorized"}
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": amount}
    charge["outcome"] = outcome
    balance.book_charge(account, charge)
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "last_payment_error": None,
        "next_action": None,
    }
    account.store.put(charge)
    account.store.put(intent)


def miss(account: Account, intent: Json, charge: Json, error: Json) -> None:
    """The bank says no: the intent waits for another way to pay."""
    charge |= {"status": "failed", "failure_code": error["code"], "failure_message": error["message"]}
    error = {**error, "charge": charge["id"]}
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
    account.store.put(charge)
    account.store.put(intent)
    events.emit(account, "charge.failed", charge)
    events.emit(account, "payment_intent.payment_failed", intent)


def belong_to(account: Account, intent: Json | None, customer: str | None) -> None:
    """Tie an intent and its charge to the customer that the checkout made of the buyer."""
    if intent is None or customer is None:
        return
    account.store.put(intent | {"customer": customer})
    charge = account.store.get("charge", intent["latest_charge"] or "")
    if charge is not None:
        account.store.put(charge | {"customer": customer})


def process(account: Account, intent: Json, charge: Json) -> None:
    """The bank has been asked for the money and will say later."""
    intent |= {"status": "processing", "last_payment_error": None}
    account.store.put(intent)
    events.emit(account, "payment_intent.processing", intent)
    events.emit(account, "charge.pending", charge)


def await_transfer(account: Account, intent: Json) -> None:
    """The buyer has been told where to send the money."""
    options = intent["payment_method_options"]["customer_balance"]["bank_transfer"]
    page = f"{account.settings.base_url}/"
    instructions = {
        "amount_remaining": intent["amount"],
        "currency": intent["currency"],
        "financial_addresses": [],
        "hosted_instructions_url": page,
        "reference": intent["id"][-8:].upper(),
        "type": options["type"],
    }
    action = {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": instructions,
    }
    intent |= {"status": "requires_action", "next_action": action, "last_payment_error": None}
    account.store.put(intent)
    events.emit(account, "payment_intent.requires_action", intent)


def cancel(account: Account, intent: Json, reason: str = "automatic") -> None:
    """End an intent that will not be paid."""
    intent |= {"status": "canceled", "canceled_at": account.now(), "cancellation_reason": reason}
    intent["next_action"] = None
    account.store.put(intent)
    events.emit(account, "payment_intent.canceled", intent)
