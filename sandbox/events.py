"""What happened, as the API lists it and as endpoints are told."""

from sandbox import objects, parameters
from sandbox.account import Account
from sandbox.errors import Json

CHECKOUT = "checkout.session."
NO_REQUEST = {"id": None, "idempotency_key": None}


def emit(account: Account, type: str, thing: Json, request: Json | None = None) -> Json:
    """Write down an event about `thing` as it is now, and a delivery to every endpoint."""
    event = {
        "id": objects.new_id("evt_"),
        "object": "event",
        "api_version": parameters.version(),
        "created": account.now(),
        "data": {"object": objects.public(thing)},
        "livemode": False,
        "request": request or NO_REQUEST,
        "type": type,
    }
    account.store.put(event)
    _schedule(account, event)
    return event


def _schedule(account: Account, event: Json) -> None:
    faults = {fault.kind: fault for fault in account.faults.of_event(event["type"])}
    due = account.now() + int(faults["late"].seconds if "late" in faults else 0)
    for url in account.settings.webhooks:
        for _ in range(2 if "duplicate" in faults else 1):
            account.store.run(
                "insert into deliveries (event, url, state, due) values (?, ?, ?, ?)",
                event["id"], url, "dropped" if "drop" in faults else "waiting", due,
            )  # fmt: skip
    account.news.set()


def shown(account: Account, event: Json) -> Json:
    """The event with the number of its deliveries that have not succeeded."""
    return {**event, "pending_webhooks": pending(account, event["id"])}


def pending(account: Account, id: str) -> int:
    statement = "select count(*) as n from deliveries where event = ? and state != 'delivered'"
    return int(account.store.rows(statement, id)[0]["n"])
