"""What is sold in the workload: a sandbox that plays Stripe in a process of its own, buyers who have paid there, and
the events that tell the school so."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request as Question
from urllib.request import urlopen

from accounts.models import User
from accounts.services import add_user
from bench import client
from bench.servers import START_SECONDS
from bench.sites import STRIPE_KEY, WEBHOOK_SECRET, application
from core.database import transaction
from courses.services import find_course
from deploy.supervisor import ROOT
from sandbox.deliveries import signature
from shop import checkout
from shop.orders import Buyer
from tests.servers import free_port

FOR_SALE = "holistic-dermatology-certification"
COMPLETED = "checkout.session.completed"
TAKEN = "applied"  # what the webhook answers for an event that it acted on, then or now
_numbers = count(1)


@dataclass(frozen=True)
class Shop:
    """An instance that sells, by its environment, and the address of the sandbox beside it."""

    environ: Mapping[str, str]
    api_base: str

    def deliveries(self, buyers: int) -> list[client.Request]:
        """The signed events of as many new buyers, up to 100, who have paid: the school has not heard of it yet."""
        with application(self.environ) as app, app.app_context():
            sessions = [self._pay(buyer) for buyer in _make_buyers(buyers)]
        listed = self._ask(f"/v1/events?type={COMPLETED}&limit=100")["data"]
        return [_delivery(event) for event in listed if event["data"]["object"]["id"] in sessions]

    def _pay(self, buyer: Buyer) -> str:
        address = checkout.begin(buyer, find_course(FOR_SALE))
        session = urlsplit(address).path.rpartition("/")[2]
        self._ask(f"/_control/sessions/{session}/pay", {})
        return session

    def _ask(self, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {STRIPE_KEY}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Question(self.api_base + path, data, headers), timeout=30) as answer:  # noqa: S310 - our own
            return json.load(answer)


@contextmanager
def sandbox(log: Path, core: int) -> Iterator[str]:
    """A sandbox that delivers nothing by itself, on one core, until the block ends; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--manual", "--port", str(port), "--secret", WEBHOOK_SECRET]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    os.sched_setaffinity(process.pid, {core})
    try:
        _wait(process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while b"no money moves" not in log.read_bytes():  # It says so once it is bound to its port.
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the sandbox did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _make_buyers(number: int) -> list[Buyer]:
    with transaction():
        users = [_make_buyer(f"buyer{next(_numbers)}@bench.example") for _ in range(number)]
        return [Buyer(user.id, user.email) for user in users]


def _make_buyer(address: str) -> User:
    return add_user(address, "A buyer", None, confirmed=True)


def _delivery(event: object) -> client.Request:
    body = json.dumps(event, indent=2)
    return client.deliver(
        "/webhooks/stripe", body, signature(body.encode(), [WEBHOOK_SECRET], int(time.time())), TAKEN
    )
