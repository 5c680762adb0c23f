"""What the tests of gifts say in one word: a giver, a paid gift, its code, its claim."""

import re
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from core.clock import now
from core.database import db, transaction
from core.outbox import OutboxMail
from courses.models import Course
from enrollment.models import Enrollment, EnrollmentState
from shop import checkout
from shop.fulfilment import fulfilment_of
from shop.gifts import services
from shop.gifts.models import Gift
from shop.gifts.rules import sending_moment
from shop.gifts.services import Wrapping
from shop.models import Order, OrderKind
from shop.orders import Buyer
from tests import factories

ANNA = "anna@example.org"


class Giving:
    """A giver and a course; `buy` is a paid order as the shop leaves it, no payment service stands behind it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.course = factories.make_course(price_minor=4900)
        self.giver = factories.make_user(name="Mara Voss")

    def wrapping(self, days: int = 0, **said: Any) -> Wrapping:
        """For Anna, from Mara, in so many days."""
        day = now().date()
        day = day.fromordinal(day.toordinal() + days)
        made = Wrapping(
            "Anna", ANNA, day, sending_moment(day, UTC, now()), "Mara", "For quiet evenings.\nYours"
        )
        return replace(made, **said)

    def buy(self, days: int = 0, **said: Any) -> Any:
        """A paid gift: its order, detached."""
        order = factories.make_order(
            self.giver, self.course, kind=OrderKind.GIFT, subject=f"gift:{self.course.id}:{now().timestamp()}",
            title=f"{self.course.title}, a gift",
        )  # fmt: skip
        with transaction() as session:
            services._wrap(self.wrapping(days, **said), session.get_one(Order, order.id))
        self.turn(order, "give")
        return order

    def begin(self, key: str = "A" * 16, code: str = "", **said: Any) -> str:
        """The giver is at Stripe's checkout, or at their order: the last part of the address."""
        db.session.rollback()
        sold = db.session.get_one(Course, self.course.id)
        offered = partial(services.of_gift, sold, sold.price, key, self.wrapping(**said))
        url = checkout.begin(Buyer(self.giver.id, self.giver.email), offered)
        db.session.rollback()
        return urlsplit(url).path.rsplit("/", 1)[-1]

    def turn(self, order: Any, deed: str, *arguments: Any) -> None:
        """Let the fulfilment do something with this order."""
        with transaction() as session:
            found = session.get_one(Order, order.id)
            getattr(fulfilment_of(found), deed)(found, *arguments)

    def act(self, deed: Any, order: Any, *arguments: Any) -> Any:
        """A deed of the giver's with this order."""
        with transaction() as session:
            return deed(session.get_one(Order, order.id), *arguments, self.giver.id)

    def code(self, address: str = ANNA) -> str:
        """The code of the newest mail to this address."""
        db.session.rollback()
        query = (
            select(OutboxMail.text).filter_by(to_address=address, kind="gift").order_by(OutboxMail.id.desc())
        )
        return re.findall(r"/redeem\?code=(\S+)", db.session.scalars(query).first() or "")[0]

    def claim(self, person: Any, code: str = "") -> None:
        typed = code or self.code()
        with transaction():
            services.claim(typed, person.id)

    def gifts(self) -> list[Gift]:
        db.session.rollback()
        return list(db.session.scalars(select(Gift).order_by(Gift.id)))

    def gift(self) -> Gift:
        """The only one."""
        (found,) = self.gifts()
        return found

    def mails(self, address: str = ANNA) -> list[str]:
        return [mail.kind for mail in factories.mails(address)]

    def is_in(self, person: Any) -> bool:
        db.session.rollback()
        found = db.session.scalar(select(Enrollment).filter_by(user_id=person.id, course_id=self.course.id))
        return found is not None and found.state == EnrollmentState.ACTIVE
