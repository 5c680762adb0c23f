"""Making and changing codes: what an admin may say, and what stays as it was used. The door opens the transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import InvalidInput, NotFound
from courses.models import Course
from courses.services import prices_of
from payments.least import can_be_asked, least
from shop.coupons.models import Coupon, CouponCourse
from shop.coupons.rules import Reduction, discounts, normal_code

STAYS = "This code has been used, so what it takes off stays as it was. Switch it off and make another one."


@dataclass(frozen=True)
class Draft:
    """A code as an admin writes it; its courses are in the reduction."""

    code: str
    reduction: Reduction
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_per_person: int | None = None
    is_active: bool = True
    note: str = ""


def find_coupon(coupon_id: int) -> Coupon:
    """The code of this number. Raises NotFound."""
    found = db.session.get(Coupon, coupon_id)
    if found is None:
        raise NotFound("There is no such code.")
    return found


def make_coupon(draft: Draft, by: int) -> Coupon:
    """A new code. Raises InvalidInput for a code that is there, or one that leaves less than can be paid."""
    if db.session.scalar(select(Coupon.id).filter_by(code=normal_code(draft.code))) is not None:
        raise InvalidInput("There is such a code already. Choose another one.", "code")
    coupon = Coupon(code=normal_code(draft.code), created_at=now(), reserved=0, used=0)
    _fill(coupon, draft)
    db.session.add(coupon)
    db.session.flush()
    record(
        "coupon.make", f"coupon:{coupon.id}", {"code": coupon.code, "off": str(draft.reduction)}, actor_id=by
    )
    return coupon


def change_coupon(coupon_id: int, draft: Draft, by: int) -> Coupon:
    """Change a code. Raises NotFound, InvalidInput for what cannot be, or for another reduction of a used one."""
    coupon = db.session.get(Coupon, coupon_id, with_for_update=True, populate_existing=True)
    if coupon is None:
        raise NotFound("There is no such code.")
    before = (coupon.reduction.percent, coupon.reduction.amount)
    if coupon.used + coupon.reserved and before != (draft.reduction.percent, draft.reduction.amount):
        raise InvalidInput(STAYS, "amount" if draft.reduction.percent is None else "percent")
    _fill(coupon, draft)
    db.session.flush()
    record("coupon.change", f"coupon:{coupon.id}", {"code": coupon.code, "on": draft.is_active}, actor_id=by)
    return coupon


def _fill(coupon: Coupon, draft: Draft) -> None:
    if draft.is_active:  # One that came to leave too little can still be switched off.
        _require_rest(draft.reduction)
    amount = draft.reduction.amount
    coupon.percent = draft.reduction.percent
    coupon.amount_minor, coupon.currency = (amount.minor, amount.currency) if amount else (None, "")
    coupon.starts_at, coupon.ends_at = draft.starts_at, draft.ends_at
    coupon.max_uses, coupon.max_per_person = draft.max_uses, draft.max_per_person
    coupon.is_active, coupon.note = draft.is_active, draft.note
    kept = {each.course_id: each for each in coupon.courses}
    wanted = sorted(draft.reduction.course_ids)
    coupon.courses = [kept.get(number) or CouponCourse(course_id=number) for number in wanted]


def _require_rest(reduction: Reduction) -> None:
    """What is left of any price that it touches must be nothing, or can be paid."""
    for course in db.session.scalars(select(Course).where(Course.price_minor > 0).order_by(Course.title)):
        for price in prices_of(course).values():
            (off,) = discounts(reduction, [(course.id, price)])
            if not can_be_asked(price - off):
                raise InvalidInput(
                    f"It would leave {price - off} of {course.title}, and payments begin at {least(price.currency)}. "
                    "Take off less, or all of it.",
                    "percent" if reduction.percent is not None else "amount",
                )
