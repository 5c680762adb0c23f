"""The mails that a plan sends, each once for what it tells."""

from datetime import datetime

from accounts.models import User
from core import mail
from core.database import db
from shop.models import Order
from shop.plans.models import PlanTerm
from shop.plans.rules import TermState
from shop.plans.services import paid_so_far_of
from shop.standing import open_still


def write(order: Order, kind: str, key: str, **more: object) -> None:
    """A mail to the buyer; `key` names what it tells, once for ever."""
    person = db.session.get(User, order.user_id) if order.user_id is not None else None
    facts: dict[str, object] = {
        "name": person.name if person is not None else "", "title": order.title, "number": order.number,
        "payment": str(order.price), "rhythm": order.rhythm, "instalments": order.instalments,
        "path": order.url, "is_test": not order.livemode,
    }  # fmt: skip
    mail.queue(kind, order.email, {**facts, **more}, dedupe_key=f"plan:{order.number}:{key}")


def tell(order: Order, term: PlanTerm, before: TermState, grace_until: datetime | None) -> None:
    """What a turn means for the buyer. `grace_until` is the day of the payment that is, or was, missing."""
    kind, so_far = KINDS[term.state], paid_so_far_of([order]).get(order.id)
    key = kind if grace_until is None else f"{kind}:{grace_until:%Y%m%d%H%M}"
    told = {"was_paused": before is TermState.PAUSED, "why": term.end_note, "total": str(order.amount)}
    write(order, kind, key, until=grace_until, so_far=so_far, open_still=open_still(order), **told)


def tell_of_end(order: Order, ends_at: datetime, why: str, wish_id: int) -> None:
    """That the plan ends on this day: by the buyer's own wish, or by the school's, which says why."""
    write(order, "plan_ends", f"ends:{wish_id}", until=ends_at, why=why)


def tell_of_going_on(order: Order, next_at: datetime | None, by_school: bool, wish_id: int) -> None:
    """That a plan that was to end goes on."""
    write(order, "plan_goes_on", f"goes-on:{wish_id}", next_on=next_at, by_school=by_school)


KINDS = {
    TermState.ACTIVE: "plan_recovered",
    TermState.GRACE: "plan_payment_missing",
    TermState.PAUSED: "plan_paused",
    TermState.SETTLED: "plan_settled",
    TermState.ENDED: "plan_ended",
}
