"""Seats against what must always hold: bought, invited, taken, moved, left, paused and paid back, in any order."""

from collections import Counter
from contextlib import suppress
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select

from core.database import db, transaction
from core.errors import DomainError
from enrollment.models import Enrollment, EnrollmentState, Grant
from enrollment.rules import EndReason, PauseReason
from enrollment.services import find_enrollment, revoke
from shop.fulfilment import fulfilment_of
from shop.models import Order
from teams import seats as acts
from teams.models import Seat
from teams.rules import MOVES_BELOW, Share
from tests import factories
from tests.teams.clinic import Clinic

BRIEF = settings(
    max_examples=12,
    phases=[Phase.generate],
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CROWD = 6
WHO = st.integers(0, CROWD - 1)


class Seats(RuleBasedStateMachine):
    """A clinic and a few people, one of whom is in the course already."""

    app: Flask
    reached: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.clinic = Clinic(self.app, seats=2)
        self.people = [factories.make_user() for _ in range(CROWD)]
        self.refunded: set[int] = set()
        factories.enroll(self.people[0], self.clinic.course, "admin")

    @rule(seats=st.integers(1, 2))
    def buy(self, seats: int) -> None:
        self.clinic.buy(seats)

    @rule()
    def tell_again(self) -> None:
        for order in self.clinic.orders:
            if order.id not in self.refunded:
                self.clinic.give(order)

    @rule(who=st.lists(WHO, min_size=1, max_size=3))
    def invite(self, who: list[int]) -> None:
        self.clinic.invite(*(self.people[each].email for each in who))

    @rule(who=WHO, number=st.integers(0, 7), shares=st.sampled_from(Share))
    def accept(self, who: int, number: int, shares: Share) -> None:
        waiting = self._waiting()
        if waiting:
            with suppress(DomainError):
                self.reached["accepted"] += self.clinic.accept(
                    self.people[who], shares, waiting[number % len(waiting)]
                )

    @rule(who=WHO, steps=st.integers(0, 2))
    def seat(self, who: int, steps: int) -> None:
        """Somebody is invited, takes the seat and learns: the way that most seats go."""
        person = self.people[who]
        if self.clinic.invite(person.email):
            self.accept(who, len(self._waiting()) - 1, Share.PROGRESS)
            for _ in range(steps):
                self.study(who)

    @rule(who=WHO)
    def study(self, who: int) -> None:
        if self.clinic.is_in(self.people[who]):  # Two steps are a fifth of the course.
            steps = factories.steps_of(self.clinic.course)
            done = acts.percent_of(self.people[who].id, self.clinic.course.id) // 10
            factories.complete(self.people[who], *steps[done : done + 1])

    @rule(number=st.integers(0, 7), to=WHO)
    def move(self, number: int, to: int) -> None:
        seat = self._one_of(self._held(), number)
        used = seat.user_id and acts.percent_of(seat.user_id, self.clinic.course.id)
        with suppress(DomainError):
            self.clinic.by_manager(acts.move, seat.id, self.people[to].email)
            self.reached["moved"] += 1
            assert used is not None
            assert used < MOVES_BELOW

    @rule(number=st.integers(0, 7))
    def withdraw(self, number: int) -> None:
        with suppress(DomainError):
            self.clinic.by_manager(acts.withdraw, self._one_of(self._mine(), number).id)

    @rule(number=st.integers(0, 7))
    def decline(self, number: int) -> None:
        waiting = self._waiting()
        if waiting:
            with suppress(DomainError):
                self.clinic.act(acts.decline, self.clinic.link(waiting[number % len(waiting)]))
                self.reached["declined"] += 1

    @rule(number=st.integers(0, 7))
    def leave(self, number: int) -> None:
        seat = self._one_of(self._held(), number)
        if seat.user_id is not None and not seat.is_ended:
            self.clinic.act(acts.leave, seat.user_id, seat.id)
            self.reached["left"] += 1

    @rule(number=st.integers(0, 3), is_over=st.booleans())
    def dispute(self, number: int, is_over: bool) -> None:
        deed = "resume" if is_over else "pause"
        self._with_order(
            number, lambda found: getattr(fulfilment_of(found), deed)(found, PauseReason.DISPUTE)
        )

    @rule(number=st.integers(0, 1))
    def refund(self, number: int) -> None:
        """The money goes back; where it has gone back already, it comes to the school again."""
        order = self._order(number)
        if order.id in self.refunded:
            self.clinic.give(order)
            self.refunded.remove(order.id)
            self.reached["reopened"] += 1
        elif len(self.clinic.orders) > 1:  # Something is left to go on with.
            self._with_order(number, lambda found: fulfilment_of(found).take_back(found, EndReason.REFUND))
            self.refunded.add(order.id)

    @rule(who=WHO)
    def put_out(self, who: int) -> None:
        found = find_enrollment(self.people[who].id, self.clinic.course.id)
        if found is not None and who == CROWD - 1:
            self.clinic.act(revoke, found.id, self.clinic.manager.id)

    @invariant()
    def no_more_seats_are_in_use_than_are_paid(self) -> None:
        if not hasattr(self, "clinic"):
            return
        paid = sum(order.quantity for order in self.clinic.orders if order.id not in self.refunded)
        in_use = [seat for seat in self._mine() if seat.email and not seat.is_ended]
        assert len(in_use) <= paid
        held = [seat.user_id for seat in in_use if seat.user_id is not None]
        assert len(held) == len(set(held))

    @invariant()
    def nobody_is_in_without_a_seat_of_theirs_or_another_grant(self) -> None:
        if not hasattr(self, "clinic"):
            return
        db.session.rollback()
        query = select(Enrollment).filter_by(course_id=self.clinic.course.id, state=EnrollmentState.ACTIVE)
        inside = {each.user_id for each in db.session.scalars(query)}
        assert inside == {grant.user_id for grant in self._grants() if not grant.pause_reason}
        by_seat = {(grant.user_id, grant.source) for grant in self._grants() if grant.kind == "seat"}
        held = {(seat.user_id, seat.source) for seat in self._held()}
        # Whom the school put out keeps the seat, and the seat lets them in no more.
        assert by_seat <= held
        assert {who for who, _ in held - by_seat} <= {self.people[-1].id}

    def _grants(self) -> list[Grant]:
        query = select(Grant).filter_by(course_id=self.clinic.course.id, ended_at=None)
        return list(db.session.scalars(query))

    def _held(self) -> list[Seat]:
        query = select(Seat).where(Seat.course_id == self.clinic.course.id, Seat.user_id.is_not(None))
        return list(db.session.scalars(query.where(Seat.ended_at.is_(None))))

    def _mine(self) -> list[Seat]:
        return [seat for seat in self.clinic.seats() if seat.course_id == self.clinic.course.id]

    def _waiting(self) -> list[str]:
        """The addresses whose invitation nobody has taken."""
        return [
            each.email for each in self._mine() if each.email and not each.is_accepted and not each.is_ended
        ]

    def _one_of(self, seats: list[Seat], number: int) -> Seat:
        """One of these; any where there are none."""
        chosen = seats or self._mine()
        return chosen[number % len(chosen)]

    def _order(self, number: int) -> Any:
        return self.clinic.orders[number % len(self.clinic.orders)]

    def _with_order(self, number: int, deed: Any) -> None:
        with transaction() as session:
            deed(session.get_one(Order, self._order(number).id))


def test_seats_stay_right_whatever_happens_in_whatever_order(app: Flask) -> None:
    reached: Counter[str] = Counter()

    run_machine(type("Walk", (Seats,), {"app": app, "reached": reached}), settings=BRIEF)

    assert {"accepted", "declined", "moved", "left", "reopened"} <= set(reached), reached
