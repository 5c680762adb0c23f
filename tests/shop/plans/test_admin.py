"""The admin's plans: made, switched off, and who pays them."""

from core.database import db
from shop.plans.models import Plan
from tests import factories
from tests.shop.plans.conftest import PlanShop


def test_a_plan_is_made_and_switched_off(plans: PlanShop) -> None:
    client = plans.shop.browser(factories.make_user("", "Finn", "finance"))
    fields = {"title": "In six", "courses": plans.shop.course.slug, "amount": "19.00", "rhythm": "month"}

    wrong = factories.post(client, "/admin/plans/new", fields | {"amount": "0", "instalments": "1"})
    made = factories.post(client, "/admin/plans/new", fields | {"instalments": "6"})
    db.session.rollback()
    plan = db.session.query(Plan).one()
    listed = client.get("/admin/plans").text
    factories.post(client, f"{made.location}/{plan.id}/off")
    db.session.rollback()

    assert wrong.status_code == 422
    assert (plan.amount_minor, plan.instalments, [c.id for c in plan.courses]) == (
        1900,
        6,
        [plans.shop.course.id],
    )
    assert "6 monthly payments of 19.00 USD" in listed
    assert not db.session.get_one(Plan, plan.id, populate_existing=True).is_active


def test_who_pays_is_listed_and_stands_on_the_order(plans: PlanShop) -> None:
    plans.bought(instalments=3)
    client = plans.shop.browser(factories.make_user("", "Finn", "finance"))

    listed = client.get(f"/admin/plans?state=active&q={plans.order.number}").text
    other = client.get("/admin/plans?state=paused").text
    order = client.get(f"/admin/orders/{plans.order.number}").text

    assert "1 of 3" in listed
    assert "No plan matches" in other
    assert "Instalments" in order
    assert str(plans.order.subscription_id) in order
