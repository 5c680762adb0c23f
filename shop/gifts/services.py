"""Gifts: wrapped with their order, planned and sent, claimed. The door opens the transaction.

Whoever decides about somebody's access locks that person first and the gift second.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select, update

from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict, NotFound
from core.ids import fingerprint
from core.money import Money
from courses.models import Course
from enrollment.admission.services import require_admission
from enrollment.models import Enrollment
from enrollment.rules import GrantKind
from enrollment.services import (
    ENDED,
    enroll,
    enroll_again,
    find_enrollment,
    holds,
    lock_person,
    was_ended_by_school,
)
from shop.gifts import mails
from shop.gifts.models import Gift
from shop.gifts.rules import GiftCodeRefused, code_of, read_code, subject_of
from shop.models import Order, OrderKind
from shop.offers import Line, Offer
from shop.rules import OrderState

HELD = (
    "You are in this course already, so the gift stays as it is. Its code is good for somebody else, or for you "
    "should you ever need it."
)
SETTLED = "This gift was claimed, or it is not good (any more). Nothing was changed."


@dataclass(frozen=True)
class Recipient:
    """To whom a gift goes, and when: `send_at` is the moment that the day means."""

    recipient_name: str
    recipient_email: str
    send_on: date
    send_at: datetime


@dataclass(frozen=True)
class Wrapping(Recipient):
    """All that the giver says of a gift."""

    giver_name: str
    message: str


def of_gift(course: Course, price: Money, key: str, wrapping: Wrapping) -> Offer:
    """A course for somebody else; `key` is that of the form, by which it is ordered once."""
    return Offer(
        OrderKind.GIFT,
        subject_of(course.id, key),
        f"{course.title}, a gift",
        (Line(course.id, course.title, price),),
        is_single=True,
        keep=partial(_wrap, wrapping),
    )


def gift_of(order: Order) -> Gift | None:
    """The gift of an order, None where it holds none."""
    return db.session.scalar(select(Gift).filter_by(order_id=order.id))


def the_gift_of(order: Order) -> Gift:
    """The gift of an order. Raises NotFound where it holds none."""
    found = gift_of(order)
    if found is None:
        raise NotFound("This order holds no gift.")
    return found


def lock_gift(order_id: int) -> Gift:
    """The gift of an order, locked, and whoever claimed it before it. Raises NotFound."""
    holder = db.session.scalar(select(Gift.claimed_by).filter_by(order_id=order_id))
    if holder is not None:
        lock_person(holder)
    query = select(Gift).filter_by(order_id=order_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("This order holds no gift.")
    return found


def open_gift(gift: Gift) -> list[Enrollment]:
    """Let the code of a paid gift be good, and mail it where its day has come. A second time changes nothing.

    One whose money is with the school after all is given back to whoever had claimed it: the enrollment where this
    opened it. The gift is locked.
    """
    has_returned, gift.ended_at = gift.ended_at is not None, None
    gift.code_hash = fingerprint(code(gift))
    db.session.flush()
    send_if_due(gift)
    if not has_returned or gift.claimed_by is None:
        return []
    return enroll_again(gift.claimed_by, gift.course_id, GrantKind.GIFT, gift.source, gift.order_id)


def send_if_due(gift: Gift) -> bool:
    """Mail the code where its day has come and nothing stands against it; whether it was. The gift is locked."""
    is_due = gift.send_at <= now() and gift.sent_at is None
    if not (is_due and gift.state.is_waiting and gift.recipient_email):
        return False
    gift.code_hash = fingerprint(code(gift))  # Another one, should the secret key have changed meanwhile.
    gift.sent_at, gift.reminded_at, gift.mails = now(), None, gift.mails + 1
    db.session.flush()
    mails.send_code(gift, db.session.get_one(Order, gift.order_id), code(gift))
    return True


def plan(order: Order, recipient: Recipient, by: int) -> Gift:
    """Say anew to whom and when the code of an unclaimed gift is mailed; now, where that is today.

    Another address makes another code: the one before is dead. Raises Conflict for a gift that is claimed, or not
    good (any more).
    """
    gift = _waiting(order)
    if recipient.recipient_email != gift.recipient_email:
        gift.version += 1
        gift.code_hash = fingerprint(code(gift))
    for name, value in asdict(recipient).items():
        setattr(gift, name, value)
    gift.sent_at = None
    db.session.flush()
    record("gift.plan", gift.source, {"send_on": recipient.send_on.isoformat()}, actor_id=by)
    send_if_due(gift)
    return gift


def send_again(order: Order, by: int) -> Gift:
    """Mail the code to the address that the gift has, now. Raises Conflict as `plan`, and without an address."""
    gift = _waiting(order)
    if not gift.recipient_email:
        raise Conflict("Nobody knows to whom this gift goes. The giver says so on the page of their order.")
    gift.send_at, gift.sent_at = now(), None
    record("gift.send", gift.source, actor_id=by)
    send_if_due(gift)
    return gift


def print_code(order: Order, by: int) -> str:
    """The code of an unclaimed gift, for its giver to hand over. Raises Conflict as `plan`."""
    gift = _waiting(order)
    gift.code_hash = fingerprint(code(gift))
    db.session.flush()
    record("gift.print", gift.source, actor_id=by)
    return code(gift)


def find_claimable(typed: str, user_id: int | None) -> tuple[Gift, Course]:
    """The gift of a code that can be claimed, or that this person has claimed. Raises GiftCodeRefused."""
    query = select(Gift, Course).join(Course, Course.id == Gift.course_id)
    good = query.where(
        Gift.code_hash == fingerprint(read_code(typed)), Gift.ended_at.is_(None), Gift.pause_reason == ""
    )
    found = db.session.execute(good).one_or_none()
    if found is None:
        raise GiftCodeRefused
    gift, course = found
    if gift.claimed_at is not None and (user_id is None or gift.claimed_by != user_id):
        raise GiftCodeRefused
    return gift, course


def claim(typed: str, user_id: int) -> Course:
    """Take the gift of a code. Raises GiftCodeRefused, and Conflict for somebody who is in, may not enroll now, or
    whose access the school ended: then the gift stays good."""
    lock_person(user_id)
    gift, course = find_claimable(typed, user_id)
    if gift.claimed_at is not None:
        return course
    if holds(user_id, course.id):
        raise Conflict(HELD)
    if was_ended_by_school(find_enrollment(user_id, course.id)):
        raise Conflict(ENDED)
    require_admission(user_id, (course.id,), is_paid=True)
    _take(gift, user_id)
    enroll(user_id, course.id, GrantKind.GIFT, source=gift.source, order_id=gift.order_id)
    record("gift.claim", gift.source, actor_id=user_id)
    mails.tell_claimed(gift, db.session.get_one(Order, gift.order_id))
    return course


def forget(gift: Gift) -> None:
    """Delete what is known of the giver and of the recipient."""
    gift.giver_name = gift.recipient_name = gift.recipient_email = gift.message = ""
    db.session.flush()


def code(gift: Gift) -> str:
    """The code of this gift, which is stored nowhere."""
    return code_of(current_config().secret_key, gift.id, gift.version)


def _wrap(wrapping: Wrapping, order: Order) -> None:
    """Keep with an order what its gift is to be; one that is paid stays as it was paid for."""
    gift = gift_of(order)
    if gift is None:
        db.session.add(Gift(order_id=order.id, course_id=order.lines[0].course_id, **asdict(wrapping)))
    elif order.state is OrderState.PENDING:
        for name, value in asdict(wrapping).items():
            setattr(gift, name, value)
    db.session.flush()


def _waiting(order: Order) -> Gift:
    gift = lock_gift(order.id)
    if not gift.state.is_waiting:
        raise Conflict(SETTLED)
    return gift


def _take(gift: Gift, user_id: int) -> None:
    """The one step that decides who has it."""
    free = (Gift.id == gift.id, Gift.claimed_at.is_(None), Gift.claimed_by.is_(None))
    good = (Gift.code_hash == gift.code_hash, Gift.ended_at.is_(None), Gift.pause_reason == "")
    taken = db.session.execute(
        update(Gift).where(*free, *good).values(claimed_by=user_id, claimed_at=now()).returning(Gift.id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if taken is None:
        raise GiftCodeRefused
    db.session.refresh(gift)
