"""Subscriptions: begun by a checkout, changed and cancelled through the API; `renewals` lets them go on."""

import copy
from typing import Any

from sandbox import events, invoices, objects, periods, sums
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing, Refused
from sandbox.metadata import check_metadata

LIVE = ("active", "past_due")
TAKEN = (
    "cancel_at", "cancel_at_period_end", "cancellation_details", "description", "expand", "metadata",
    "proration_behavior",
)  # fmt: skip
ENDINGS = {"cancel_at", "cancel_at_period_end"}
AT_PERIODS_END = ("max_period_end", "min_period_end")
NOTHINGS = (
    "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds", "cancel_at",
    "canceled_at", "customer_account", "days_until_due", "default_payment_method", "default_source",
    "description", "ended_at", "managed_payments", "next_pending_invoice_item_invoice", "on_behalf_of",
    "pause_collection", "payment_settings", "pending_invoice_item_interval", "pending_setup_intent",
    "pending_update", "schedule", "test_clock", "transfer_data", "trial_end", "trial_settings", "trial_start",
)  # fmt: skip


def begin(account: Account, session: Json) -> Json:
    """The subscription that a paid checkout begins."""
    subscription = _new(session, account.now())
    account.store.put(subscription)
    events.emit(account, "customer.subscription.created", subscription)
    return subscription


def _new(session: Json, now: int) -> Json:
    id, data, lines = objects.new_id("sub_"), session["_subscription_data"], _recurring(session)
    items = [_item(line, id, now) for line in lines]
    return {
        "id": id,
        "object": "subscription",
        **dict.fromkeys(NOTHINGS),
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": session["automatic_tax"]["enabled"],
            "liability": session["automatic_tax"]["liability"],
        },
        "billing_cycle_anchor": now,
        "billing_mode": {"type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": dict.fromkeys(("comment", "feedback", "reason")),
        "collection_method": "charge_automatically",
        "created": now,
        "currency": session["currency"],
        "customer": session["customer"],
        "default_tax_rates": [],
        "description": data.get("description"),
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {
            "object": "list", "data": items, "has_more": False,
            "url": f"/v1/subscription_items?subscription={id}",
        },
        "latest_invoice": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "start_date": now,
        "status": "active",
        "_coupon": _lasting(session["_coupon"]),
        "_details": session["customer_details"],
        "_lines": [line | {"_subscription_item": item["id"]} for line, item in zip(lines, items, strict=True)],
        "_periods": 1,
    }  # fmt: skip


def renewal(session: Json) -> Json | None:
    """What a checkout's subscription costs each period (`amount`, before tax), with its price; None without one."""
    lines = copy.deepcopy(_recurring(session))
    if not lines:
        return None
    sums.apply(lines, _lasting(session["_coupon"]))
    return {"amount": sum(line["amount_total"] for line in lines), "price": lines[0]["price"]}


def _recurring(session: Json) -> list[Json]:
    return [item for item in session["_items"] if item["price"]["recurring"]]


def _lasting(coupon: Json | None) -> Json | None:
    """The coupon, if it is for more than the first payment."""
    return coupon if coupon and coupon["duration"] == "forever" else None


def _item(line: Json, subscription: str, now: int) -> Json:
    rhythm = line["price"]["recurring"]
    return {
        "id": objects.new_id("si_", 14),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": now,
        "current_period_end": periods.end(now, rhythm["interval"], rhythm["interval_count"], 1),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": line["price"],
        "quantity": line["quantity"],
        "subscription": subscription,
        "tax_rates": [],
    }


def period(subscription: Json) -> tuple[int, int]:
    """The current period. All items of a subscription go in one rhythm."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def turn(subscription: Json) -> None:
    """Let the next period begin."""
    periods_done = subscription["_periods"] = subscription["_periods"] + 1
    for item in subscription["items"]["data"]:
        rhythm, anchor = item["price"]["recurring"], subscription["billing_cycle_anchor"]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = periods.end(
            anchor, rhythm["interval"], rhythm["interval_count"], periods_done
        )


def find(account: Account, id: str) -> Json:
    found = account.store.get("subscription", id)
    if found is None:
        raise Missing(f"No such subscription: {id}.", param="id", code="resource_missing")
    return found


def update(
    account: Account,
    id: str,
    params: Json,
    unset: frozenset[str] = frozenset(),
    request: Json | None = None,
) -> Json:
    """Change when it ends, and what is written on it. `unset` are the parameters that were given empty."""
    subscription = _live(account, id)
    _check_update(params, account.now())
    check_metadata(params.get("metadata", {}), "metadata")
    subscription["metadata"] |= params.get("metadata", {})
    subscription["description"] = params.get("description", subscription["description"])
    if ENDINGS & (unset | set(params)):
        _set_end(subscription, params, account.now())
    subscription["cancellation_details"] |= params.get("cancellation_details", {})
    account.store.put(subscription)
    events.emit(account, "customer.subscription.updated", subscription, request)
    return subscription


def _check_update(params: Json, now: int) -> None:
    for name in params:
        if name not in TAKEN:
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    if "cancel_at" in params and "cancel_at_period_end" in params:
        raise InvalidRequest("cancel_at and cancel_at_period_end exclude each other.", param="cancel_at")
    moment = params.get("cancel_at", now + 1)
    if moment not in AT_PERIODS_END and (isinstance(moment, str) or moment <= now):
        raise InvalidRequest("cancel_at must lie in the future.", param="cancel_at")


def _wanted_end(subscription: Json, params: Json) -> int | None:
    """When the subscription is to end; None for never."""
    if params.get("cancel_at_period_end") or params.get("cancel_at") in AT_PERIODS_END:
        return period(subscription)[1]
    moment: int | None = params.get("cancel_at")
    return moment


def _set_end(subscription: Json, params: Json, now: int) -> None:
    moment = _wanted_end(subscription, params)
    subscription |= {"cancel_at": moment, "canceled_at": None if moment is None else now}
    subscription["cancel_at_period_end"] = bool(params.get("cancel_at_period_end"))
    reason = None if moment is None else "cancellation_requested"
    subscription["cancellation_details"]["reason"] = reason


def _live(account: Account, id: str) -> Json:
    subscription = find(account, id)
    if subscription["status"] not in LIVE:
        message = f"The subscription is {subscription['status']}; nothing can be changed on it."
        raise Refused(message, param="id", code="resource_missing")
    return subscription


def cancel(account: Account, id: str, params: Json | None = None, request: Json | None = None) -> Json:
    """End a subscription at once."""
    subscription = _live(account, id)
    subscription["cancellation_details"] |= (params or {}).get("cancellation_details", {})
    subscription["cancellation_details"]["reason"] = "cancellation_requested"
    return end(account, subscription, request)


def end(account: Account, subscription: Json, request: Json | None = None) -> Json:
    """It is over: its open invoices stay, and are tried no more."""
    now = account.now()
    subscription |= {"status": "canceled", "ended_at": now}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    account.store.put(subscription)
    for invoice in invoices.open_of(account, subscription["id"]):
        account.store.put(invoice | {"auto_advance": False, "next_payment_attempt": None})
    events.emit(account, "customer.subscription.deleted", subscription, request)
    return subscription


def follow(account: Account, invoice: Json) -> None:
    """A subscription stands as its latest invoice does: paid or past due."""
    subscription = account.store.get("subscription", invoices.subscription_of(invoice) or "")
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    status = "active" if invoice["status"] == "paid" else "past_due"
    if subscription["status"] in LIVE and subscription["status"] != status:
        account.store.put(subscription | {"status": status})
        events.emit(account, "customer.subscription.updated", subscription | {"status": status})


def passes(subscription: Json, params: Json) -> bool:
    """Whether a list asks for it: without a status it asks for all that have not ended."""
    wanted: Any = params.get("status", "not ended")
    groups = {
        "all": True,
        "not ended": subscription["status"] != "canceled",
        "ended": subscription["status"] == "canceled",
    }
    return bool(groups.get(wanted, subscription["status"] == wanted))
