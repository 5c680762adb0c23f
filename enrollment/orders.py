"""Orders: made before Stripe is asked, and turned by what Stripe says. Services: a door's transaction is open.

Locks are taken in one order, the person, the order, the enrollment, so that no two of these wait for each other.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from accounts.models import User
from core import events, mail
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict, NotFound, Unavailable
from core.ids import crockford
from core.school import current_school
from courses.models import Course
from enrollment import rules
from enrollment.legal import Accepted
from enrollment.models import Enrollment, EnrollmentState, Order, OrderChange
from enrollment.payments import Session
from enrollment.rules import OrderState
from enrollment.services import ENDED, end_access, enroll, find_enrollment, open_order, was_ended_by_school

_log = logging.getLogger("payments")
CHECKOUT_LASTS = timedelta(hours=23)  # Stripe allows a session 24 h, from its own clock
ENTERED = frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED})
MONEY_STATES = frozenset({*ENTERED, OrderState.DUPLICATE, OrderState.REVIEW, OrderState.REFUNDED})


@dataclass(frozen=True)
class OrderRefunded:
    """All the money of an order went back; the access that it gave has ended."""

    order_id: int
    user_id: int
    course_id: int


@dataclass(frozen=True)
class Buyer:
    """Who buys: a person of ours, and the address that the receipt goes to."""

    user_id: int
    email: str


class OrderUnknown(Unavailable):
    """Stripe speaks of an order of this school that is not in the records (yet)."""


def place(buyer: Buyer, course: Course, accepted: Accepted, livemode: bool) -> Order:
    """The person's open order for the course; a new one, with what is agreed frozen in it, where there is none.

    Raises Conflict for somebody who is in already, or whose access the school ended.
    """
    _lock_person(buyer.user_id)
    found = find_enrollment(buyer.user_id, course.id)
    if found is not None and found.state == EnrollmentState.ACTIVE:
        raise Conflict("You are in this course already. Nothing was charged.")
    if was_ended_by_school(found):
        raise Conflict(ENDED)
    return open_order(buyer.user_id, course.id) or _new_order(buyer, course, accepted, livemode)


def is_current(order: Order, course: Course, accepted: Accepted) -> bool:
    """Whether the order still says what the course page says now, in the mode that payments are in now."""
    agreed = (order.price, order.terms_version, order.refunds_version, order.livemode)
    return agreed == (course.price, accepted.terms, accepted.refunds, current_config().is_live)


def is_closing(order: Order) -> bool:
    """Whether Stripe would find the order's end too near for a new session (it asks for half an hour)."""
    return order.expires_at - now() < timedelta(minutes=31)


def find_order(number: str) -> Order:
    """An order by its number. Raises NotFound."""
    found = db.session.scalar(select(Order).filter_by(number=number))
    if found is None:
        raise NotFound("There is no such order.")
    return found


def order_of(user_id: int, **by: str) -> Order:
    """A person's own order by `number` or `session_id`. Raises NotFound, for another person's too."""
    found = db.session.scalar(select(Order).filter_by(user_id=user_id, **by))
    if found is None:
        raise NotFound("There is no such order among yours.")
    return found


def orders_of(user_id: int) -> list[Order]:
    """A person's orders, newest first."""
    query = select(Order).filter_by(user_id=user_id).order_by(Order.id.desc())
    return list(db.session.scalars(query))


def session_of_payment(payment_id: str) -> str | None:
    """The checkout session of a payment that an order has heard of."""
    return db.session.scalar(select(Order.session_id).filter_by(payment_id=payment_id))


def has_session(session_id: str) -> bool:
    """Whether this checkout session is an order's."""
    return db.session.scalar(select(Order.id).filter_by(session_id=session_id)) is not None


def remember_session(order_id: int, session: Session) -> bool:
    """Write down the checkout session that Stripe made for an order. False where the order was closed meanwhile, or
    has another session: nobody must be sent to this one."""
    order = _locked(order_id)
    if order.session_id is None:
        order.session_id = session.id
        db.session.flush()
    return order.state is OrderState.PENDING and order.session_id == session.id


def count_refusal(order_id: int, attempt: int) -> None:
    """Stripe refused this attempt for good: the next one gets a key of its own."""
    order = _locked(order_id)
    order.attempt = max(order.attempt, attempt + 1)
    db.session.flush()


def let_expire(order_id: int, cause: str, session_id: str | None = None) -> None:
    """Close an order whose session Stripe does not know, or that has none; one that has turned meanwhile is left."""
    order = _locked(order_id)
    if order.session_id == session_id:
        _turn(order, rules.next_state(order.state, OrderState.EXPIRED), cause)


def apply(session: Session, cause: str) -> Order | None:
    """Turn the order of a session to what the session says, with all that follows; None where it is not ours.

    Raises OrderUnknown for a session that names an order of this school that is not there.
    """
    order = _order_of(session)
    if order is None:
        return None
    if order.session_id not in (None, session.id):
        _tell_school(order, session, "A second checkout session was used for this order.")
        return order
    told, before = _told(order, session), order.state
    _write_down(order, session)
    _turn(order, rules.next_state(before, told), cause)
    if order.state is OrderState.REVIEW and before is not OrderState.REVIEW:
        _tell_school(order, session, _why_review(order, session))
    return order


def accept(number: str, by: int) -> Order:
    """Let in the buyer of an order that was paid otherwise than it was ordered: an admin has looked at it.

    Who was let in by hand meanwhile is in by this order from now on, so a refund of it ends the access.
    Raises NotFound, Conflict for an order that is not in review or has no buyer any more.
    """
    order = find_order(number)
    if order.user_id is not None:
        _lock_person(order.user_id)
    order = _locked(order.id)
    if order.state is not OrderState.REVIEW or order.user_id is None:
        raise Conflict("Only an order that is being checked, and that still has its buyer, can be accepted.")
    found = find_enrollment(order.user_id, order.course_id)
    if found is not None and found.state == EnrollmentState.ACTIVE and found.order_id is None:
        found.order_id, found.reason = order.id, "order"
    _turn(order, OrderState.PAID, "admin")
    if order.refunded_minor:  # A part went back meanwhile, and no news of it will come again.
        _turn(order, OrderState.PARTLY_REFUNDED, "admin")
    record("order.accept", f"order:{number}", actor_id=by)
    return order


def owes_back(order: Order | None) -> str | None:
    """The payment that must go back because it was made twice, or None."""
    return order.payment_id if order is not None and order.state is OrderState.DUPLICATE else None


def _new_order(buyer: Buyer, course: Course, accepted: Accepted, livemode: bool) -> Order:
    school, moment = current_school(), now()
    order = Order(
        number=f"{moment:%y%m%d}-{crockford(8)}",
        user_id=buyer.user_id,
        email=buyer.email,
        course_id=course.id,
        course_title=course.title,
        state=OrderState.PENDING,
        amount_minor=course.price.minor,
        currency=course.price.currency,
        livemode=livemode,
        terms_version=accepted.terms,
        refunds_version=accepted.refunds,
        refund_days=school.refund_days,
        refund_max_progress=school.refund_max_progress,
        created_at=moment,
        expires_at=moment + CHECKOUT_LASTS,
    )
    db.session.add(order)
    db.session.flush()
    db.session.add(OrderChange(order_id=order.id, at=moment, before=None, after=order.state, cause="buyer"))
    db.session.flush()
    return order


def _order_of(session: Session) -> Order | None:
    """The order of a session, locked, and its buyer before it."""
    own = (Order.session_id == session.id) | (Order.number == session.order_number)
    found = db.session.execute(select(Order.id, Order.user_id).where(own).limit(1)).first()
    if found is None:
        if session.order_number and session.school == current_config().host:
            raise OrderUnknown(f"Stripe speaks of the order {session.order_number}, which is not here.")
        return None
    if found.user_id is not None:
        _lock_person(found.user_id)
    return _locked(found.id)


def _told(order: Order, session: Session) -> OrderState:
    """What Stripe says, seen with what only we know: whether the buyer is in already, or may not come in."""
    told = rules.told_by(session, order.price)
    if order.state is OrderState.REVIEW and told in ENTERED:
        return OrderState.REVIEW  # Only a person lets its buyer in.
    if told not in ENTERED or order.state in MONEY_STATES:
        return told
    if order.user_id is None or session.livemode != order.livemode:
        return OrderState.REVIEW
    found = find_enrollment(order.user_id, order.course_id)
    if found is not None and found.state == EnrollmentState.ACTIVE:
        return OrderState.DUPLICATE
    return OrderState.REVIEW if was_ended_by_school(found) else told


def _why_review(order: Order, session: Session) -> str:
    if session.total != order.price:
        return "The amount paid is not the amount ordered."
    if order.user_id is None:
        return "The order has no buyer any more."
    return "The school had ended the buyer's access to this course, or the order was made in another mode."


def _write_down(order: Order, session: Session) -> None:
    order.session_id = session.id
    if session.is_paid:
        order.paid_minor, order.paid_currency = session.total.minor, session.total.currency
    payment = session.payment
    if payment is not None:
        order.payment_id, order.failure = payment.id, payment.failure
        order.payment_method = payment.method or order.payment_method
        order.receipt_url = payment.receipt_url or order.receipt_url
        order.refunded_minor = max(order.refunded_minor, payment.refunded)
    db.session.flush()


def _turn(order: Order, after: OrderState, cause: str) -> None:
    """The one gate: an order turns once, and what follows from the turn is in the same transaction."""
    before = order.state
    if after is before:
        return
    order.state = after
    change = OrderChange(order_id=order.id, at=now(), before=before, after=after, cause=cause)
    db.session.add(change)
    db.session.flush()
    record(f"order.{after}", f"order:{order.number}", {"cause": cause})
    if after in ENTERED and before not in ENTERED:
        _let_in(order)
    if after in FOLLOWS:
        FOLLOWS[after](order, before)


def _let_in(order: Order) -> None:
    if order.user_id is None:
        raise AssertionError("an order without a buyer lets nobody in")
    order.paid_at = now()
    enroll(order.user_id, order.course_id, "order", order_id=order.id)
    receipt = {
        "paid_on": order.paid_at, "terms_version": order.terms_version, "promise_days": order.refund_days,
        "promise_progress": order.refund_max_progress,
        "receipt_url": order.receipt_url, "learn_path": f"/learn/{_course_of(order).slug}",
    }  # fmt: skip
    _write(order, "receipt", **receipt)


def _processing(order: Order, _: OrderState) -> None:
    _write(order, "payment_processing")


def _failed(order: Order, _: OrderState) -> None:
    _write(order, "payment_failed", reason=order.failure)


def _paid_twice(order: Order, _: OrderState) -> None:
    order.paid_at = now()
    _write(order, "paid_twice")


def _review(order: Order, _: OrderState) -> None:
    order.paid_at = now()


def _refunded(order: Order, before: OrderState) -> None:
    order.refunded_at = now()
    db.session.flush()
    _end_access_by(order)
    if before is not OrderState.DUPLICATE:  # Who paid twice has been told that it goes back.
        _write(order, "refunded")


FOLLOWS: dict[OrderState, Callable[[Order, OrderState], None]] = {
    OrderState.PROCESSING: _processing,
    OrderState.FAILED: _failed,
    OrderState.DUPLICATE: _paid_twice,
    OrderState.REVIEW: _review,
    OrderState.REFUNDED: _refunded,
}


def _end_access_by(order: Order) -> None:
    """What was given back gives no access; who is in by something else stays in.

    It is news also where the school had ended the access before: what was earned by it is withdrawn.
    """
    given = select(Enrollment).filter_by(order_id=order.id).with_for_update()
    found = db.session.scalar(given)
    if found is not None:
        end_access(found, "refund")
        events.publish(OrderRefunded(order.id, found.user_id, found.course_id))


def _write(order: Order, kind: str, **more: object) -> None:
    """A mail to the buyer; each kind once for an order, whoever brings the news and however often."""
    facts = {
        "name": _name_of(order), "course": order.course_title, "number": order.number,
        "amount": str(order.amount), "is_test": not order.livemode, "path": order.url,
        "course_path": f"/courses/{_course_of(order).slug}",
    }  # fmt: skip
    mail.queue(kind, order.email, {**facts, **more}, dedupe_key=f"order:{order.number}:{kind}")


def _course_of(order: Order) -> Course:
    return db.session.get_one(Course, order.course_id)


def _name_of(order: Order) -> str:
    person = db.session.get(User, order.user_id) if order.user_id is not None else None
    return person.name if person is not None else ""


def _tell_school(order: Order, session: Session, reason: str) -> None:
    """Money that fits no rule is for a person to look at."""
    to = current_school().support_email
    if not to:
        _log.warning("a payment needs a look, and the school has no support address")
    if to and session.is_paid:
        facts: dict[str, object] = {
            "number": order.number, "email": order.email, "course": order.course_title, "reason": reason,
            "amount_ordered": str(order.price), "amount_paid": str(session.total),
            "admin_path": f"/admin/orders/{order.number}",
        }  # fmt: skip
        mail.queue("order_review", to, facts, dedupe_key=f"order:{order.number}:review:{session.id}")


def _lock_person(user_id: int) -> None:
    # Not FOR UPDATE, for which inserts that point at the person would wait.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _locked(order_id: int) -> Order:
    query = select(Order).where(Order.id == order_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
