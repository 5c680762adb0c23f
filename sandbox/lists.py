"""Lists as Stripe gives them: filtered, the newest first, page by page."""

from collections.abc import Callable
from typing import Any

from sandbox import events
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json

USUAL, MOST = 10, 100
PAGING = ("limit", "starting_after", "ending_before", "expand")
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda moment, bound: moment > bound,
    "gte": lambda moment, bound: moment >= bound,
    "lt": lambda moment, bound: moment < bound,
    "lte": lambda moment, bound: moment <= bound,
}


def listed(
    account: Account, kind: str, params: Json, url: str, belongs: Callable[[Json], bool] = lambda _: True
) -> Json:
    """One page of a kind's objects that pass every filter among the parameters, and belong to what is asked for."""
    found = [each for each in account.store.all(kind) if belongs(each) and _passes(account, each, params)]
    return page(found, params, url)


def page(found: list[Json], params: Json, url: str) -> Json:
    limit = params.get("limit", USUAL)
    if not 1 <= limit <= MOST:
        raise InvalidRequest(f"limit must lie between 1 and {MOST}.", param="limit")
    if "ending_before" in params:
        before = found[: _place(found, params, "ending_before")]
        return _list(before[-limit:], len(before) > limit, url)
    rest = found[_place(found, params, "starting_after") + 1 :] if "starting_after" in params else found
    return _list(rest[:limit], len(rest) > limit, url)


def _list(data: list[Json], has_more: bool, url: str) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _place(found: list[Json], params: Json, name: str) -> int:
    for index, each in enumerate(found):
        if each["id"] == params[name]:
            return index
    raise InvalidRequest(f"No such object in this list: {params[name]}.", param=name, code="resource_missing")


def _passes(account: Account, thing: Json, params: Json) -> bool:
    wanted = {name: value for name, value in params.items() if name not in PAGING}
    return all(FILTERS.get(name, _same)(account, thing, name, value) for name, value in wanted.items())


def _same(_account: Account, thing: Json, name: str, value: Any) -> bool:
    return bool(thing.get(name) == value)


def _created(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    bounds = value if isinstance(value, dict) else {"gte": value, "lte": value}
    return all(COMPARE[name](thing["created"], bound) for name, bound in bounds.items())


def _email(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    details = thing["customer_details"] or {"email": ""}
    return bool(details["email"].lower() == value["email"].lower())


def _subscription(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    """A session names its subscription itself, an invoice through its parent."""
    details = (thing.get("parent") or {}).get("subscription_details") or thing
    return bool(details.get("subscription") == value)


def _payment(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    return all(thing["payment"].get(name) == each for name, each in value.items())


def _types(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    return thing["type"] in value


def _type(_account: Account, thing: Json, _name: str, value: Any) -> bool:
    """One type, or a group such as `charge.*`."""
    type: str = thing["type"]
    return type.startswith(value[:-1]) if value.endswith(".*") else type == value


def _delivered(account: Account, thing: Json, _name: str, value: Any) -> bool:
    return bool((events.pending(account, thing["id"]) == 0) == value)


FILTERS = {
    "subscription": _subscription,
    "payment": _payment,
    "created": _created,
    "customer_details": _email,
    "types": _types,
    "type": _type,
    "delivery_success": _delivered,
}
