"""What the demo has on sale beside its courses, and what was bought there: invented payments, by the real services."""

import re

from sqlalchemy import select

from accounts.models import User
from core import clock
from core.database import db
from core.money import Money
from core.outbox import OutboxMail
from courses.models import Course
from payments.values import Invoicing, Payment, Session, SessionStatus
from shop import orders, turns
from shop.coupons import drafts as codes
from shop.coupons.rules import Reduction
from shop.legal import current_versions
from shop.models import Order
from shop.offers import Offer
from shop.orders import Buyer
from shop.plans import services as plans
from shop.plans.rules import Rhythm
from shop.seats.rules import PriceBreak
from shop.seats.services import of_seats, set_breaks
from teams import seats
from teams.rules import Share
from teams.services import team_of

INSTALMENTS = 3
SEATS = 6
CODE = "FIRST10"
_LINK = re.compile(r"/team/join/(\S+)")


def open_shop(course: Course, by: int) -> None:
    """A course in instalments, cheaper seats by their number, and a code."""
    payment = Money(course.price.minor // INSTALMENTS + 600, course.currency)
    draft = plans.Draft(
        f"{course.title} in {INSTALMENTS} payments", payment, Rhythm.MONTH, INSTALMENTS, (course.id,)
    )
    plans.make_plan(draft, by)
    five, ten = (course.price.minor - less for less in (5000, 9000))
    set_breaks(
        course, [PriceBreak(5, Money(five, course.currency)), PriceBreak(10, Money(ten, course.currency))]
    )
    codes.make_coupon(codes.Draft(CODE, Reduction(10, None), max_per_person=1, note="For a first order"), by)


def buy(buyer: Buyer, offer: Offer) -> None:
    """An order, and a session that says that it was paid. It is invented; the sandbox is told of it afterwards."""
    order = _place(buyer, offer)
    payment = Payment(
        f"pi_demo_{order.number}", has_failed=False, captured=order.amount_minor, charge_id=charge_of(order),
        method="card",
    )  # fmt: skip
    turns.apply(_session(order, SessionStatus.COMPLETE, payment), "return")


def leave_checkout(buyer: Buyer, offer: Offer) -> None:
    """An order whose checkout was left, and closed a day later."""
    order = _place(buyer, offer)
    clock.set_now(clock.now() + orders.CHECKOUT_LASTS)
    turns.apply(_session(order, SessionStatus.EXPIRED), "reconcile")


def buy_seats(manager: Buyer, course: Course, practice: str) -> None:
    """Seats of a course, with an invoice for the practice."""
    buy(manager, of_seats(course, SEATS, Invoicing(practice, order_reference="PO 2026-118")))


def invite(manager_id: int, course: Course, emails: list[str]) -> None:
    """Invite these addresses to the team's seats."""
    seats.invite_all(team_of(manager_id), course.id, "\n".join(emails), manager_id)


def accept_seat(user_id: int, shares: Share) -> None:
    """Take the seat that this person was invited to, by the link of the mail."""
    address = select(User.email).where(User.id == user_id).scalar_subquery()
    mails = select(OutboxMail.text).filter_by(kind="seat_invitation").where(OutboxMail.to_address == address)
    link = _LINK.search(db.session.scalars(mails.order_by(OutboxMail.id.desc())).first() or "")
    assert link is not None
    seats.accept(link[1], user_id, shares)


def session_of(order: Order) -> str:
    """The id of the checkout session of an invented order."""
    return f"cs_demo_{order.number}"


def charge_of(order: Order) -> str:
    """The id of the charge of an invented order that was paid."""
    return f"ch_demo_{order.number}"


def _place(buyer: Buyer, offer: Offer) -> Order:
    return orders.place(buyer, offer, current_versions(), livemode=False)


def _session(order: Order, status: SessionStatus, payment: Payment | None = None) -> Session:
    return Session(
        id=session_of(order),
        status=status,
        is_paid=payment is not None,
        total=order.price,
        livemode=False,
        order_number=order.number,
        school="",
        url="",
        expires_at=order.expires_at,
        payment=payment,
    )
