"""Seats that go back to the school while nobody has them, with the refund of their price. The door's transaction is
open, and the order is locked."""

from sqlalchemy import select

from core.clock import now
from core.database import db
from core.errors import Conflict
from shop.models import Order
from shop.refunds.services import SeatsNotReturned, SeatsReturned, ended_access
from shop.rules import ENTERED
from teams.models import Seat, Team
from teams.seats import reopen

TOO_FEW = "Fewer seats of this order are free by now. Look again, and refund those that are."


def take_free(fact: SeatsReturned) -> None:
    """Take free seats of an order from its team, the last ones first. Raises Conflict where fewer are free."""
    teams = select(Seat.team_id).where(Seat.order_id == fact.order_id)
    db.session.execute(
        select(Team.id).where(Team.id.in_(teams)).with_for_update()
    )  # Nobody invites meanwhile.
    free = (
        select(Seat).filter_by(order_id=fact.order_id, email="", ended_at=None).order_by(Seat.number.desc())
    )
    found = list(db.session.scalars(free.limit(fact.number).with_for_update()))
    if len(found) < fact.number:
        raise Conflict(TOO_FEW)
    for seat in found:
        seat.ended_at, seat.refund_id = now(), fact.refund_id
    db.session.flush()


def give_again(fact: SeatsNotReturned) -> None:
    """Let the seats of a refund that failed be the team's again, as far as their order gives anything still."""
    gone = select(Seat).filter_by(refund_id=fact.refund_id).order_by(Seat.id).with_for_update()
    for seat in list(db.session.scalars(gone)):
        seat.refund_id = None
        order = db.session.get_one(Order, seat.order_id)
        if order.state in ENTERED and not ended_access(order):
            reopen(seat)
    db.session.flush()
