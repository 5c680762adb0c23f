"""Bundles: found, offered, and what somebody has of one already."""

from collections.abc import Sequence

from sqlalchemy import select

from core.database import db
from core.errors import NotFound
from core.money import Money
from courses.models import Course
from courses.rules import access_in_words
from courses.services import prices_of
from enrollment.services import holds
from shop.bundles.models import Bundle, BundleCourse
from shop.models import OrderKind
from shop.offers import Line, Offer
from shop.sales import Sale, school_first


def find_bundle(slug: str) -> Bundle:
    """The bundle on sale at this address. Raises NotFound, for one that is sold no more too."""
    bundle = db.session.scalar(select(Bundle).filter_by(slug=slug, is_active=True))
    if bundle is None:
        raise NotFound("There is no bundle on sale at this address. The catalogue lists all courses.")
    return bundle


def bundles_with(course_id: int) -> list[Bundle]:
    """The bundles on sale that hold this course."""
    holding = select(BundleCourse.bundle_id).filter_by(course_id=course_id)
    query = select(Bundle).where(Bundle.id.in_(holding), Bundle.is_active).order_by(Bundle.title)
    return list(db.session.scalars(query))


def of_bundle(bundle: Bundle) -> Sale:
    """The bundle on sale, in each of its currencies."""
    own = [prices_of(course) for course in bundle.courses]
    prices = school_first({price.currency: price.price for price in bundle.prices})
    offers = {currency: _offer(bundle, price, own) for currency, price in prices.items()}
    texts = {access_in_words(course.access_months) for course in bundle.courses}
    access = texts.pop() if len(texts) == 1 else "Each course stays open for as long as its own page says"
    return Sale("bundle", bundle.title, bundle.url, offers, access)


def apart(bundle: Bundle, currency: str) -> Money | None:
    """What its courses cost one by one; None where not all are sold in this currency."""
    prices = [prices_of(course).get(currency) for course in bundle.courses]
    known = [price.minor for price in prices if price is not None]
    return Money(sum(known), currency) if len(known) == len(prices) else None


def held_of(bundle: Bundle, user_id: int) -> list[Course]:
    """The courses of it that this person has already."""
    return [course for course in bundle.courses if holds(user_id, course.id)]


def _offer(bundle: Bundle, price: Money, own: Sequence[dict[str, Money]]) -> Offer:
    """Its price shared among its courses by what each costs in this currency, equally where one has no such price."""
    known = [prices[price.currency].minor for prices in own if price.currency in prices]
    parts = price.split(known if len(known) == len(own) else [1] * len(own))
    lines = tuple(
        Line(course.id, course.title, part) for course, part in zip(bundle.courses, parts, strict=True)
    )
    return Offer(OrderKind.BUNDLE, f"bundle:{bundle.id}", bundle.title, lines)
