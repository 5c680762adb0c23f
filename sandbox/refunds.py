"""Refunds: of a charge, never more than was captured."""

from sandbox import balance, disputes, events, objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing, Refused
from sandbox.metadata import check_metadata

COUNTED = ("pending", "requires_action", "succeeded")
STATUSES = (*COUNTED, "failed")


def create(account: Account, params: Json, request: Json | None = None, status: str | None = None) -> Json:
    """Refund a charge or a payment intent, wholly or in part. A debit's refund is pending until it arrives."""
    check(params)
    charge = _charge(account, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    _check_undisputed(account, charge)
    _check_left(charge, amount, left)
    status = status or ("succeeded" if balance.is_card(charge) else "pending")
    refund = objects.refund(charge, amount, params, status, account.now())
    if status in COUNTED:
        balance.book_refund(account, charge, refund)
    account.store.put(refund)
    events.emit(account, "refund.created", refund, request)
    if status == "failed":
        return _fallen(account, refund)
    _count(account, charge)
    events.emit(account, "charge.refunded", charge, request)
    return refund


def check(params: Json) -> None:
    """What the types do not know of a refund's parameters; InvalidRequest names the wrong one."""
    if ("charge" in params) == ("payment_intent" in params):
        raise InvalidRequest("Give either charge or payment_intent.", param="payment_intent")
    if params.get("amount", 1) < 1:
        raise InvalidRequest("amount must be at least 1.", param="amount", code="parameter_invalid_integer")
    check_metadata(params.get("metadata") or {}, "metadata")


def _charge(account: Account, params: Json) -> Json:
    name = "charge" if "charge" in params else "payment_intent"
    id = params[name]
    if name == "payment_intent":
        intent = account.store.get("payment_intent", id)
        id = intent and (intent["latest_charge"] or id)
    charge = account.store.get("charge", id or "")
    if charge is None:
        raise InvalidRequest(f"No such {name}: {params[name]}.", param=name, code="resource_missing")
    return charge


def _check_undisputed(account: Account, charge: Json) -> None:
    if disputes.forbids_refund(account, charge):
        message = f"{charge['id']} has been charged back, so it cannot be refunded."
        raise Refused(message, code="charge_disputed")


def _check_left(charge: Json, amount: int, left: int) -> None:
    if not charge["captured"]:
        raise Refused("Nothing was captured, so nothing can be refunded.", code="charge_not_refundable")
    if left == 0:
        raise Refused(f"{charge['id']} is refunded in full already.", code="charge_already_refunded")
    if amount > left:
        message = f"amount {amount} is more than the {left} that is not refunded yet."
        raise Refused(message, param="amount", code="amount_too_large")


def of_charge(account: Account, id: str) -> list[Json]:
    """A charge's refunds, the newest first."""
    return [refund for refund in account.store.all("refund") if refund["charge"] == id]


def _count(account: Account, charge: Json) -> None:
    counted = [each["amount"] for each in of_charge(account, charge["id"]) if each["status"] in COUNTED]
    charge["amount_refunded"] = sum(counted)
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    account.store.put(charge)


def find(account: Account, id: str) -> Json:
    found = account.store.get("refund", id)
    if found is None:
        raise Missing(f"No such refund: {id}.", param="refund", code="resource_missing")
    return found


def arrive(account: Account, id: str) -> Json:
    """A pending refund reaches the buyer."""
    refund = find(account, id)
    if refund["status"] != "pending":
        raise Refused(f"The refund is {refund['status']}, not pending.")
    refund["status"] = "succeeded"
    account.store.put(refund)
    events.emit(account, "refund.updated", refund)
    return refund


def fall(account: Account, id: str) -> Json:
    """The buyer's bank does not take a refund; the money is back with the school."""
    refund = find(account, id)
    if refund["status"] == "failed":
        raise Refused("The refund has failed already.")
    return _fallen(account, refund)


def _fallen(account: Account, refund: Json) -> Json:
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    balance.book_refund_failure(account, refund)
    account.store.put(refund)
    charge = account.store.get("charge", refund["charge"])
    if charge is not None:
        _count(account, charge)
    events.emit(account, "refund.updated", refund)
    events.emit(account, "refund.failed", refund)
    return refund
