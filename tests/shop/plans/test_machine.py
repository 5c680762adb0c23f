"""A walk over a plan: time passes, cards fail and recover, news goes astray, Stripe fails, it is cancelled, and its end
is wished for and undone.

Whatever happened, once all is told the plan is what Stripe says, and access is what the plan says.
"""

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from core.database import db
from core.errors import DomainError
from payments import subscriptions
from payments.billing import Subscription
from shop.plans import following
from shop.plans.models import PlanPayment, PlanWish
from shop.plans.rules import Wish, WishState
from tests import factories
from tests.shop.plans.conftest import PlanShop

BRIEF = settings(
    max_examples=3, stateful_step_count=8, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
OPEN = {"active", "grace", "settled"}
INSTALMENTS = 3


class Walk(RuleBasedStateMachine):
    plans: PlanShop

    @initialize(is_membership=st.booleans())
    def buys(self, is_membership: bool) -> None:
        self.plans.begin_anew()
        self.instalments = None if is_membership else INSTALMENTS
        self.subscription = self.plans.bought(self.instalments)
        self.is_cancelled = False
        self.admin = factories.make_user("", "Ida", "admin").id

    @rule(days=st.sampled_from([1, 3, 8, 31]))
    def time_passes(self, days: int) -> None:
        self.plans.drift(days)

    @rule(declines=st.sampled_from([None, 0, 1]))
    def the_card_changes(self, declines: int | None) -> None:
        self.plans.sandbox.card(self.subscription, declines)

    @rule()
    def news_arrives(self) -> None:
        self.plans.sandbox.deliver()

    @rule(which=st.integers(0, 30))
    def old_news_comes_again(self, which: int) -> None:
        told = self.plans.sandbox.events()
        self.plans.sandbox.deliver(event=told[which % len(told)]["id"])

    @rule(kind=st.sampled_from(["drop", "duplicate", "reorder"]))
    def news_goes_astray(self, kind: str) -> None:
        self.plans.sandbox.faults(kind=kind, type="", count=2)

    @rule(fault=st.sampled_from([{"kind": "fail", "status": 503}, {"kind": "lose", "how": "500"}]))
    def stripe_fails_once(self, fault: dict[str, Any]) -> None:
        self.plans.sandbox.faults(**fault, count=1)

    @rule()
    def the_hourly_look_is_taken(self) -> None:
        following.look_at_overdue()

    @rule(wish=st.sampled_from(Wish), by_school=st.booleans())
    def its_end_is_wished_for_or_undone(self, wish: Wish, by_school: bool) -> None:
        by, note = (self.admin, "The school says so.") if by_school else (self.plans.buyer.id, "")
        with suppress(DomainError):
            following.ask_for(wish, self.plans.order.number, by, note)

    @precondition(lambda self: not self.is_cancelled)
    @rule()
    def it_is_cancelled(self) -> None:
        self.plans.sandbox.clear_faults()
        subscriptions.end(self.subscription, "by-hand")
        self.is_cancelled = True

    def teardown(self) -> None:
        if not hasattr(self, "subscription"):
            return
        self.plans.sandbox.clear_faults()
        for _ in range(3):  # The look may find what is owed, and the next one what came of it.
            self.plans.pass_days(1.1)
            self.plans.sandbox.deliver(early=True)
        self.everything_agrees()

    def everything_agrees(self) -> None:
        at_stripe = following.fetch(self.subscription)
        state, access, kind = self.plans.standing
        rows = set(db.session.scalars(select(PlanPayment.invoice_id).filter_by(order_id=self.plans.order.id)))
        is_full = self.instalments is not None and len(at_stripe.paid) >= self.instalments
        assert rows == {each.id for each in at_stripe.paid}
        assert (state == "settled") == is_full
        assert kind == ("order" if is_full else "plan")
        assert (access == "active") == (state in OPEN)
        assert (access == "paused") == (state == "paused")
        assert at_stripe.is_over or not is_full
        assert self.plans.order.paid_minor == sum(each.total.minor for each in at_stripe.paid)
        if not is_full and at_stripe.is_over and self.instalments is not None:
            assert state == "ended"
        self.its_end_is_whose_word_stripe_says(at_stripe)
        if not at_stripe.is_over:
            assert (state in ("grace", "paused")) == at_stripe.is_failing

    def its_end_is_whose_word_stripe_says(self, at_stripe: Subscription) -> None:
        term = self.plans.term
        query = select(PlanWish).filter_by(id=int(at_stripe.end_mark or 0))
        wanted = db.session.scalar(query)
        is_ending = at_stripe.ends_at is not None
        note = wanted.note if wanted and wanted.wish is Wish.END and is_ending else ""
        assert term.end_note == note
        assert wanted is None or wanted.state is WishState.DONE
        if not at_stripe.is_over:
            assert term.ends_at == at_stripe.ends_at


def test_a_plan_stays_right_whatever_happens_in_whatever_order(plans: PlanShop) -> None:
    walk = type("APlan", (Walk,), {"plans": plans})
    run_state_machine_as_test(walk, settings=BRIEF)
