"""What the API does, operation by operation. A new one is a new entry, and a new run of `sandbox.trim`."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox import (
    billing,
    coupons,
    customers,
    disputes,
    events,
    invoices,
    lists,
    portal,
    refunds,
    sessions,
    subscriptions,
)
from sandbox.account import Account
from sandbox.errors import Declined, Json, Missing


@dataclass(frozen=True)
class Call:
    """A sound request: checked parameters, the ids in its address, and what its events say of it.

    `unset` are the parameters that were given empty, to be taken away.
    """

    account: Account
    params: Json
    ids: dict[str, str]
    path: str
    origin: Json
    unset: frozenset[str] = frozenset()


def _create_session(call: Call) -> Json:
    return sessions.create(call.account, call.params)


def _session(call: Call) -> Json:
    return sessions.find(call.account, call.ids["session"])


def _expire_session(call: Call) -> Json:
    return sessions.expire(call.account, call.ids["session"], call.origin)


def _items(call: Call) -> Json:
    session = sessions.find(call.account, call.ids["session"])
    return lists.page(session["_items"], call.params, call.path)


def _create_refund(call: Call) -> Json:
    return refunds.create(call.account, call.params, call.origin)


def _update_dispute(call: Call) -> Json:
    return disputes.update(call.account, call.ids["dispute"], call.params, call.origin)


def _close_dispute(call: Call) -> Json:
    return disputes.close(call.account, call.ids["dispute"], call.origin)


def _create_coupon(call: Call) -> Json:
    return coupons.create(call.account, call.params)


def _coupon(call: Call) -> Json:
    return coupons.find(call.account, call.ids["coupon"])


def _coupons(call: Call) -> Json:
    page = lists.listed(call.account, "coupon", call.params, call.path)
    return {**page, "data": [coupons.shown(call.account, coupon) for coupon in page["data"]]}


def _delete_coupon(call: Call) -> Json:
    return coupons.delete(call.account, call.ids["coupon"])


def _create_customer(call: Call) -> Json:
    return customers.create(call.account, call.params)


def _update_customer(call: Call) -> Json:
    return customers.update(call.account, call.ids["customer"], call.params)


def _pay_invoice(call: Call) -> Json | Declined:
    return billing.pay(call.account, call.ids["invoice"], call.params)


def _void_invoice(call: Call) -> Json:
    return invoices.void(call.account, call.ids["invoice"], call.origin)


def _subscriptions(call: Call) -> Json:
    others = {name: value for name, value in call.params.items() if name != "status"}
    return lists.listed(
        call.account, "subscription", others, call.path, lambda each: subscriptions.passes(each, call.params)
    )


def _update_subscription(call: Call) -> Json:
    id = call.ids["subscription_exposed_id"]
    return subscriptions.update(call.account, id, call.params, call.unset, call.origin)


def _cancel_subscription(call: Call) -> Json:
    id = call.ids["subscription_exposed_id"]
    return subscriptions.cancel(call.account, id, call.params, call.origin)


def _create_portal(call: Call) -> Json:
    return portal.create(call.account, call.params)


def _event(call: Call) -> Json:
    return events.shown(call.account, _found(call, "event", "id"))


def _events(call: Call) -> Json:
    page = lists.listed(call.account, "event", call.params, call.path)
    return {**page, "data": [events.shown(call.account, event) for event in page["data"]]}


def _one(kind: str, name: str) -> Callable[[Call], Json]:
    return lambda call: _found(call, kind, name)


def _found(call: Call, kind: str, name: str) -> Json:
    found = call.account.store.get(kind, call.ids[name])
    if found is None:
        raise Missing(f"No such {kind}: {call.ids[name]}.", param=name, code="resource_missing")
    return found


def _all(kind: str) -> Callable[[Call], Json]:
    return lambda call: lists.listed(call.account, kind, call.params, call.path)


OPERATIONS: dict[str, Callable[[Call], Json | Declined]] = {
    "POST /v1/checkout/sessions": _create_session,
    "GET /v1/checkout/sessions": _all("checkout.session"),
    "GET /v1/checkout/sessions/{session}": _session,
    "POST /v1/checkout/sessions/{session}/expire": _expire_session,
    "GET /v1/checkout/sessions/{session}/line_items": _items,
    "POST /v1/coupons": _create_coupon,
    "GET /v1/coupons": _coupons,
    "GET /v1/coupons/{coupon}": _coupon,
    "DELETE /v1/coupons/{coupon}": _delete_coupon,
    "POST /v1/customers": _create_customer,
    "GET /v1/customers": _all("customer"),
    "GET /v1/customers/{customer}": _one("customer", "customer"),
    "POST /v1/customers/{customer}": _update_customer,
    "GET /v1/invoices": _all("invoice"),
    "GET /v1/invoices/{invoice}": _one("invoice", "invoice"),
    "POST /v1/invoices/{invoice}/pay": _pay_invoice,
    "POST /v1/invoices/{invoice}/void": _void_invoice,
    "GET /v1/invoice_payments": _all("invoice_payment"),
    "GET /v1/subscriptions": _subscriptions,
    "GET /v1/subscriptions/{subscription_exposed_id}": _one("subscription", "subscription_exposed_id"),
    "POST /v1/subscriptions/{subscription_exposed_id}": _update_subscription,
    "DELETE /v1/subscriptions/{subscription_exposed_id}": _cancel_subscription,
    "POST /v1/billing_portal/sessions": _create_portal,
    "GET /v1/payment_intents": _all("payment_intent"),
    "GET /v1/payment_intents/{intent}": _one("payment_intent", "intent"),
    "GET /v1/charges": _all("charge"),
    "GET /v1/charges/{charge}": _one("charge", "charge"),
    "POST /v1/refunds": _create_refund,
    "GET /v1/refunds": _all("refund"),
    "GET /v1/refunds/{refund}": _one("refund", "refund"),
    "GET /v1/balance_transactions": _all("balance_transaction"),
    "GET /v1/balance_transactions/{id}": _one("balance_transaction", "id"),
    "GET /v1/disputes": _all("dispute"),
    "GET /v1/disputes/{dispute}": _one("dispute", "dispute"),
    "POST /v1/disputes/{dispute}": _update_dispute,
    "POST /v1/disputes/{dispute}/close": _close_dispute,
    "GET /v1/events": _events,
    "GET /v1/events/{id}": _event,
}
