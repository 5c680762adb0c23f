"""Idempotency keys as Stripe's first API keeps them: the first answer, whatever it was, is the answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, KeyInUse, WrongKeyUse

LONGEST = 255  # characters
KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class Answer:
    """What a request was answered with; `replayed` names the request that was answered so first."""

    status: int
    body: Json
    replayed: str | None = None


@contextmanager
def holding(account: Account, key: str | None) -> Iterator[None]:
    """Keep a key for one request at a time; KeyInUse for the second."""
    if key is not None and len(key) > LONGEST:
        raise InvalidRequest(f"An idempotency key may have up to {LONGEST} characters.")
    _take(account, key)
    try:
        yield
    finally:
        with account.keys_lock:
            account.keys_in_use.discard(key or "")


def _take(account: Account, key: str | None) -> None:
    with account.keys_lock:
        if key in account.keys_in_use:
            message = "Another request with this idempotency key is still being answered. Try again later."
            raise KeyInUse(message, code="idempotency_key_in_use")
        if key is not None:
            account.keys_in_use.add(key)


def fingerprint(method: str, path: str, params: Json) -> str:
    return json.dumps([method, path, params], sort_keys=True)


def remembered(account: Account, key: str | None, mark: str) -> Answer | None:
    """The first answer under this key; WrongKeyUse where that was to something else."""
    statement = "select * from keys where key = ? and created > ?"
    found = account.store.rows(statement, key, account.now() - KEPT)
    if not found:
        return None
    if found[0]["fingerprint"] != mark:
        message = "This idempotency key was first used with other parameters. Use a new key, or the same parameters."
        raise WrongKeyUse(message)
    return Answer(found[0]["status"], json.loads(found[0]["body"]), found[0]["request"])


def remember(account: Account, key: str | None, mark: str, answer: Answer, request: str) -> None:
    if key is not None:
        account.store.run(
            "insert or replace into keys (key, fingerprint, status, body, request, created)"
            " values (?, ?, ?, ?, ?, ?)",
            key, mark, answer.status, json.dumps(answer.body), request, account.now(),
        )  # fmt: skip
