"""The sandbox as a process of its own: it starts, delivers, logs, ends on TERM and keeps its state."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import requests
import stripe

from tests import servers
from tests.sandbox.conftest import order
from tests.stripe import KEY, SECRET


class Process:
    """`python -m sandbox` with some arguments, up and answering."""

    def __init__(self, *arguments: str) -> None:
        self.port = servers.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--secret", SECRET, *arguments]
        self.running = subprocess.Popen(
            command, cwd=servers.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.running.stdout is not None
        self.greeting = self.running.stdout.readline()
        addresses: stripe.BaseAddresses = {"api": self.url}
        self.client = stripe.StripeClient(KEY, base_addresses=addresses, max_network_retries=0)

    def stop(self) -> tuple[int, str]:
        """End it by TERM; its status and what it logged."""
        self.running.terminate()
        _, logged = self.running.communicate(timeout=20)
        return self.running.returncode, logged


@contextmanager
def school() -> Iterator[tuple[str, "Queue[str]"]]:
    """A webhook, and the types of the events it took."""
    taken: Queue[str] = Queue()

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            taken.put(json.loads(body)["type"])

        def log_message(self, format: str, *args: object) -> None:
            """Tests want no lines."""

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks/stripe", taken
    finally:
        server.shutdown()
        server.server_close()


def test_it_delivers_by_itself_and_ends_on_term() -> None:
    with school() as (address, taken):
        process = Process("--webhook", address)
        session = process.client.v1.checkout.sessions.create(order())
        requests.post(f"{process.url}/_control/sessions/{session.id}/pay", json={}, timeout=10)

        arrived = [taken.get(timeout=20) for _ in range(3)]
        status, logged = process.stop()

    assert arrived == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
    assert status == 0
    assert "no money moves" in process.greeting
    assert re.search(r'"?POST /v1/checkout/sessions 200', logged)


def test_a_restart_keeps_sessions_events_keys_and_what_waits(tmp_path: Path) -> None:
    state = str(tmp_path / "stripe.db")
    first = Process("--state", state, "--manual", "--webhook", "http://127.0.0.1:9/")
    session = first.client.v1.checkout.sessions.create(order(), {"idempotency_key": "one"})
    requests.post(f"{first.url}/_control/sessions/{session.id}/pay", json={}, timeout=10)
    requests.post(f"{first.url}/_control/deliveries", json={}, timeout=10)
    first.stop()

    second = Process("--state", state, "--manual")
    seen = second.client.v1.checkout.sessions.retrieve(session.id)
    again = second.client.v1.checkout.sessions.create(order(), {"idempotency_key": "one"})
    deliveries = requests.get(f"{second.url}/_control/deliveries", timeout=10).json()["deliveries"]
    second.stop()

    assert (seen.status, again.id) == ("complete", session.id)
    assert [(each["state"], each["attempts"]) for each in deliveries] == [("waiting", 1)] * 3


def test_it_logs_no_addresses_of_people() -> None:
    process = Process("--manual")
    process.client.v1.checkout.sessions.list({"customer_details": {"email": "private@example.org"}})

    _, logged = process.stop()

    assert "GET /v1/checkout/sessions 200" in logged
    assert "private" not in logged
