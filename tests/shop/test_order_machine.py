"""Orders against a model: presses, payments, refunds, lost, doubled and reordered events, crashes, in any order.

The truth at the end is what the sandbox's own objects say, read here as raw JSON and not through the product.
`ORDER_MACHINE_SECONDS=300 pytest tests/shop/test_order_machine.py` goes on for so long on each database.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select

from core import clock
from core.database import db, transaction
from core.errors import DomainError
from core.money import Money
from enrollment.services import find_enrollment, grants_of
from enrollment.services import revoke as revoke_by_hand
from payments import gateway
from payments.values import StripeRefused
from sandbox.errors import StripeError
from shop import checkout, reconcile, turns
from shop.disputes.models import DisputeRow
from shop.disputes.rules import HOLDING
from shop.disputes.services import is_disputed
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import EntryKind
from shop.models import Order, OrderChange
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.refunds.rules import REFUNDABLE
from shop.refunds.services import Wish, ended_access, left_of
from shop.rules import OPEN_STATES, OrderState
from tests import factories
from tests.shop.shop import Shop
from tests.shop.walking import (
    CRASHES,
    ENTERED,
    Killed,
    Ways,
    World,
    mails_say_once_what_happened,
    once,
    shares_are_what_the_ledger_has,
    states_move_along_the_table,
)

LONG = float(os.environ.get("ORDER_MACHINE_SECONDS", "0"))
BRIEF = settings(
    max_examples=20,
    phases=[Phase.generate],  # Making a failure shorter takes minutes: that is for who mends it.
    stateful_step_count=20,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONGER = settings(BRIEF, max_examples=50, derandomize=False, stateful_step_count=50)
FEES = (EntryKind.DISPUTE_FEE, EntryKind.DISPUTE_FEE_BACK)  # a part of Stripe's lines, an entry here
Json = dict[str, Any]


ACTS = ("pay", "pay", "pay", "decline", "debit", "settle", "fail", "expire")


class Orders(RuleBasedStateMachine):
    """One buyer, one course, and everything that can happen between them."""

    world: World

    @initialize(then=st.lists(st.sampled_from(ACTS), max_size=2), tabs=st.booleans())
    def begin(self, then: list[str], tabs: bool) -> None:
        self.world.clean()
        self.world.sequences += 1
        self.sandbox, self.shop = self.world.sandbox, self.world.shop
        self.buyer = self.shop.buyer()
        self.price = 4900
        self.shop.set_price(self.price)
        self.granted = False  # by hand, and that is what the access stands on
        self.put_out = False  # now, by hand
        self.was_put_out = False  # at any time: then money may end under review
        self.ended_part = False  # at any time: access was ended by hand though only a part went back
        self.accepted = False  # by an admin, at any time: what the school had ended may then be paid twice
        if tabs:
            self.two_tabs(5900, then)
        else:
            self.press_enroll(then)

    def step(self, name: str) -> None:
        self.world.steps += 1
        self.world.walked[name] += 1

    def sessions(self) -> list[Json]:
        """Stripe's checkout sessions, oldest first."""
        return self.sandbox.account.store.all("checkout.session")[::-1]

    @contextmanager
    def surviving(self) -> Iterator[None]:
        """The product may refuse or die; what it says then is tested elsewhere."""
        with suppress(DomainError, Killed):
            yield
        db.session.rollback()

    def press(self) -> None:
        with self.surviving():
            self.shop.begin(self.buyer)

    # ---- The buyer, the bank, the school

    @rule(then=st.lists(st.sampled_from(ACTS), max_size=2))
    def press_enroll(self, then: list[str]) -> None:
        self.step("press")
        self.press()
        for act in then:
            self.act(act, 0)

    @rule(price=st.sampled_from([4900, 5900]), then=st.lists(st.sampled_from(ACTS), max_size=2))
    def two_tabs(self, price: int, then: list[str]) -> None:
        """While Stripe makes the session of one tab, the price changes and another tab is quicker."""
        self.step("two tabs")

        def slowly(real: Any, purchase: Any) -> Any:
            made = real(purchase)
            self.shop.set_price(price)
            self.press()
            return made

        once(self.world.patch, gateway, "create_session", slowly)
        self.press()
        for which, act in enumerate(then):
            self.act(act, which)

    @rule(price=st.sampled_from([4900, 5900]))
    def change_price(self, price: int) -> None:
        self.step("price")
        self.shop.set_price(price)

    @rule(which=st.integers(0, 3))
    def pay(self, which: int) -> None:
        self.act("pay", which)

    @rule(which=st.integers(0, 3))
    def pay_and_be_heard(self, which: int) -> None:
        self.act("pay", which)
        self.sandbox.deliver()

    @rule(act=st.sampled_from(ACTS), which=st.integers(0, 3))
    def at_stripe(self, act: str, which: int) -> None:
        self.act(act, which)

    def act(self, name: str, which: int) -> None:
        """What a buyer, a bank or time does at Stripe, where Stripe lets them."""
        self.step(name)
        if not self.sessions():
            self.press()
        with suppress(StripeError):
            getattr(self.sandbox, name)(self.pick(which))

    @rule(
        amount=st.sampled_from([None, None, 1000]),
        status=st.sampled_from([None, "pending", "failed"]),
        which=st.integers(0, 3),
    )
    def refund_in_the_dashboard(self, amount: int | None, status: str | None, which: int) -> None:
        self.step("refund")
        paid = [each["id"] for each in self.sessions() if each["payment_status"] == "paid"]
        if paid:
            with suppress(StripeError):
                self.sandbox.refund(paid[which % len(paid)], amount, status)

    @rule(act=st.sampled_from(["refund_arrives", "refund_falls", "refund_falls"]), which=st.integers(0, 3))
    def a_refund_ends(self, act: str, which: int) -> None:
        """One on its way arrives; one on its way, or long gone through, fails."""
        self.step(act)
        ends = ("pending",) if act == "refund_arrives" else ("pending", "succeeded")
        standing = [each for each in self.sandbox.account.store.all("refund") if each["status"] in ends]
        if standing:
            getattr(self.sandbox, act)(standing[which % len(standing)]["id"])

    @rule(status=st.sampled_from(["needs_response", "warning_needs_response"]), which=st.integers(0, 3))
    def a_bank_disputes(self, status: str, which: int) -> None:
        self.step("dispute")
        paid = [each["id"] for each in self.sessions() if each["payment_status"] == "paid"]
        if paid:
            with suppress(StripeError):
                self.sandbox.dispute(paid[which % len(paid)], status=status)

    @rule(verdict=st.sampled_from(["won", "lost", "warning_closed", "escalate"]), which=st.integers(0, 3))
    def a_bank_decides(self, verdict: str, which: int) -> None:
        self.step(verdict)
        disputes = self.sandbox.account.store.all("dispute")
        if disputes:
            with suppress(StripeError):
                self.sandbox.decide(disputes[which % len(disputes)]["id"], verdict)

    @rule(part=st.sampled_from([None, None, 1000]), ends_access=st.booleans(), which=st.integers(0, 3))
    def refund_by_an_admin(self, part: int | None, ends_access: bool, which: int) -> None:
        self.step("refund by an admin")
        paid = [each for each in self.shop.orders(self.buyer) if each.state in REFUNDABLE]
        if paid:
            order = paid[which % len(paid)]
            amount = Money(part, "USD") if part else left_of(order)
            self.ended_part |= bool(part and ends_access)
            wish = Wish(amount, ends_access=bool(part and ends_access))
            with self.surviving():
                sending.give_back(order.number, wish, self.world.admin.id)

    @rule(comes=st.booleans())
    def by_hand(self, comes: bool) -> None:
        self.step("grant" if comes else "put out")
        is_in = self.shop.is_in(self.buyer)
        if comes:
            self.granted, self.put_out = True, False
            factories.enroll(self.buyer, self.shop.course, "admin")
        elif is_in:
            self.granted, self.put_out, self.was_put_out = False, True, True
            with transaction():
                found = find_enrollment(self.buyer.id, self.shop.course.id)
                assert found is not None
                revoke_by_hand(found.id, self.world.admin.id)

    @rule()
    def accept_by_hand(self) -> None:
        self.step("accept")
        review = [each for each in self.shop.orders(self.buyer) if each.state is OrderState.REVIEW]
        # One whose payment is disputed is not accepted before the bank has decided.
        waiting = [each.number for each in review if not is_disputed(each.id)]
        for number in waiting[:1]:
            self.put_out, self.accepted = False, True
            with transaction():
                turns.accept(number, self.world.admin.id)

    # ---- News, and how it fails to come

    @rule(early=st.booleans(), turned=st.booleans(), again=st.none() | st.integers(0, 30))
    def deliver(self, early: bool, turned: bool, again: int | None) -> None:
        """What is due, in or against its order; or one event by itself, perhaps once more."""
        self.step("deliver" if again is None else "deliver one")
        events = self.sandbox.events()
        if turned:
            self.sandbox.faults(kind="reorder", count=1)
        if again is None:
            self.sandbox.deliver(early)
        elif events:
            self.sandbox.deliver(event=events[again % len(events)]["id"])

    @rule(kind=st.sampled_from(["drop", "drop", "duplicate", "late"]), count=st.integers(1, 4))
    def spoil_news(self, kind: str, count: int) -> None:
        self.step(kind)
        self.sandbox.faults(kind=kind, count=count, seconds=600)

    @rule(
        fault=st.sampled_from(
            [
                {"kind": "lose", "how": "cut"},
                {"kind": "lose", "how": "500"},
                {"kind": "fail", "status": 500},
                {"kind": "fail", "status": 503},
                {"kind": "fail", "status": 429},
            ]
        ),
        method=st.sampled_from(["GET", "POST"]),
    )
    def spoil_an_answer(self, fault: Json, method: str) -> None:
        self.step("spoil an answer")
        self.sandbox.faults(**fault, method=method, count=1)

    @rule(where=st.sampled_from(sorted(CRASHES)))
    def crash_soon(self, where: str) -> None:
        self.step("crash")
        once(self.world.patch, *CRASHES[where])

    @rule()
    def press_with_a_strange_key(self) -> None:
        """For a moment the school's key is another account's: the order is closed, though its session is open."""
        self.step("strange key")

        def unknown(*_: Any) -> None:
            raise StripeRefused("No such session.", "resource_missing")

        once(self.world.patch, gateway, "fetch_session", unknown)
        self.press()

    @rule(which=st.integers(0, 3))
    def come_back(self, which: int) -> None:
        self.step("return")
        found = [each.session_id for each in self.shop.orders(self.buyer) if each.session_id]
        if found:
            with self.surviving():
                checkout.fulfill(found[which % len(found)], "return")

    @rule()
    def reconcile(self) -> None:
        self.step("reconcile")
        with self.surviving():
            reconcile.reconcile("job")

    @rule(hours=st.sampled_from([1, 24]))
    def time_passes(self, hours: int) -> None:
        self.step("time passes")
        self.world.set_clock(clock.now() + timedelta(hours=hours))

    def pick(self, which: int) -> str:
        """A session, 0 the newest; nothing where Stripe could not even make one."""
        found = self.sessions()[::-1]
        return str(found[which % len(found)]["id"]) if found else ""

    # ---- What holds after each step

    @invariant()
    def all_is_right(self) -> None:
        db.session.rollback()
        held = list(db.session.scalars(select(Order).order_by(Order.id)))
        ways: dict[int, list[tuple[Any, OrderState]]] = {each.id: [] for each in held}
        for change in db.session.scalars(select(OrderChange).order_by(OrderChange.id)):
            ways[change.order_id].append((change.before, change.after))
        assert sum(each.state in OPEN_STATES for each in held) <= 1
        entered = {each.id for each in held if each.state in ENTERED and not ended_access(each)}
        self.access_stands_on_a_fact(entered)
        for order in held:
            states_move_along_the_table(order, ways[order.id])
        mails_say_once_what_happened(held, ways)
        self.only_double_payments_go_back_by_themselves(held, ways)
        db.session.rollback()

    def access_stands_on_a_fact(self, entered: set[int]) -> None:
        """`entered`: the orders that give access. One that is paid gives none while the school says so."""
        found = find_enrollment(self.buyer.id, self.shop.course.id)
        is_in = found is not None and found.state == "active"
        grants = [each for each in grants_of(self.buyer.id, self.shop.course.id) if each.ended_at is None]
        by_orders = {each.order_id for each in grants if each.order_id is not None}
        paused = {each.order_id for each in grants if each.pause_reason}
        assert is_in == any(not each.pause_reason for each in grants), (
            "in by nothing, or a grant opens nothing"
        )
        assert paused == {each for each in by_orders if is_disputed(each)}, "paused, and not disputed, or not"
        assert by_orders <= entered, "in by an order that gives no access"
        assert self.granted == (len(grants) > len(by_orders)), "let in by hand, or not"
        is_excused = self.put_out or self.accepted or entered <= paused
        assert is_in or not entered or is_excused, "paid, and not in"
        assert not is_in or not self.put_out
        assert len(entered) <= 1 or self.was_put_out or self.ended_part, "paid twice, and kept twice"

    def only_double_payments_go_back_by_themselves(self, held: list[Order], ways: Ways) -> None:
        doubled = {
            each.payment_id for each in held if OrderState.DUPLICATE in [after for _, after in ways[each.id]]
        }
        by_nobody = set(db.session.scalars(select(RefundRow.id).filter_by(asked_by=None)))
        asked = [
            each["params"]
            for each in self.shop.refunds()
            if int(each["params"]["metadata"]["refund"]) in by_nobody
        ]
        assert {each["payment_intent"] for each in asked} <= doubled

    # ---- What is true at the end

    def teardown(self) -> None:
        if not hasattr(self, "buyer"):
            return
        try:
            self.quiet()
            self.everything_is_told()
            self.everybody_has_what_is_theirs()
        finally:
            self.quiet()

    def quiet(self) -> None:
        """No more faults and no more crashes."""
        self.sandbox.clear_faults()
        self.world.patch.undo()
        self.sandbox.account.send = self.world.send
        db.session.rollback()

    def everything_is_told(self) -> None:
        for _ in range(2):
            self.world.set_clock(clock.now() + timedelta(hours=1))
            self.sandbox.deliver(early=True)
            report = reconcile.reconcile("job")
        trouble = [each for each in report.trouble if "the refund has not gone through" not in each]
        assert (trouble, report.unknown_sessions, report.repaired) == ([], [], [])

    def everybody_has_what_is_theirs(self) -> None:
        kept = {each.session_id: each.state for each in self.shop.orders(self.buyer) if each.session_id}
        self.world.reached.update(kept.values())
        for session in self.sessions():
            if session["id"] in kept:
                assert kept[session["id"]] in self.meant(session), (kept[session["id"]], session)
            else:  # Made and never shown to anybody: nobody can have paid it.
                assert session["payment_status"] == "unpaid"
        self.the_books_say_the_same()
        self.all_is_right()

    def the_books_say_the_same(self) -> None:
        """The ledger is Stripe's balance, entry by entry, and each refund there a row here that stands so."""
        db.session.rollback()
        store = self.sandbox.account.store
        moved = select(LedgerEntry.source_id, LedgerEntry.amount_minor)
        ours = Counter(map(tuple, db.session.execute(moved.where(LedgerEntry.kind.not_in(FEES)))))
        assert ours == Counter((each["source"], each["amount"]) for each in store.all("balance_transaction"))
        query = select(RefundRow.stripe_id, RefundRow.state).where(RefundRow.stripe_id.is_not(None))
        rows = {stripe_id: str(state) for stripe_id, state in db.session.execute(query)}
        assert rows == {each["id"]: each["status"] for each in store.all("refund")}
        told = dict(map(tuple, db.session.execute(select(DisputeRow.stripe_id, DisputeRow.status))))
        assert told == {each["id"]: each["status"] for each in store.all("dispute")}
        for order in self.shop.orders(self.buyer):
            assert left_of(order).minor >= 0, "more went back than was paid"
            shares_are_what_the_ledger_has(order)

    def meant(self, session: Json) -> set[str]:
        """The states in which an order may end whose session stands so at Stripe."""
        store = self.sandbox.account.store
        if session["status"] == "open":
            return {"pending", "expired"}  # Expired here: a newer order stands in its place.
        if session["status"] == "expired":
            return {"expired"}
        intent = store.get("payment_intent", session["payment_intent"])
        assert intent is not None
        if session["payment_status"] == "unpaid":
            # A debit at a session whose order was closed: it is heard of again only when the money comes.
            return {"expired", "processing" if intent["status"] == "processing" else "failed"}
        refunds = [each for each in store.all("refund") if each["payment_intent"] == intent["id"]]
        returned = sum(each["amount"] for each in refunds if each["status"] == "succeeded")
        pending = any(each["status"] == "pending" for each in refunds)
        disputes = {d["status"] for d in store.all("dispute") if d["payment_intent"] == intent["id"]}
        gone = {"refunded"} if returned == intent["amount_received"] else set()
        if gone or "lost" in disputes:
            return gone | ({"charged_back"} if "lost" in disputes else set())
        review = {"review"} if self.was_put_out else set()
        # A double payment is refunded in full, unless its refund is on the way or has failed, or a bank holds it.
        waits = pending or any(each["status"] == "failed" for each in refunds) or disputes & set(HOLDING)
        doubled = {"duplicate"} if waits else set()
        return ({"partly_refunded"} if returned else {"paid"}) | review | doubled


@pytest.fixture
def world(shop: Shop) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        send = shop.sandbox.account.send
        world = World(shop, patch)
        yield world
        shop.sandbox.account.send = send
    clock.set_now(None)
    shop.sandbox.reset()


def walk(world: World, how: settings) -> None:
    machine = type("Walk", (Orders,), {"world": world})
    run_machine(machine, settings=how)


def test_orders_stay_right_whatever_happens_in_whatever_order(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    walk(world, BRIEF)
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        walk(world, LONGER)

    record_property("sequences", world.sequences)
    record_property("steps", world.steps)
    if LONG:
        print(f"\n{world.sequences} sequences, {world.steps} steps; {world.walked}; {world.reached}")
    assert len(world.walked) > 15
