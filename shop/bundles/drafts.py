"""Making and changing bundles. The door opens the transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.audit import record
from core.database import db
from core.errors import InvalidInput, NotFound
from core.money import Money
from courses.models import Course
from payments.least import can_be_asked, least
from shop.bundles.models import Bundle, BundleCourse, BundlePrice

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Draft:
    """A bundle as an admin writes it. `course_ids` are in the order in which they are shown."""

    slug: str
    title: str
    summary: str
    course_ids: Sequence[int]
    prices: Sequence[Money]
    is_active: bool = True


def bundle_of(bundle_id: int) -> Bundle:
    """The bundle of this number, on sale or not. Raises NotFound."""
    found = db.session.get(Bundle, bundle_id)
    if found is None:
        raise NotFound("There is no such bundle.")
    return found


def all_bundles() -> list[Bundle]:
    """All of them, by title."""
    return list(db.session.scalars(select(Bundle).order_by(Bundle.title, Bundle.id)))


def make_bundle(draft: Draft, by: int) -> Bundle:
    """A new bundle. Raises InvalidInput."""
    if not SLUG.fullmatch(draft.slug):
        raise InvalidInput("Write the address in a-z, 0-9 and single hyphens.", "slug")
    if db.session.scalar(select(Bundle.id).filter_by(slug=draft.slug)) is not None:
        raise InvalidInput("There is a bundle at this address already.", "slug")
    bundle = Bundle(slug=draft.slug)
    _fill(bundle, draft)
    db.session.add(bundle)
    db.session.flush()
    record("bundle.make", f"bundle:{bundle.id}", {"slug": bundle.slug}, actor_id=by)
    return bundle


def change_bundle(bundle_id: int, draft: Draft, by: int) -> Bundle:
    """Change a bundle; its address stays, and what was ordered keeps its price. Raises NotFound, InvalidInput."""
    bundle = bundle_of(bundle_id)
    _fill(bundle, draft)
    db.session.flush()
    record("bundle.change", f"bundle:{bundle.id}", {"on": draft.is_active}, actor_id=by)
    return bundle


def _fill(bundle: Bundle, draft: Draft) -> None:
    _require_sound(draft)
    bundle.title, bundle.summary, bundle.is_active = draft.title, draft.summary, draft.is_active
    members = {each.course_id: each for each in bundle.members}
    bundle.members = [members.get(number) or BundleCourse(course_id=number) for number in draft.course_ids]
    for position, member in enumerate(bundle.members, 1):
        member.position = position
    prices = {each.currency: each for each in bundle.prices}
    bundle.prices = [
        prices.get(each.currency) or BundlePrice(currency=each.currency) for each in draft.prices
    ]
    for row, price in zip(bundle.prices, draft.prices, strict=True):
        row.amount_minor = price.minor


def _require_sound(draft: Draft) -> None:
    if len(set(draft.course_ids)) < 2:
        raise InvalidInput("Choose two courses or more.", "courses")
    known = select(Course.id).where(Course.id.in_(draft.course_ids))
    if len(db.session.scalars(known).all()) != len(draft.course_ids):
        raise InvalidInput("One of these courses is not there any more. Choose again.", "courses")
    if not draft.prices or len({price.currency for price in draft.prices}) < len(draft.prices):
        raise InvalidInput("Write one price for each currency.", "prices")
    for price in draft.prices:
        if price.is_free or not can_be_asked(price):
            raise InvalidInput(
                f"{price} cannot be asked. Payments begin at {least(price.currency)}.", "prices"
            )
