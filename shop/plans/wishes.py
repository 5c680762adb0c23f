"""What Stripe is asked about the end of a running plan, written down before it is asked, and what it answered.

Services: the door's transaction is open, the order is locked.
"""

from sqlalchemy import select

from core.clock import now
from core.database import db
from shop.plans.models import PlanWish
from shop.plans.rules import Wish, WishState, next_wish_state


def write_down(order_id: int, wish: Wish, by: int, note: str) -> PlanWish:
    """The wish of which Stripe is to be asked: the one that waits for its answer, where the same person asks the same
    again, so that it has the same key; else a new one, and what waited is given up."""
    waiting = _waiting_of(order_id)
    if waiting is not None and (waiting.wish, waiting.asked_by) == (wish, by):
        waiting.note = note
        return waiting
    if waiting is not None:
        _turn(waiting, WishState.GIVEN_UP)
    made = PlanWish(
        order_id=order_id, wish=wish, note=note, asked_by=by, state=WishState.ASKED, asked_at=now(), answered_at=None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def marked(order_id: int, mark: str) -> PlanWish | None:
    """The wish by whose mark Stripe says that it last changed the plan's end; None where it was not one of ours."""
    query = select(PlanWish).filter_by(order_id=order_id, id=int(mark)) if mark.isdecimal() else None
    return db.session.scalar(query) if query is not None else None


def fulfil(wish: PlanWish) -> bool:
    """Stripe has done it. True where that is news."""
    return _turn(wish, WishState.DONE)


def close(wish_id: int) -> bool:
    """Whether Stripe has done it; where it has not, and will not by this key any more, it is given up."""
    wish = db.session.get_one(PlanWish, wish_id, with_for_update=True, populate_existing=True)
    _turn(wish, WishState.GIVEN_UP)
    return wish.state is WishState.DONE


def _waiting_of(order_id: int) -> PlanWish | None:
    return db.session.scalar(select(PlanWish).filter_by(order_id=order_id, state=WishState.ASKED))


def _turn(wish: PlanWish, told: WishState) -> bool:
    before = wish.state
    wish.state = next_wish_state(before, told)
    if wish.state is before:
        return False
    wish.answered_at = now()
    db.session.flush()
    return True
