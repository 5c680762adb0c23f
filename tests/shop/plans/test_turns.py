"""Plans on the sandbox's clock: renewed, failing, recovered, paid in full, cancelled; news late, twice, in disorder."""

import pytest

from core.database import transaction
from enrollment.rules import GrantKind
from enrollment.services import enroll, revoke
from payments import subscriptions
from shop import checkout
from shop.models import Order
from shop.plans import following
from shop.rules import OrderState
from tests import factories
from tests.shop.plans.conftest import PlanShop


def test_the_first_payment_opens_the_course(plans: PlanShop) -> None:
    plans.bought()

    assert plans.standing == ("active", "active", "plan")
    assert (plans.paid, plans.order.state, plans.order.paid_minor) == (1, OrderState.PAID, 1900)
    assert plans.mails == ["plan_begun"]
    assert plans.term.renews_at is not None


def test_the_last_instalment_makes_it_lasting_and_ends_the_subscription(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=2)
    plans.pass_days(32)
    plans.pass_days(90)

    assert plans.standing == ("settled", "active", "order")
    assert (plans.paid, plans.order.paid_minor, plans.term.look_at) == (2, 3800, None)
    assert plans.mails == ["plan_begun", "plan_settled"]
    assert following.fetch(subscription).is_over


def test_a_missing_payment_pauses_after_its_grace_and_opens_again_when_it_comes(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=3)
    plans.sandbox.card(subscription, None)
    plans.pass_days(32)
    in_grace = plans.standing
    plans.pass_days(8)
    after = plans.standing
    plans.sandbox.card(subscription, 0)
    plans.pass_days(24)  # The next invoice goes through.

    assert in_grace == ("grace", "active", "plan")
    assert after == ("paused", "paused", "plan")
    assert plans.standing == ("active", "active", "plan")
    assert plans.mails == ["plan_begun", "plan_payment_missing", "plan_paused", "plan_recovered"]


def test_instalments_that_are_cancelled_end_access_and_keep_the_record(plans: PlanShop) -> None:
    subscription = plans.bought()
    subscriptions.end(subscription, "by-hand")
    plans.sandbox.deliver()

    assert plans.standing == ("ended", "revoked", "plan")
    assert (plans.access.end_reason, plans.order.state) == ("cancelled", OrderState.PAID)
    assert plans.mails[-1] == "plan_ended"


def test_a_cancelled_membership_lasts_until_its_period_is_over(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=None)
    subscriptions.end_with_period(subscription, True, "", "end")
    plans.sandbox.deliver()
    ends = plans.access.ends_at, plans.term.ends_at
    standing = plans.standing
    plans.pass_days(32)

    assert standing == ("active", "active", "plan")
    assert ends[0] == ends[1] is not None
    assert plans.standing == ("ended", "revoked", "plan")
    assert plans.mails[-1] == "plan_ended"


def test_a_membership_that_goes_on_after_all_has_no_end(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=None)
    subscriptions.end_with_period(subscription, True, "", "end")
    plans.sandbox.deliver()
    subscriptions.end_with_period(subscription, False, "", "go-on")
    plans.sandbox.deliver()
    plans.pass_days(32)

    assert plans.access.ends_at is None
    assert (plans.standing, plans.paid) == (("active", "active", "plan"), 2)


def test_news_that_is_lost_is_found_by_the_hourly_look(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=3)
    plans.sandbox.card(subscription, None)
    plans.sandbox.faults(kind="drop", type="")
    plans.pass_days(32)
    plans.pass_days(8)

    assert plans.standing == ("paused", "paused", "plan")


def test_every_event_again_changes_nothing(plans: PlanShop) -> None:
    plans.bought(instalments=2)
    plans.pass_days(32)
    before = (plans.standing, plans.paid, plans.mails, plans.order.paid_minor)
    for event in plans.sandbox.events():
        plans.sandbox.deliver(event=event["id"])

    assert (plans.standing, plans.paid, plans.mails, plans.order.paid_minor) == before


def test_an_invoice_that_is_told_of_before_its_checkout_counts_once(plans: PlanShop) -> None:
    session = plans.begin(plans.make())
    plans.sandbox.pay(session)
    plans.sandbox.faults(kind="drop", type="checkout.session")
    plans.sandbox.deliver()
    checkout.fulfill(session, "return")

    assert (plans.standing, plans.paid) == (("active", "active", "plan"), 1)
    assert plans.shop.mails(plans.buyer).count("receipt") == 1


def test_a_crash_after_the_order_is_repaired_by_the_hourly_look(
    plans: PlanShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = plans.begin(plans.make())
    plans.sandbox.pay(session)
    with monkeypatch.context() as broken:
        broken.setattr(checkout, "_follow_plan", lambda *_: None)
        checkout.fulfill(session, "return")
    before = plans.paid
    following.look_at_overdue()

    assert (before, plans.paid) == (0, 1)


def test_a_refunded_bill_is_a_part_and_all_of_them_end_access_and_the_subscription(plans: PlanShop) -> None:
    subscription = plans.bought(instalments=3)
    plans.pass_days(32)
    first, second = (each.payment_id for each in following.fetch(subscription).paid)
    plans.sandbox.refund(first)
    plans.sandbox.deliver()
    part = (plans.order.state, plans.standing)
    plans.sandbox.refund(second)
    plans.sandbox.deliver()

    assert part == (OrderState.PARTLY_REFUNDED, ("active", "active", "plan"))
    assert plans.order.state is OrderState.REFUNDED
    assert plans.standing == ("ended", "revoked", "plan")
    assert following.fetch(subscription).is_over


def test_a_plan_that_was_paid_by_somebody_who_is_in_goes_back_and_ends(plans: PlanShop) -> None:
    session = plans.begin(plans.make())
    buyer, course = plans.buyer.id, plans.shop.course.id
    with transaction():
        enroll(buyer, course, GrantKind.ADMIN)
    plans.sandbox.pay(session)
    plans.sandbox.deliver()
    plans.sandbox.deliver()

    assert plans.order.state is OrderState.REFUNDED
    assert following.fetch(str(plans.order.subscription_id)).is_over
    assert plans.shop.is_in(plans.buyer)


def test_a_renewal_does_not_open_what_the_school_closed(plans: PlanShop) -> None:
    plans.bought()
    admin, given = factories.make_user("", "Ola", "admin").id, plans.access.id
    with transaction():
        revoke(given, admin)
    plans.pass_days(32)

    assert plans.paid == 2
    assert not plans.shop.is_in(plans.buyer)


def test_the_plan_of_an_erased_buyer_is_ended_at_stripe(plans: PlanShop) -> None:
    subscription = plans.bought()
    order_id = plans.order.id
    with transaction() as session:
        session.get_one(Order, order_id).user_id = None
    following.look(subscription, "test")

    assert following.fetch(subscription).is_over
