"""Codes and bundles made and changed by the admin."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import db, transaction
from core.errors import InvalidInput
from core.money import Money
from shop.bundles.models import Bundle
from shop.coupons.drafts import Draft, change_coupon, make_coupon
from shop.coupons.models import Coupon
from shop.coupons.rules import Reduction
from tests import factories

PERCENT = Reduction(20, None)


def make(admin: Any, reduction: Reduction = PERCENT, code: str = "spring") -> int:
    with transaction():
        return make_coupon(Draft(code, reduction), admin.id).id


def test_a_code_is_made_by_the_form_and_listed(client: FlaskClient, admin: Any, course: Any) -> None:
    fields = {
        "code": " spring 26", "percent": "20", "courses": str(course.id), "max_uses": "50", "is_active": "y",
        "ends_at": "2026-12-01T00:00", "note": "For the congress",
    }  # fmt: skip

    answer = factories.post(client, "/admin/codes/new", fields)

    coupon = db.session.scalars(select(Coupon)).one()
    assert answer.status_code == 303
    assert (coupon.code, coupon.percent, coupon.max_uses, coupon.is_active) == ("SPRING26", 20, 50, True)
    assert coupon.ends_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert coupon.reduction.course_ids == {course.id}
    assert "SPRING26" in client.get("/admin/codes?q=congress").text
    assert "SPRING26,20 %,First course" in client.get("/admin/codes.csv").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"percent": "20", "amount": "5.00 USD"}, "either a percentage or an amount"),
        ({"amount": "5,00"}, "Write it as 459.00 EUR."),
        (
            {"percent": "20", "starts_at": "2026-12-02T00:00", "ends_at": "2026-12-01T00:00"},
            "end after it begins",
        ),
        ({"amount": "488.90 USD"}, "It would leave 0.10 USD of First course"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    client: FlaskClient, admin: Any, course: Any, fields: dict[str, str], told: str
) -> None:
    answer = factories.post(client, "/admin/codes/new", {"code": "SPRING", "is_active": "y", **fields})

    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.scalar(select(Coupon)) is None


def test_a_code_is_made_once(admin: Any) -> None:
    make(admin)

    with pytest.raises(InvalidInput):
        make(admin, code="SPRING ")


def test_what_a_used_code_takes_off_stays(admin: Any, course: Any) -> None:
    number = make(admin)
    with transaction() as session:
        session.get_one(Coupon, number).used = 1

    with pytest.raises(InvalidInput), transaction():
        change_coupon(number, Draft("SPRING", Reduction(None, Money(500, "USD"))), admin.id)
    with transaction():
        change_coupon(number, Draft("SPRING", PERCENT, is_active=False, max_uses=1), admin.id)

    assert not db.session.get_one(Coupon, number).is_active


def test_a_bundle_is_made_and_changed(client: FlaskClient, admin: Any, course: Any) -> None:
    other = factories.make_course(price_minor=9900)
    fields = {
        "slug": "Both", "title": "Both", "courses": [str(course.id), str(other.id)],
        "prices": "500.00 USD\nEUR 450.00", "is_active": "y",
    }  # fmt: skip

    made = factories.post(client, "/admin/bundles/new", fields)
    bundle = db.session.scalars(select(Bundle)).one()
    path, before = f"/admin/bundles/{bundle.id}", [str(row.price) for row in bundle.prices]
    db.session.rollback()
    changed = factories.post(client, path, {**fields, "prices": "510.00 USD", "title": "Two"})
    refused = factories.post(client, path, {**fields, "courses": [str(course.id)]})

    bundle = db.session.scalars(select(Bundle)).one()
    assert (made.status_code, changed.status_code, refused.status_code) == (303, 303, 422)
    assert before == ["450.00 EUR", "500.00 USD"]
    assert (bundle.slug, bundle.title, [str(row.price) for row in bundle.prices]) == (
        "both",
        "Two",
        ["510.00 USD"],
    )
    assert "Two" in client.get("/admin/bundles").text
