"""The money of plans: each paid bill in the ledger, given back one by one, disputed like any other."""

from typing import Any

import pytest
from sqlalchemy import select

from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from payments.values import Payment, Refund, RefundState
from shop import reconcile
from shop.ledger import reports
from shop.ledger.models import LedgerEntry
from shop.plans import following
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.refunds.services import Wish
from shop.rules import OrderState, told_by_bills
from tests import factories
from tests.shop.plans.conftest import PlanShop

S = OrderState


def entries() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
    return [(row.kind.value, row.amount_minor) for row in rows]


def payments(plans: PlanShop) -> list[str]:
    """The payments of its bills, the oldest first."""
    return [each.payment_id for each in following.fetch(str(plans.order.subscription_id)).paid]


def give_back(plans: PlanShop, payment_id: str, minor: int, **how: Any) -> RefundRow:
    admin = factories.make_user("", "Ola", "admin").id
    return sending.give_back(
        plans.order.number, Wish(Money(minor, "USD"), payment_id=payment_id, **how), admin
    )


@pytest.mark.parametrize(
    ("current", "refunded", "told"),
    [
        (S.PENDING, 0, S.PENDING),
        (S.PAID, 0, S.PAID),
        (S.DUPLICATE, 0, S.DUPLICATE),
        (S.PAID, 1900, S.PARTLY_REFUNDED),
        (S.PAID, 3800, S.REFUNDED),
        (S.REFUNDED, 0, S.PAID),  # it failed after all
        (S.REFUNDED, 1900, S.PARTLY_REFUNDED),
    ],
)
def test_all_bills_together_say_what_became_of_the_order(
    current: OrderState, refunded: int, told: OrderState
) -> None:
    back = Refund("re_1", RefundState.SUCCEEDED, refunded, "USD")

    assert told_by_bills(current, Payment("pi_1", False, 3800, refunds=(back,))) is told


def test_each_paid_bill_and_its_refund_is_an_entry_and_stripe_says_the_same(plans: PlanShop) -> None:
    plans.bought()
    plans.pass_days(32)
    plans.sandbox.refund(payments(plans)[1], 500)
    plans.sandbox.deliver()
    following.look(str(plans.order.subscription_id), "again")

    report = reports.make(now().date(), "command")

    assert entries() == [("payment", 1900), ("payment", 1900), ("refund", -500)]
    assert report.differences == []
    assert report.compared == 2  # The first payment was a month ago.
    assert [(each.paid_minor, each.refunded_minor) for each in plans.order.lines] == [(3800, 500)]


def test_one_payment_goes_back_and_access_stays(plans: PlanShop) -> None:
    plans.bought()
    plans.pass_days(32)
    first, second = payments(plans)

    row = give_back(plans, second, 1900)

    assert (row.state, row.payment_id) == (RefundState.SUCCEEDED, second)
    assert (plans.order.state, plans.order.refunded_minor) == (S.PARTLY_REFUNDED, 1900)
    assert plans.standing == ("active", "active", "plan")
    assert "partly_refunded" in plans.shop.mails(plans.buyer)
    for payment, minor, refusal in (
        (second, 1, Conflict),
        (first, 1901, InvalidInput),
        ("pi_no", 1, Conflict),
    ):
        with pytest.raises(refusal):
            give_back(plans, payment, minor)


def test_a_part_that_ends_access_ends_the_plan_and_its_subscription(plans: PlanShop) -> None:
    subscription = plans.bought()

    give_back(plans, payments(plans)[0], 900, ends_access=True)

    assert plans.standing == ("ended", "revoked", "plan")
    assert following.fetch(subscription).is_over


def test_a_refund_that_fails_leaves_the_ended_plan_ended(plans: PlanShop) -> None:
    plans.bought()
    row = give_back(plans, payments(plans)[0], 1900)
    state = plans.order.state

    plans.sandbox.refund_falls(str(row.stripe_id))
    plans.sandbox.deliver()

    assert (state, plans.order.state) == (S.REFUNDED, S.PAID)
    assert plans.standing == ("ended", "revoked", "plan")
    assert entries() == [("payment", 1900), ("refund", -1900), ("refund_failed", 1900)]


@pytest.mark.parametrize(
    ("verdict", "state", "standing"),
    [("won", S.PAID, ("active", "active", "plan")), ("lost", S.CHARGED_BACK, ("ended", "revoked", "plan"))],
)
def test_a_dispute_of_a_bill_is_followed_like_any_other(
    plans: PlanShop, verdict: str, state: OrderState, standing: tuple[str, str, str]
) -> None:
    subscription = plans.bought()
    plans.pass_days(32)
    first, second = payments(plans)
    dispute = plans.sandbox.dispute(second)
    plans.sandbox.deliver()
    during = plans.standing
    with pytest.raises(Conflict):
        give_back(plans, first, 1900)

    plans.sandbox.decide(dispute["id"], verdict)
    plans.sandbox.deliver()

    assert during == ("active", "paused", "plan")
    assert (plans.order.state, plans.standing) == (state, standing)
    assert following.fetch(subscription).is_over is (verdict == "lost")
    assert [kind for kind, _ in entries()][:4] == ["payment", "payment", "dispute", "dispute_fee"]


def test_a_dispute_that_is_won_lifts_no_pause_for_a_missing_payment(plans: PlanShop) -> None:
    subscription = plans.bought()
    dispute = plans.sandbox.dispute(payments(plans)[0])
    plans.sandbox.card(subscription, None)
    plans.pass_days(32)
    plans.pass_days(8)
    both = plans.standing, plans.access.pause_reason

    plans.sandbox.decide(dispute["id"], "won")
    plans.sandbox.deliver()

    assert both == (("paused", "paused", "plan"), "dispute")
    assert (plans.standing, plans.access.pause_reason) == (("paused", "paused", "plan"), "payment")
    plans.sandbox.card(subscription, 0)
    plans.pass_days(24)
    assert plans.standing == ("active", "active", "plan")


def test_a_dispute_and_an_entry_that_nobody_told_of_are_found(plans: PlanShop) -> None:
    session = plans.begin(plans.make())
    plans.sandbox.pay(session)
    plans.sandbox.deliver()
    plans.sandbox.faults(kind="drop", type="")
    plans.sandbox.dispute(payments(plans)[0])

    reconcile.reconcile("command")

    assert plans.standing == ("active", "paused", "plan")


def test_the_admin_gives_one_payment_back_from_the_orders_page(plans: PlanShop) -> None:
    plans.bought()
    plans.pass_days(32)
    number, (_, second) = plans.order.number, payments(plans)
    client = plans.shop.browser(factories.make_user("", "Ida", "admin"))
    path = f"/admin/orders/{number}/refund?payment={second}"
    wish = {"how": "all", "reason": "requested_by_customer"}

    assert path in client.get(f"/admin/orders/{number}").text
    preview = factories.post(client, path, wish).text
    made = factories.post(client, path, {**wish, "confirmed": "1"})

    assert "The buyer keeps access and certificate." in preview
    assert (made.status_code, plans.order.refunded_minor) == (303, 1900)
