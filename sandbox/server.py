"""The sandbox as a web application, and as a server of threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask, render_template
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import api, billing_pages, board, control, deliveries, guard, history, money, pages
from sandbox.account import Account, Send, Settings
from sandbox.errors import StripeError
from sandbox.state import Store

HOST = "127.0.0.1"
PATIENCE = 5  # seconds that a delivery under way is given at the end
POLL = 0.02  # seconds in which a server notices that it is to stop


class Handler(WSGIRequestHandler):
    """One line a request: method, path and status; never the query, which may hold an address."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        path = getattr(self, "path", "-").partition("?")[0]
        self.log("info", "%s %s %s", getattr(self, "command", "-"), path, int(code) if code != "-" else code)


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests want no lines."""


def create_app(account: Account) -> Flask:
    app = Flask(__name__, static_url_path="/_static")
    app.jinja_env.filters |= {"money": money.written, "time": _time}
    app.register_error_handler(StripeError, _refused)
    guard.install(app, account)
    for part in (api, history, pages, billing_pages, board):
        app.register_blueprint(part.blueprint(account))
    if account.settings.control:
        app.register_blueprint(control.blueprint(account))
    return app


def _time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y %H:%M:%S")


def _refused(refusal: StripeError) -> tuple[str, int]:
    return render_template("refusal.html", refusal=refusal), refusal.status


def open_account(settings: Settings, state: Path | None = None, send: Send | None = None) -> Account:
    """An account with its state in a file, or in memory."""
    return Account(settings, Store(state), send or deliveries.post)


def bind(account: Account, port: int, handler: type[WSGIRequestHandler] = Handler) -> BaseWSGIServer:
    """A server that is bound to the port but does not serve yet; port 0 takes a free one."""
    return make_server(HOST, port, create_app(account), threaded=True, request_handler=handler)


@contextmanager
def delivering(account: Account) -> Iterator[None]:
    """Events are delivered in the background, unless the account is manual."""
    if account.settings.manual:
        yield
        return
    thread = Thread(target=deliveries.run, args=(account,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        account.stop()
        thread.join(PATIENCE)


@contextmanager
def running(
    settings: Settings | None = None, state: Path | None = None, send: Send | None = None
) -> Iterator[Account]:
    """A sandbox in threads of this process, on a free port; its address is `account.settings.base_url`."""
    account = open_account(settings or Settings("", manual=True), state, send)
    server = bind(account, 0, QuietHandler)
    account.settings = replace(account.settings, base_url=f"http://{HOST}:{server.port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
    thread.start()
    try:
        with delivering(account):
            yield account
    finally:
        account.stop()
        server.shutdown()
        thread.join()
        server.server_close()
        account.store.close()
