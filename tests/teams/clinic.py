"""What the tests of teams say in one word: a clinic, its people, its seats, and what its mails link to."""

import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from core.database import db, transaction
from core.outbox import OutboxMail
from courses.models import Course
from enrollment.models import Enrollment, EnrollmentState
from enrollment.rules import EndReason
from payments.values import Invoicing
from shop import checkout
from shop.fulfilment import fulfilment_of
from shop.models import Order, OrderKind
from shop.orders import Buyer
from shop.seats.services import of_seats
from teams import seats as acts
from teams.models import Seat, Team
from teams.rules import Share
from teams.services import team_of
from tests import factories


class Clinic:
    """A manager, a course of ten steps, and paid seats of it."""

    def __init__(self, app: Flask, seats: int = 3) -> None:
        self.app = app
        self.course = factories.make_course(modules=("lesson " * 10,), price_minor=4900)
        self.manager = factories.make_user(name="Mara Voss")
        self.orders: list[Any] = []
        if seats:
            self.buy(seats)

    def buy(self, seats: int) -> Any:
        """A paid order, as the shop leaves it."""
        order = factories.make_order(
            self.manager, self.course, kind=OrderKind.SEATS, subject=f"seats:{self.course.id}", quantity=seats,
            amount_minor=4900 * seats, company="Clinic am See",
        )  # fmt: skip
        self.give(order)
        self.orders.append(order)
        return order

    def give(self, order: Any) -> None:
        with transaction() as session:
            found = session.get_one(Order, order.id)
            fulfilment_of(found).give(found)

    def take_back(self, order: Any) -> None:
        """All of its money went back."""
        with transaction() as session:
            found = session.get_one(Order, order.id)
            fulfilment_of(found).take_back(found, EndReason.REFUND)

    def begin(self, seats: int, **asked: Any) -> str:
        """The manager is at Stripe's checkout: the id of the session."""
        db.session.rollback()
        sold = db.session.get_one(Course, self.course.id)
        invoicing = Invoicing("Clinic am See", **asked)
        url = checkout.begin(
            Buyer(self.manager.id, self.manager.email), partial(of_seats, sold, seats, invoicing)
        )
        db.session.rollback()
        return urlsplit(url).path.rsplit("/", 1)[-1]

    def act(self, deed: Any, *arguments: Any) -> Any:
        with transaction():
            return deed(*arguments)

    def by_manager(self, deed: Any, *arguments: Any) -> Any:
        """A deed of the manager's with their team."""
        with transaction():
            return deed(team_of(self.manager.id), *arguments, self.manager.id)

    def invite(self, *addresses: str) -> int:
        lines: Any = self.by_manager(acts.invite_all, self.course.id, "\n".join(addresses))
        return sum(line.fate.is_good for line in lines)

    def link(self, address: str) -> str:
        """The token of the newest invitation to this address."""
        db.session.rollback()
        query = select(OutboxMail.text).filter_by(to_address=address, kind="seat_invitation")
        text = db.session.scalars(query.order_by(OutboxMail.id.desc())).first() or ""
        return re.findall(r"/team/join/(\S+)", text)[0]

    def accept(self, person: Any, shares: Share = Share.NOTHING, address: str = "") -> bool:
        taken: bool = self.act(acts.accept, self.link(address or person.email), person.id, shares)
        return taken

    def seat_somebody(self, shares: Share = Share.NOTHING, steps: int = 0) -> Any:
        """Somebody who was invited, accepted and completed so many of the ten steps."""
        person = factories.make_user()
        self.invite(person.email)
        self.accept(person, shares)
        factories.complete(person, *factories.steps_of(self.course)[:steps])
        return person

    def seat_of(self, person: Any) -> Seat:
        db.session.rollback()
        return db.session.scalars(select(Seat).filter_by(user_id=person.id)).one()

    def seats(self) -> list[Seat]:
        db.session.rollback()
        return list(db.session.scalars(select(Seat).order_by(Seat.id)))

    def addresses(self) -> list[str]:
        return [seat.email for seat in self.seats()]

    def is_in(self, person: Any) -> bool:
        db.session.rollback()
        found = db.session.scalar(select(Enrollment).filter_by(user_id=person.id, course_id=self.course.id))
        return found is not None and found.state == EnrollmentState.ACTIVE

    def team(self) -> Team:
        db.session.rollback()
        return team_of(self.manager.id)
