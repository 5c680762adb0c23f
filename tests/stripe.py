"""The project's own Stripe for tests: buyers, banks and time act on order, webhooks arrive when told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sandbox import control, deliveries, events, server, taxes
from sandbox.account import Account, Settings
from sandbox.deliveries import Delivered
from sandbox.faults import Fault

KEY = "sk_test_sandbox"
SECRET = "whsec_sandbox"
NOWHERE = "http://endpoint.invalid/"  # where deliveries go that a callable takes

Deliver = Callable[[bytes, dict[str, str]], int]


class Sandbox:
    """A running sandbox. `stripe.api_base = sandbox.api_base` leads the SDK to it."""

    key = KEY
    secret = SECRET

    def __init__(self, account: Account) -> None:
        self.account = account
        self.api_base = account.settings.base_url

    def pay(self, session: str, **buyer: Any) -> dict[str, Any]:
        """By card. `buyer` here and below: `email`, `name`, `business_name`, `country`, `tax_id`, `fields` by key."""
        return control.act(self.account, session, "pay", **buyer)

    def decline(self, session: str, **buyer: Any) -> dict[str, Any]:
        return control.act(self.account, session, "decline", **buyer)

    def debit(self, session: str, **buyer: Any) -> dict[str, Any]:
        return control.act(self.account, session, "debit", **buyer)

    def transfer(self, session: str, **buyer: Any) -> dict[str, Any]:
        """Promise a bank transfer, which `settle` lets arrive and `fail` lets never come."""
        return control.act(self.account, session, "transfer", **buyer)

    def settle(self, session: str) -> dict[str, Any]:
        return control.act(self.account, session, "settle")

    def fail(self, session: str) -> dict[str, Any]:
        return control.act(self.account, session, "fail")

    def expire(self, session: str) -> dict[str, Any]:
        return control.act(self.account, session, "expire")

    def refund(self, payment: str, amount: int | None = None, status: str | None = None) -> dict[str, Any]:
        """As in Stripe's dashboard, of a session, payment intent or charge.

        `amount` None is all that is left; `status` pending, succeeded or failed.
        """
        return control.refund(self.account, payment, amount, status)

    def refund_arrives(self, refund: str) -> dict[str, Any]:
        return control.act_on_refund(self.account, refund, "arrive")

    def refund_falls(self, refund: str) -> dict[str, Any]:
        return control.act_on_refund(self.account, refund, "fall")

    def card(self, customer: str, declines: int | None = None) -> None:
        """How many charges to come a card declines (None: all, until it is changed; 0: it is a good one).

        `customer` is the id of a customer or of a subscription.
        """
        control.set_card(self.account, customer, declines)

    def tax(self, percent: float | str) -> None:
        """What automatic tax takes from now on; 0 at the beginning."""
        taxes.set_rate(self.account, percent)

    def dispute(self, payment: str, **how: Any) -> dict[str, Any]:
        """A bank disputes a payment: `reason`, `status` (or `warning_needs_response`), `amount`, `due_by`."""
        return control.dispute(self.account, payment, **how)

    def decide(self, dispute: str, verdict: str) -> dict[str, Any]:
        """The bank decides: won, lost, warning_closed; or escalate, of an inquiry that becomes a dispute."""
        return control.decide_dispute(self.account, dispute, verdict)

    def faults(self, **fault: Any) -> None:
        """Order a fault: `kind`, and `count`, `method`, `path`, `type`, `seconds`, `before`, `how`, `status`."""
        self.account.faults.order(Fault.read(fault))

    def clear_faults(self) -> None:
        self.account.faults.clear()

    def deliver(self, early: bool = False, event: str | None = None) -> list[Delivered]:
        """Deliver, in this thread, what is due; `early` what waits for a later try too; or one event once more."""
        if event is not None:
            return deliveries.deliver_again(self.account, event)
        return deliveries.deliver_due(self.account, early)

    def events(self, type: str = "") -> list[dict[str, Any]]:
        """The events whose type begins so, the oldest first."""
        found = [each for each in self.account.store.all("event") if each["type"].startswith(type)]
        return [events.shown(self.account, each) for each in reversed(found)]

    def webhook(self, event: str) -> tuple[bytes, dict[str, str]]:
        """Body and signed headers of an event, to be sent by the test itself."""
        found = self.account.store.get("event", event)
        assert found is not None, f"no such event: {event}"
        return deliveries.webhook(self.account, found)

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What the API was asked, the oldest first: method, path, idempotency_key, params, status."""
        found = [asdict(each) for each in self.account.received]
        return [each for each in found if each["method"].startswith(method) and each["path"].startswith(path)]

    def clock(self, fixed: int | None = None, advance: int = 0) -> int:
        """Hold the clock at `fixed`, seconds since 1970, or move it on; what it says then.

        Subscriptions go on to it: what is due is drawn, tried again and ended, in its order.
        """
        if fixed is not None:
            self.account.set_clock(fixed)
        self.account.advance_clock(advance)
        control.let_time_pass(self.account)
        return self.account.now()

    def reset(self) -> None:
        self.account.reset()


@contextmanager
def sandbox_running(
    webhook_url: str | None = None,
    deliver: Deliver | None = None,
    secrets: tuple[str, ...] = (SECRET,),
    manual: bool = True,
) -> Iterator[Sandbox]:
    """A sandbox in this process that delivers to an address or to a callable: when told to, or by itself."""
    webhooks = (webhook_url or NOWHERE,) if webhook_url or deliver else ()

    def send(url: str, body: bytes, headers: dict[str, str]) -> int:
        return deliver(body, headers) if deliver else deliveries.post(url, body, headers)

    with server.running(Settings("", webhooks, secrets, manual), send=send) as account:
        yield Sandbox(account)
