"""A plan that the school ends: at once or with what is paid, with a reason, whatever Stripe answers."""

from typing import Any

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db
from core.errors import Conflict
from core.outbox import OutboxMail
from payments.values import StripeSilent
from shop.plans import following
from tests import factories
from tests.shop.plans.conftest import PlanShop

WHY = "The course is being rewritten."


@pytest.fixture
def admin(plans: PlanShop) -> Any:
    return factories.make_user("", "Ida", "admin")


def told(kind: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(OutboxMail).filter_by(kind=kind)).one().text


@pytest.mark.parametrize("instalments", [3, None])
def test_a_plan_ends_at_once_with_its_subscription(
    plans: PlanShop, admin: Any, instalments: int | None
) -> None:
    subscription = plans.bought(instalments)

    following.stop(plans.order.number, WHY, admin.id)
    plans.pass_days(32)

    assert plans.standing == ("ended", "revoked", "plan")
    assert following.fetch(subscription).is_over
    assert (plans.paid, plans.mails) == (1, ["plan_begun", "plan_ended"])
    assert WHY in told("plan_ended")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="plan.stop")).one()
    assert (entry.actor_id, entry.detail) == (admin.id, {"when": "at once", "reason": WHY})
    with pytest.raises(Conflict):
        following.stop(plans.order.number, WHY, admin.id)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_access_ends_though_stripe_is_silent_and_the_hourly_look_ends_the_subscription(
    plans: PlanShop, admin: Any, method: str
) -> None:
    subscription = plans.bought()
    plans.sandbox.faults(kind="fail", status=503, count=1, method=method)

    following.stop(plans.order.number, WHY, admin.id)
    before = plans.standing, following.fetch(subscription).is_over
    following.look_at_overdue()

    assert before == (("ended", "revoked", "plan"), False)
    assert following.fetch(subscription).is_over


@pytest.mark.parametrize("instalments", [3, None])
def test_a_plan_ends_with_what_is_paid_and_is_the_buyers_no_more_to_take_up(
    plans: PlanShop, admin: Any, instalments: int | None
) -> None:
    plans.bought(instalments)
    following.let_run_out(plans.order.number, WHY, admin.id)
    plans.sandbox.deliver()
    during, page = plans.standing, plans.shop.browser(plans.buyer).get(plans.order.url).text
    plans.pass_days(32)

    assert during == ("active", "active", "plan")
    assert WHY in page
    assert "Go on after all" not in page
    assert plans.standing == ("ended", "revoked", "plan")
    assert (plans.paid, plans.mails) == (1, ["plan_begun", "plan_ends", "plan_ended"])
    assert WHY in told("plan_ends")


def test_a_silence_lets_it_go_on_until_asked_again(plans: PlanShop, admin: Any) -> None:
    plans.bought(None)
    plans.sandbox.faults(kind="fail", status=503, count=1)
    with pytest.raises(StripeSilent):
        following.let_run_out(plans.order.number, WHY, admin.id)
    before = plans.term.ends_at

    following.let_run_out(plans.order.number, WHY, admin.id)

    assert before is None
    assert plans.term.ends_at is not None


def test_the_admin_ends_it_from_the_orders_page(plans: PlanShop, admin: Any) -> None:
    plans.bought()
    client, number = plans.shop.browser(admin), plans.order.number
    path = f"/admin/orders/{number}/plan/end"

    assert path in client.get(f"/admin/orders/{number}").text
    without = factories.post(client, path, {"when": "now"})
    made = factories.post(client, path, {"when": "now", "why": WHY})

    assert (without.status_code, made.status_code) == (422, 303)
    assert plans.standing == ("ended", "revoked", "plan")
    assert WHY in client.get(f"/admin/orders/{number}").text
    assert client.get(path).status_code == 409
