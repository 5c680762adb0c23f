"""Coupons: made through the API, taken off by a checkout, used up by checkouts that are paid."""

from sandbox import objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing, Refused
from sandbox.metadata import check_metadata

NOT_SERVED = ("applies_to", "currency_options", "duration_in_months")
DURATIONS = ("once", "forever")


def create(account: Account, params: Json) -> Json:
    """A coupon of a percentage or of an amount; Refused where one has its id already."""
    check(params)
    if "id" in params and account.store.get("coupon", params["id"]) is not None:
        raise Refused(
            f"There is a coupon {params['id']} already.", param="id", code="resource_already_exists"
        )
    currency = params.get("currency")
    coupon = {
        "id": params.get("id", objects.new_id("", 8)),
        "object": "coupon",
        "amount_off": params.get("amount_off"),
        "created": account.now(),
        "currency": currency and currency.lower(),
        "duration": params.get("duration", "once"),
        "duration_in_months": None,
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
    }
    return shown(account, account.store.put(coupon))


def check(params: Json) -> None:
    """What the types do not know; InvalidRequest names the wrong parameter."""
    for name in NOT_SERVED:
        if name in params:
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    if params.get("duration", "once") not in DURATIONS:
        raise InvalidRequest(f"duration must be one of {', '.join(DURATIONS)}.", param="duration")
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest("Give either percent_off or amount_off.", param="percent_off")
    if not 0 < params.get("percent_off", 1) <= 100:
        raise InvalidRequest("percent_off must lie above 0 and be at most 100.", param="percent_off")
    if params.get("amount_off", 1) < 1:
        raise InvalidRequest("amount_off must be at least 1.", param="amount_off")
    if "amount_off" in params and "currency" not in params:
        message = "Missing required parameter: currency. An amount needs it."
        raise InvalidRequest(message, param="currency", code="parameter_missing")
    check_metadata(params.get("metadata", {}), "metadata")


def shown(account: Account, coupon: Json) -> Json:
    """The coupon, and whether it can still be used."""
    most, last = coupon["max_redemptions"], coupon["redeem_by"]
    is_left = most is None or coupon["times_redeemed"] < most
    return {**coupon, "valid": is_left and (last is None or account.now() <= last)}


def find(account: Account, id: str) -> Json:
    found = account.store.get("coupon", id)
    if found is None:
        raise Missing(f"No such coupon: {id}.", param="coupon", code="resource_missing")
    return shown(account, found)


def delete(account: Account, id: str) -> Json:
    """Take a coupon away; checkouts that were opened with it keep their discount."""
    find(account, id)
    account.store.remove(id)
    return {"id": id, "object": "coupon", "deleted": True}


def usable(account: Account, params: Json, currency: str) -> Json | None:
    """The coupon among a checkout's discounts; InvalidRequest where it cannot be used."""
    discounts = params.get("discounts") or []
    if not discounts:
        return None
    if len(discounts) > 1:
        raise InvalidRequest("A checkout takes one discount.", param="discounts")
    coupon = account.store.get("coupon", discounts[0].get("coupon", ""))
    if coupon is None:
        message = "No such coupon or promotion code."
        raise InvalidRequest(message, param="discounts", code="resource_missing")
    _check_usable(shown(account, coupon), currency)
    return coupon


def _check_usable(coupon: Json, currency: str) -> None:
    if not coupon["valid"]:
        message = f"Coupon {coupon['id']} is used up or has expired."
        raise InvalidRequest(message, param="discounts", code="coupon_expired")
    if coupon["currency"] not in (None, currency):
        message = f"Coupon {coupon['id']} is for {coupon['currency'].upper()} only."
        raise InvalidRequest(message, param="discounts")


def redeem(account: Account, coupon: Json | None) -> None:
    """Count a use, if the coupon is still there to count it."""
    kept = account.store.get("coupon", coupon["id"]) if coupon else None
    if kept is not None:
        account.store.put({**kept, "times_redeemed": kept["times_redeemed"] + 1})
