"""Codes and bundles."""

from collections.abc import Sequence
from typing import Any

from core.database import transaction
from tests.factories.rows import detached


def make_coupon(courses: Sequence[Any] = (), **columns: Any) -> Any:
    """A code, SPRING, that takes off 20 percent of everything without limits; detached."""
    from core.clock import now
    from shop.coupons.models import Coupon, CouponCourse

    defaults = {"code": "SPRING", "percent": 20, "created_at": now()}
    with transaction() as session:
        coupon = Coupon(**{**defaults, **columns})
        coupon.courses = [CouponCourse(course_id=course.id) for course in courses]
        session.add(coupon)
    return detached(coupon)


def make_bundle(*courses: Any, **columns: Any) -> Any:
    """A bundle of these courses for 99.00 USD, at /bundles/both; detached. `prices` maps currencies to minor units."""
    from shop.bundles.models import Bundle, BundleCourse, BundlePrice

    prices = columns.pop("prices", {"USD": 9900})
    defaults = {"slug": "both", "title": "Both courses", "summary": "Together."}
    with transaction() as session:
        bundle = Bundle(**{**defaults, **columns})
        bundle.members = [BundleCourse(course_id=each.id, position=i) for i, each in enumerate(courses, 1)]
        bundle.prices = [BundlePrice(currency=name, amount_minor=minor) for name, minor in prices.items()]
        session.add(bundle)
    return detached(bundle)
