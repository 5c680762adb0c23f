"""`expand`: put the object where its id stands."""

from collections.abc import Callable
from typing import Any

from sandbox import invoices, lists, refunds
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json
from sandbox.objects import public

DEEPEST = 4


def expanded(account: Account, thing: Json, paths: list[str], kind: str = "") -> Json:
    """The public form of an object, or of a list's objects, with each path expanded; InvalidRequest for no path.

    `kind` is for groups inside an object, which have no name of their own.
    """
    kind = thing.get("object", kind)
    if kind == "list":
        inner = [path.removeprefix("data.") for path in paths if path.startswith("data.")]
        _refuse_others([path for path in paths if not path.startswith("data.")])
        return {**thing, "data": [expanded(account, each, inner) for each in thing["data"]]}
    shown = public(thing)
    for path in paths:
        name, _, rest = path.partition(".")
        shown[name] = _expand(account, thing, shown, kind, path)
        if rest and shown[name] is not None:
            shown[name] = expanded(account, shown[name], [rest], f"{kind}.{name}")
    return shown


def _expand(account: Account, thing: Json, shown: Json, kind: str, path: str) -> Any:
    name, _, rest = path.partition(".")
    makers = EXPANDABLE.get(kind, {})
    if isinstance(shown.get(name), dict) and (rest or name in makers):
        return shown[name]  # A group, a list that is always there, or what another path has expanded already.
    if name not in makers or path.count(".") >= DEEPEST:
        _refuse_others([path])
    return makers[name](account, thing)


def _refuse_others(paths: list[str]) -> None:
    for path in paths:
        raise InvalidRequest(f"This property cannot be expanded: {path}.", param="expand")


def _kept(kind: str, name: str) -> Callable[[Account, Json], Any]:
    return lambda account, thing: account.store.get(kind, thing.get(name) or "")


def _items(_account: Account, session: Json) -> Json:
    return lists.page(session["_items"], {"limit": 100}, f"/v1/checkout/sessions/{session['id']}/line_items")


def _refunds(account: Account, charge: Json) -> Json:
    return lists.page(refunds.of_charge(account, charge["id"]), {}, f"/v1/charges/{charge['id']}/refunds")


SOURCES = {"ch": "charge", "re": "refund", "du": "dispute"}


def _source(account: Account, booked: Json) -> Any:
    return account.store.get(SOURCES[booked["source"].partition("_")[0]], booked["source"])


def _payments(account: Account, invoice: Json) -> Json:
    return lists.page(invoices.payments(account, invoice["id"]), {}, f"/v1/invoices/{invoice['id']}/payments")


EXPANDABLE: dict[str, dict[str, Callable[[Account, Json], Any]]] = {
    "checkout.session": {
        "payment_intent": _kept("payment_intent", "payment_intent"),
        "line_items": _items,
        "customer": _kept("customer", "customer"),
        "invoice": _kept("invoice", "invoice"),
        "subscription": _kept("subscription", "subscription"),
    },
    "payment_intent": {
        "latest_charge": _kept("charge", "latest_charge"),
        "customer": _kept("customer", "customer"),
    },
    "subscription": {
        "customer": _kept("customer", "customer"),
        "latest_invoice": _kept("invoice", "latest_invoice"),
    },
    "invoice.parent.subscription_details": {"subscription": _kept("subscription", "subscription")},
    "invoice": {"customer": _kept("customer", "customer"), "payments": _payments},
    "invoice_payment": {"invoice": _kept("invoice", "invoice")},
    "invoice_payment.payment": {"payment_intent": _kept("payment_intent", "payment_intent")},
    "charge": {
        "payment_intent": _kept("payment_intent", "payment_intent"),
        "refunds": _refunds,
        "customer": _kept("customer", "customer"),
        "balance_transaction": _kept("balance_transaction", "balance_transaction"),
    },
    "refund": {
        "charge": _kept("charge", "charge"),
        "payment_intent": _kept("payment_intent", "payment_intent"),
        "balance_transaction": _kept("balance_transaction", "balance_transaction"),
        "failure_balance_transaction": _kept("balance_transaction", "failure_balance_transaction"),
    },
    "dispute": {
        "charge": _kept("charge", "charge"),
        "payment_intent": _kept("payment_intent", "payment_intent"),
    },
    "balance_transaction": {"source": _source},
}
