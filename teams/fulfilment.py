"""What a paid order of seats gives: a team, and as many seats as were paid."""

from sqlalchemy import select

from accounts.models import User
from core.clock import now
from core.database import db, insert_once
from enrollment.rules import EndReason, PauseReason
from enrollment.services import lock_people, pause_grants, resume_grants, take_back_grants
from shop import words
from shop.fulfilment import PaidSoFar, Thanks, first_course, fulfils, sold_at
from shop.holders import Given, tell_ended, tell_paused, tell_restored
from shop.models import Order, OrderKind
from shop.words import Words
from teams.models import Seat, Team
from teams.seats import reopen
from teams.services import find_team, make_team


class Seats:
    """Seats of one course: rows that wait for somebody. They can be bought again and again."""

    receipt = "receipt_seats"

    def is_held(self, order: Order) -> bool:
        return False

    def is_barred(self, order: Order) -> bool:
        return order.user_id is None

    def give(self, order: Order) -> None:
        team = _team_of(order)
        for number in range(1, order.quantity + 1):
            row = {
                "team_id": team.id, "course_id": order.lines[0].course_id, "order_id": order.id, "number": number,
            }  # fmt: skip
            insert_once(Seat, row, ("order_id", "number"))
        for seat in _of_order(order):
            tell_restored(order, _given(seat), reopen(seat))

    def pause(self, order: Order, reason: PauseReason) -> None:
        for seat in _of_order(order):
            seat.pause_reason = reason.value
            tell_paused(order, _given(seat), pause_grants(seat.source, reason))

    def resume(self, order: Order, reason: PauseReason) -> None:
        for seat in _of_order(order):
            seat.pause_reason = ""
            tell_restored(order, _given(seat), resume_grants(seat.source, reason))

    def take_back(self, order: Order, reason: EndReason) -> None:
        for seat in _of_order(order):
            tell_ended(order, _given(seat), take_back_grants(seat.source, reason))
            seat.ended_at, seat.token_hash = seat.ended_at or now(), None
        db.session.flush()

    def forget(self, order: Order) -> None:
        pass

    def path(self, order: Order) -> str:
        return "/team" if _is_managed_by_buyer(order) else order.url

    def words(self, order: Order) -> Words:
        return words.of_seats(order.title)

    def thanks(self, order: Order) -> Thanks:
        text = "Your seats are ready: invite whom you like, by pasting their addresses."
        button = "Go to my team" if _is_managed_by_buyer(order) else ""
        return Thanks("Your seats are ready", "The seats are yours.", text, button)

    def paid_so_far(self, order: Order) -> PaidSoFar | None:
        return None


def register() -> None:
    """Let this room fulfil orders of seats."""
    fulfils(OrderKind.SEATS, Seats())
    sold_at(OrderKind.SEATS, _page)


def _team_of(order: Order) -> Team:
    """The team that has its seats already, whoever manages it by now; else the buyer's."""
    found = db.session.scalar(
        select(Team).join(Seat, Seat.team_id == Team.id).where(Seat.order_id == order.id).limit(1)
    )
    if found is not None:
        return found
    if order.user_id is None:
        raise AssertionError("an order without a buyer makes no team")
    return make_team(order.user_id, order.company or db.session.get_one(User, order.user_id).name)


def _is_managed_by_buyer(order: Order) -> bool:
    return order.user_id is not None and find_team(order.user_id) is not None


def _page(order: Order) -> str:
    return f"/courses/{first_course(order).slug}/team"


def _given(seat: Seat) -> Given:
    return Given("seat", db.session.get_one(Team, seat.team_id).name, seat.source)


def _of_order(order: Order) -> list[Seat]:
    """Its seats that did not go back one by one, locked, and their holders before them."""
    lock_people(select(Seat.user_id).where(Seat.order_id == order.id, Seat.user_id.is_not(None)))
    query = select(Seat).filter_by(order_id=order.id, refund_id=None).order_by(Seat.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
