"""`python -m sandbox --port 4242 --state FILE --webhook URL --secret whsec_…`: serve until TERM."""

import argparse
import signal
from pathlib import Path
from threading import Thread

from sandbox.account import Settings
from sandbox.server import HOST, POLL, bind, delivering, open_account


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A small Stripe. No money moves.")
    parser.add_argument("--port", type=int, default=4242)
    parser.add_argument("--url", help="address that browsers see; http://127.0.0.1:PORT without it")
    parser.add_argument("--state", type=Path, help="SQLite file; without it the state lives in memory")
    parser.add_argument("--webhook", action="append", default=[], help="endpoint for events; may be repeated")
    parser.add_argument("--secret", action="append", default=[], help="signing secret; may be repeated")
    parser.add_argument("--manual", action="store_true", help="deliver events only when told to")
    parser.add_argument("--no-control", action="store_true", help="close the control API of tests")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    url = (given.url or f"http://{HOST}:{given.port}").rstrip("/")
    webhooks, secrets = tuple(given.webhook), tuple(given.secret)
    account = open_account(Settings(url, webhooks, secrets, given.manual, not given.no_control), given.state)
    server = bind(account, given.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: Thread(target=server.shutdown).start())
    print(f"Stripe sandbox on {url}: no money moves.", flush=True)
    with delivering(account):
        server.serve_forever(poll_interval=POLL)
        account.stop()
    server.server_close()
    account.store.close()


if __name__ == "__main__":
    main()
