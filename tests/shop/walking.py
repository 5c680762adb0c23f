"""What walks over orders need: a world that can be emptied, places to crash at, and what holds for every order."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core import clock
from core.database import db, transaction
from core.jobs import Heartbeat
from core.outbox import OutboxMail
from enrollment.models import Enrollment, Grant
from payments import gateway
from payments import refunds as payments_refunds
from sandbox.deliveries import signature
from shop import checkout, orders, turns
from shop.disputes.models import DisputeRow
from shop.fulfilment import fulfilment_of
from shop.gifts.models import Gift
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import CAME, WENT_BACK
from shop.ledger.services import entries_of
from shop.models import Order, OrderChange, OrderLine, ReconcileRun, StripeEventRow
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.rules import TRANSITIONS, UNDONE, OrderState
from tests import factories
from tests.conftest import NOON
from tests.shop.shop import Shop
from tests.stripe import SECRET

ENTERED = {OrderState.PAID, OrderState.PARTLY_REFUNDED}
Ways = dict[int, list[tuple[Any, OrderState]]]  # the steps of each order, by its id


class Killed(BaseException):
    """The process ends here: nothing after it runs, no handler, no second commit."""


def shares_are_what_the_ledger_has(order: Order) -> None:
    """The lines of an order add up to what came and to what went back."""
    entries = entries_of(order)
    came = sum(each.amount_minor for each in entries if each.kind in CAME)
    back = -sum(each.amount_minor for each in entries if each.kind in WENT_BACK)
    lines = [(line.paid_minor, line.refunded_minor) for line in order.lines]
    assert tuple(map(sum, zip(*lines, strict=True))) == (came, back), "its lines say otherwise"


class World:
    """The shop and its sandbox, kept over all sequences, and how much has been walked."""

    def __init__(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop, self.sandbox = shop, shop.sandbox
        self.patch = monkeypatch
        self.admin = factories.make_user("", "Ida", "admin")
        self.sequences = self.steps = 0
        self.walked: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()

    def clean(self) -> None:
        """An empty shop and a Stripe that knows nothing."""
        self.sandbox.reset()
        self.set_clock(NOON)
        with transaction() as session:
            session.execute(delete(OutboxMail))
            empty_ledger(session)
            for table in (
                DisputeRow,
                RefundRow,
                StripeEventRow,
                OrderChange,
                Grant,
                Enrollment,
                Gift,
                OrderLine,
                Order,
                ReconcileRun,
                Heartbeat,
            ):
                session.execute(delete(table))

    def set_clock(self, moment: Any) -> None:
        clock.set_now(moment)
        self.sandbox.account.set_clock(int(moment.timestamp()))

    def send(self, _url: str, body: bytes, _headers: dict[str, str]) -> int:
        """A delivery, signed in the held time; where the school's process dies no answer comes."""
        headers = {"Stripe-Signature": signature(body, (SECRET,), int(clock.now().timestamp()))}
        try:
            answer = self.shop.app.test_client().post("/webhooks/stripe", data=body, headers=headers)
        except Killed:
            raise ConnectionResetError from None
        return answer.status_code


def empty_ledger(session: Session) -> None:
    """What no program of ours may do: take the guard away, and what it guards."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(delete(LedgerEntry))
        session.execute(text("SET LOCAL session_replication_role = origin"))
        return
    guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entries'"
    kept = session.execute(text(guards)).all()
    for name, _ in kept:
        session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(delete(LedgerEntry))
    for _, sql in kept:
        session.execute(text(sql))


def once(patch: pytest.MonkeyPatch, thing: Any, name: str, act: Callable[..., Any]) -> None:
    """Let `act(real, ...)` stand for the function for one call."""
    real = getattr(thing, name)

    def stand_in(*arguments: Any) -> Any:
        patch.setattr(thing, name, real)
        return act(real, *arguments)

    patch.setattr(thing, name, stand_in)


def die(_real: Any, *_: Any) -> None:
    raise Killed


def do_and_die(real: Any, *arguments: Any) -> None:
    real(*arguments)
    raise Killed


CRASHES: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "Stripe made the session, and it is not remembered": (orders, "remember_session", die),
    "a refusal is not counted": (orders, "count_refusal", die),
    "between fulfill's question and its commit": (turns, "apply", die),
    "the order has turned, and is not committed": (turns, "apply", do_and_die),
    "an event is noted, and not acted on": (checkout, "_act_on", die),
    "an event is acted on, and the answer is lost": (checkout, "_act_on", do_and_die),
    "a double payment is written down, and not given back": (checkout, "_give_back", die),
    "a refund is written down, and not asked for": (sending, "send", die),
    "a refund is made, and not written down": (payments_refunds, "create", do_and_die),
    "a checkout is closed, and not written down": (gateway, "expire_session", do_and_die),
}


def states_move_along_the_table(order: Order, ways: list[tuple[Any, OrderState]]) -> None:
    state = None
    for before, after in ways:
        assert before == state
        assert before is None or after in TRANSITIONS[before] | UNDONE.get(before, frozenset())
        state = after
    assert order.state == state


def mails_say_once_what_happened(held: list[Order], ways: Ways) -> None:
    written = Counter(db.session.scalars(select(OutboxMail.dedupe_key)))
    for order in held:
        reached = {after for _, after in ways[order.id]}
        expected = {
            fulfilment_of(order).receipt: any(
                after in ENTERED and before not in ENTERED for before, after in ways[order.id]
            ),
            "payment_processing": OrderState.PROCESSING in reached,
            "payment_failed": OrderState.FAILED in reached,
            "paid_twice": any(
                after is OrderState.DUPLICATE and before is not OrderState.REFUNDED
                for before, after in ways[order.id]
            ),
            "charged_back": OrderState.CHARGED_BACK in reached,
            **_about_refunds(ways[order.id]),
        }
        got = {kind: written.pop(f"order:{order.number}:{kind}", 0) for kind in expected}
        assert got == {kind: int(due) for kind, due in expected.items()}
        returned = [key for key in written if str(key).startswith(f"order:{order.number}:refund_returned:")]
        assert len(returned) >= _times_returned(ways[order.id])
    assert set(written.values()) <= {1}


def _about_refunds(ways: list[tuple[Any, OrderState]]) -> dict[str, bool]:
    """Each time that all of it went back is told by a mail of its own."""
    gone = [before for before, after in ways if after is OrderState.REFUNDED]
    return {f"refunded{_nth(n)}": before is not OrderState.DUPLICATE for n, before in enumerate(gone)}


def _times_returned(ways: list[tuple[Any, OrderState]]) -> int:
    """How often an order stood as paid again because a refund failed: of each such refund a mail tells."""
    return sum(
        before is OrderState.REFUNDED and after is not OrderState.CHARGED_BACK for before, after in ways
    )


def _nth(n: int) -> str:
    return f":{n}" if n else ""
