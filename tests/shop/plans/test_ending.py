"""A plan that the school ends: at once or with what is paid, with a reason, whatever Stripe answers."""

from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db
from core.errors import Conflict
from core.outbox import OutboxMail
from payments import subscriptions
from payments.values import StripeFailed, StripeRefused, StripeSilent
from shop.plans import following
from shop.plans.rules import Wish
from tests import factories
from tests.shop.plans.conftest import PlanShop

WHY = "The course is being rewritten."


@pytest.fixture
def admin(plans: PlanShop) -> Any:
    return factories.make_user("", "Ida", "admin")


def asked_of(plans: PlanShop) -> list[dict[str, Any]]:
    """What Stripe was asked about the end of the plan."""
    asked = plans.sandbox.requests("POST", "/v1/subscriptions/")
    return [each for each in asked if "cancel_at_period_end" in each["params"]]


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


def test_who_is_in_by_something_else_reads_that_the_course_stays_open(plans: PlanShop, admin: Any) -> None:
    plans.bought()
    factories.enroll(plans.buyer, plans.shop.course, "admin")

    following.stop(plans.order.number, WHY, admin.id)

    assert plans.access.state == "active"
    assert f"this stays open to you: {plans.shop.course.title}." in told("plan_ended")


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


def test_a_reply_that_is_lost_leaves_the_note_to_what_stripe_says(plans: PlanShop, admin: Any) -> None:
    plans.bought(None)
    plans.sandbox.faults(kind="lose", how="cut", method="POST", count=1)
    with pytest.raises(StripeSilent):
        following.let_run_out(plans.order.number, WHY, admin.id)
    before = plans.term.end_note
    following.let_run_out(plans.order.number, WHY, admin.id)
    plans.sandbox.deliver()

    assert (before, plans.term.end_note) == ("", WHY)
    assert [each["idempotency_key"] for each in asked_of(plans)] == [plans.key, plans.key]
    assert plans.mails == ["plan_begun", "plan_ends"]


@pytest.mark.parametrize("fault", [{"kind": "fail", "status": 503}, {"kind": "fail", "status": 500}])
def test_a_wish_that_stripe_did_not_fulfil_is_not_told_as_the_reason_of_a_later_end(
    plans: PlanShop, admin: Any, fault: dict[str, Any]
) -> None:
    subscription = plans.bought()
    plans.sandbox.faults(**fault, method="POST", count=1)
    with pytest.raises(StripeSilent):
        following.let_run_out(plans.order.number, WHY, admin.id)
    subscriptions.end(subscription, "by-hand")
    plans.sandbox.deliver()

    assert plans.standing[0] == "ended"
    assert plans.term.end_note == ""
    assert WHY not in told("plan_ended")


@pytest.mark.parametrize("trouble", [StripeRefused("No."), None])
def test_after_a_no_the_next_wish_has_another_key(
    plans: PlanShop, admin: Any, monkeypatch: pytest.MonkeyPatch, trouble: StripeRefused | None
) -> None:
    plans.bought(None)
    first = plans.key
    with monkeypatch.context() as broken:
        broken.setattr(subscriptions, "end_with_period", Mock(side_effect=trouble or StripeFailed("500")))
        with pytest.raises(type(trouble or StripeFailed("500"))):
            following.let_run_out(plans.order.number, WHY, admin.id)
    before = plans.term.ends_at, plans.term.end_note

    following.let_run_out(plans.order.number, WHY, admin.id)

    assert before == (None, "")
    assert plans.term.end_note == WHY
    assert [each["idempotency_key"] for each in asked_of(plans)] == [plans.key]
    assert plans.key != first


def test_a_plan_that_the_school_lets_end_goes_on_by_its_word_alone(plans: PlanShop, admin: Any) -> None:
    plans.bought(None)
    following.let_run_out(plans.order.number, WHY, admin.id)
    with pytest.raises(Conflict):
        following.ask_for(Wish.GO_ON, plans.order.number, plans.buyer.id)
    client, number = plans.shop.browser(admin), plans.order.number
    path = f"/admin/orders/{number}/plan/go-on"
    page = client.get(f"/admin/orders/{number}").text

    factories.post(client, path)
    plans.pass_days(32)

    assert path in page
    assert path not in client.get(f"/admin/orders/{number}").text
    assert (plans.standing[0], plans.paid, plans.term.end_note) == ("active", 2, "")
    assert plans.mails == ["plan_begun", "plan_ends", "plan_goes_on"]
    assert "the school lets your plan go on" in told("plan_goes_on")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="plan.go_on")).one()
    assert entry.actor_id == admin.id


def test_what_is_over_at_stripe_cannot_go_on(plans: PlanShop) -> None:
    subscription = plans.bought(None)
    subscriptions.end(subscription, "by-hand")
    plans.sandbox.deliver()
    client = plans.shop.browser(plans.buyer)

    assert "Ends on" in client.get(plans.order.url).text
    assert "Go on after all" not in client.get(plans.order.url).text
    with pytest.raises(Conflict):
        following.ask_for(Wish.GO_ON, plans.order.number, plans.buyer.id)


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
