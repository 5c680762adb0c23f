"""Signed deliveries of events to endpoints, tried again while an endpoint does not answer with 2xx."""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from sqlite3 import Row
from urllib.parse import urlsplit

from sandbox import events, passing
from sandbox.account import Account
from sandbox.errors import Json, Missing

BACKOFF = (1, 5, 30, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600)  # seconds to the next try
TIMEOUT = 20  # seconds
IDLE = 0.5  # seconds between looks at the clock


@dataclass(frozen=True)
class Delivered:
    """One try: `status` is the endpoint's answer, None where none came."""

    event: str
    type: str
    url: str
    status: int | None


def signature(body: bytes, secrets: Sequence[str], moment: int) -> str:
    """The `Stripe-Signature` of a body: one `v1` for each secret."""
    signed = f"{moment}.".encode() + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={digest}" for digest in digests)])


def webhook(account: Account, event: Json) -> tuple[bytes, dict[str, str]]:
    """Body and headers as an endpoint gets them. Signed in the machine's time, by which the SDK judges age."""
    body = json.dumps(events.shown(account, event), indent=2, ensure_ascii=False).encode()
    signed = signature(body, account.settings.secrets, int(time.time()))
    return body, {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signed}


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send over the network; the status of the answer. OSError or HTTPException where none comes."""
    address = urlsplit(url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.netloc, timeout=TIMEOUT)
    try:
        path = f"{address.path or '/'}{'?' + address.query if address.query else ''}"
        connection.request("POST", path, body, {**headers, "User-Agent": "Stripe/1.0 (sandbox)"})
        return connection.getresponse().status
    finally:
        connection.close()


def deliver_due(account: Account, early: bool = False) -> list[Delivered]:
    """Deliver what is due, each once, and what is made meanwhile; `early` also takes what waits for a later try."""
    done: list[Delivered] = []
    tried: set[int] = set()
    with account.delivering:
        passing.catch_up(account)
        while batch := _due(account, early, tried):
            tried |= {row["seq"] for row in batch}
            done += [_try(account, row) for row in batch if not account.stopping.is_set()]
            early = False
    return done


def _due(account: Account, early: bool, tried: set[int]) -> list[Row]:
    statement = "select * from deliveries where state = 'waiting' and (due <= ? or ?) order by seq"
    batch = [row for row in account.store.rows(statement, account.now(), early) if row["seq"] not in tried]
    return batch[::-1] if batch and account.faults.of_batch() else batch


def _try(account: Account, row: Row) -> Delivered:
    event = account.store.get("event", row["event"]) or {}
    status, said = _send(account, row["url"], event)
    with account.store.acting():
        _record(account, row, said, status is not None and 200 <= status < 300)
    return Delivered(row["event"], event["type"], row["url"], status)


def _send(account: Account, url: str, event: Json) -> tuple[int | None, str]:
    body, headers = webhook(account, event)
    try:
        status = account.send(url, body, headers)
    except (OSError, HTTPException) as error:
        return None, type(error).__name__
    return status, str(status)


def _record(account: Account, row: Row, said: str, is_taken: bool) -> None:
    attempts = row["attempts"] + 1
    waits = BACKOFF[attempts - 1 : attempts]
    state = "delivered" if is_taken else "waiting" if waits else "given up"
    account.store.run(
        "update deliveries set state = ?, attempts = ?, due = ?, last = ? where seq = ?",
        state, attempts, account.now() + sum(waits), said, row["seq"],
    )  # fmt: skip


def deliver_again(account: Account, id: str) -> list[Delivered]:
    """Send one event once more to each of its endpoints, whatever became of it before."""
    if account.store.get("event", id) is None:
        raise Missing(f"No such event: {id}.", param="event", code="resource_missing")
    with account.delivering:
        rows = account.store.rows("select * from deliveries where event = ? group by url", id)
        return [_try(account, row) for row in rows]


def run(account: Account) -> None:
    """Deliver in the background until the server stops."""
    while not account.stopping.is_set():
        deliver_due(account)
        account.news.wait(IDLE)
        account.news.clear()


def listed(account: Account, event: str | None = None) -> list[Json]:
    """What became of every delivery, or of one event's, in the order of the events."""
    statement = "select * from deliveries where event = ? or ? is null order by seq"
    return [dict(row) for row in account.store.rows(statement, event, event)]
