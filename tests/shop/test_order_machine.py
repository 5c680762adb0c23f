"""Orders against a model: presses of members and guests, gifts, payments, refunds, lost, doubled and reordered events,
crashes, in any order. What must hold stands in `order_model.py`.

`ORDER_MACHINE_SECONDS=300 pytest tests/shop/test_order_machine.py` goes on for so long on each database.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from core import clock
from core.database import db, transaction
from core.errors import DomainError
from core.money import Money
from courses.models import Course
from enrollment.services import find_enrollment
from enrollment.services import revoke as revoke_by_hand
from payments import gateway
from payments.values import StripeRefused
from sandbox.errors import StripeError
from shop import checkout, reconcile, turns
from shop.disputes.services import is_disputed
from shop.gifts.services import Wrapping, claim, code, of_gift
from shop.models import OrderKind
from shop.offers import of_course
from shop.orders import Buyer
from shop.refunds import sending
from shop.refunds.rules import REFUNDABLE
from shop.refunds.services import Wish, left_of
from shop.rules import OrderState
from tests import factories
from tests.shop.order_model import Hand, Json, Model
from tests.shop.shop import Shop
from tests.shop.walking import CRASHES, Killed, World, once

LONG = float(os.environ.get("ORDER_MACHINE_SECONDS", "0"))
BRIEF = settings(
    max_examples=12,
    phases=[Phase.generate],  # Making a failure shorter takes minutes: that is for who mends it.
    stateful_step_count=20,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONGER = settings(BRIEF, max_examples=50, derandomize=False, stateful_step_count=50)


ACTS = ("pay", "pay", "pay", "decline", "debit", "settle", "fail", "expire")


class Orders(Model):
    """One course, whoever buys it, and everything that can happen between them."""

    @initialize(then=st.lists(st.sampled_from(ACTS), max_size=2), tabs=st.booleans())
    def begin(self, then: list[str], tabs: bool) -> None:
        self.world.clean()
        self.world.sequences += 1
        self.sandbox, self.shop = self.world.sandbox, self.world.shop
        self.buyer, self.recipient = self.shop.buyer(), self.shop.buyer()
        self.guest = f"guest{self.world.sequences}@example.org"
        self.shop.set_price(4900)
        self.hand, self.ended_part, self.gift_came_back = Hand(), False, False
        if tabs:
            self.two_tabs(5900, then)
        else:
            self.press_enroll(then)

    def step(self, name: str) -> None:
        self.world.steps += 1
        self.world.walked[name] += 1

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

    @rule(
        has_account=st.booleans(),
        browser=st.sampled_from(["one", "two"]),
        then=st.lists(st.sampled_from(ACTS), max_size=2),
    )
    def press_as_a_guest(self, has_account: bool, browser: str, then: list[str]) -> None:
        """By the member's own address, or by one that nobody has yet."""
        self.step("press as a guest")
        guest = Buyer(None, self.buyer.email if has_account else self.guest, browser)
        with self.surviving():
            checkout.begin(guest, partial(of_course, self.sold()))
        for act in then:
            self.act(act, 0)

    @rule(key=st.sampled_from(["A" * 16, "B" * 16]), then=st.lists(st.sampled_from(ACTS), max_size=2))
    def press_give(self, key: str, then: list[str]) -> None:
        self.step("press give")
        course, today = self.sold(), clock.now()
        wrapping = Wrapping("Rio", self.recipient.email, today.date(), today, "Ada", "For you")
        with self.surviving():
            offered = partial(of_gift, course, course.price, key, wrapping)
            checkout.begin(Buyer(self.buyer.id, self.buyer.email), offered)
        for act in then:
            self.act(act, 0)

    @rule(key=st.sampled_from(["A" * 16, "B" * 16]), undone=st.sampled_from(["", "refund", "dispute"]))
    def a_gift_is_claimed(self, key: str, undone: str) -> None:
        """The way that most gifts go; then its money goes, too, or a bank holds it."""
        self.press_give(key, ["pay"])
        self.sandbox.deliver()
        self.claim_a_gift(len(self.gifts()) - 1, by_giver=False)
        if undone and self.sessions():
            with suppress(StripeError):
                getattr(self.sandbox, undone)(self.pick(0))
            self.sandbox.deliver()

    @rule(which=st.integers(0, 1), by_giver=st.booleans())
    def claim_a_gift(self, which: int, by_giver: bool) -> None:
        """By whom it is for, or by whoever has the code."""
        self.step("claim")
        typed = [code(each) for each in self.gifts()]
        db.session.rollback()
        if typed:
            with self.surviving(), transaction():
                claim(typed[which % len(typed)], (self.buyer if by_giver else self.recipient).id)

    def sold(self) -> Course:
        db.session.rollback()
        return db.session.get_one(Course, self.shop.course.id)

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
            refund = standing[which % len(standing)]
            self.gift_came_back |= act == "refund_falls" and self.is_of_gift(refund["payment_intent"])
            getattr(self.sandbox, act)(refund["id"])

    def is_of_gift(self, payment_id: str) -> bool:
        sessions = {each["payment_intent"]: each["metadata"]["order"] for each in self.sessions()}
        return any(
            each.kind is OrderKind.GIFT for each in self.orders() if each.number == sessions.get(payment_id)
        )

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
        paid = [each for each in self.orders() if each.state in REFUNDABLE]
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
            self.hand.granted, self.hand.put_out = True, False
            factories.enroll(self.buyer, self.shop.course, "admin")
        elif is_in:
            self.hand.granted, self.hand.put_out, self.hand.was_put_out = False, True, True
            with transaction():
                found = find_enrollment(self.buyer.id, self.shop.course.id)
                assert found is not None
                revoke_by_hand(found.id, self.world.admin.id)

    @rule()
    def accept_by_hand(self) -> None:
        self.step("accept")
        review = [each for each in self.orders() if each.state is OrderState.REVIEW]
        # One whose payment is disputed is not accepted before the bank has decided.
        waiting = [(each.number, each.user_id) for each in review if not is_disputed(each.id)]
        for number, user_id in waiting[:1]:
            if user_id == self.buyer.id:
                self.hand.put_out, self.hand.accepted = False, True
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
        found = [each.session_id for each in self.orders() if each.session_id]
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
