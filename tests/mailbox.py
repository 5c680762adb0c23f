"""A real mail server for the tests, and a real worker that delivers to it."""

import email
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default as default_policy
from queue import Queue

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.config import Config
from tests import servers

WAIT = 30  # seconds; only a failing test waits as long


class Mailbox:
    """An SMTP handler that keeps what it receives and answers as told."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.refuse_recipient: str | None = None
        self.received: Queue[EmailMessage] = Queue()
        self.in_data, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.put(email.message_from_bytes(envelope.content, policy=default_policy))
        self.in_data.set()
        await server.loop.run_in_executor(None, self.go_on.wait, WAIT)
        return self.answer


@contextmanager
def serving(mailbox: Mailbox) -> Iterator[str]:
    """Serve the mailbox by SMTP on a free port of this machine; gives its SMTP_URL."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=servers.free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    mailbox.go_on.set()
    controller.stop()


def start_worker(config: Config) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    environ = {
        "STRATUM_ENV": "demo",
        "SECRET_KEY": config.secret_key,
        "DATABASE_URL": config.database_url,
        "INSTANCE": str(config.instance),
        "SMTP_URL": config.smtp_url or "",
        "REDIS_URL": config.redis_url or "",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "stratum", "worker"]
    return subprocess.Popen(
        command,
        cwd=servers.ROOT,
        env={**os.environ, **environ},
        stderr=subprocess.DEVNULL,
    )
