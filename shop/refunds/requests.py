"""Money that learners ask back, within the promise of their order. Services: the door's transaction is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import outbox
from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, NotFound
from shop import order_mails
from shop.disputes.services import is_disputed
from shop.models import Order
from shop.orders import lock_with_buyer
from shop.refunds import services
from shop.refunds.models import RefundRequest
from shop.refunds.rules import Outside, Promise, RequestState, outside
from shop.refunds.services import Wish
from shop.rules import ENTERED

# The greatest progress of a person in these courses, in percent.
TellProgress = Callable[[int, Sequence[int]], int]
_tellers: list[TellProgress] = []
ANSWERED = "This request is open no more: it was answered, or withdrawn."
CLOSED = "This order is not one whose money can be asked back now."
DISPUTED = "Your bank disputes this payment, and a refund would pay it twice. The bank decides now."


@dataclass(frozen=True)
class Asking:
    """What the buyer of an order may ask for: `outside` says why they may not, `last` is what they asked last."""

    outside: Outside | None
    promise: Promise
    last: RefundRequest | None

    @property
    def is_open(self) -> bool:
        return self.last is None and self.outside is None


def tell_progress(teller: TellProgress) -> None:
    """Let a room above say how far a learner is; said in app.py."""
    if teller not in _tellers:
        _tellers.append(teller)


def asking_of(order: Order, time_zone: str, is_held: bool) -> Asking | None:
    """How the buyer stands to the promise of their order, today in their time zone; None where no money of it is with
    the school, or its buyer is gone. `is_held`: a dispute of it holds money back."""
    is_plan = bool(order.rhythm)  # whose payments go back one by one
    is_paid = order.state in ENTERED and (is_plan or services.left_of(order).minor > 0)
    last = _last_of(order)
    if is_paid and last is not None and last.state is RequestState.OVERTAKEN:
        last = None  # What had answered it has failed since.
    if order.user_id is None or order.paid_at is None or not (is_paid or last):
        return None
    last_day = (order.paid_at + timedelta(days=order.refund_days)).astimezone(ZoneInfo(time_zone)).date()
    promise = Promise(last_day, order.refund_days, order.refund_max_progress, _progress_of(order))
    why = outside(promise, _today(time_zone)) if order.is_paid_once_for_oneself else Outside.BY_LETTER
    return Asking(Outside.DISPUTED if is_held else why, promise, last)


def ask(number: str, user_id: int, text: str, time_zone: str) -> RefundRequest:
    """Ask for the money of one's own order. Raises NotFound for another's, Conflict outside the promise, and where it
    was asked for before."""
    order = lock_with_buyer(number)
    if order.user_id != user_id:
        raise NotFound("There is no such order among yours.")
    is_held = is_disputed(order.id)
    asking = asking_of(order, time_zone, is_held)
    if asking is None or not asking.is_open:
        raise Conflict(DISPUTED if is_held else CLOSED)
    request = RefundRequest(
        order_id=order.id,
        state=RequestState.OPEN,
        text=text,
        progress=asking.promise.progress,
        asked_at=now(),
    )
    db.session.add(request)
    db.session.flush()
    record("refund.ask", f"order:{number}", actor_id=user_id)
    _tell_both(order, request)
    return request


def withdraw(number: str, user_id: int) -> None:
    """Take back what one asked for of one's own order, which may be asked for again. Raises NotFound for another's,
    Conflict where no request is open."""
    order = lock_with_buyer(number)
    if order.user_id != user_id:
        raise NotFound("There is no such order among yours.")
    request = _last_of(order)
    if request is None or request.state is not RequestState.OPEN:
        raise Conflict(ANSWERED)
    request.state = RequestState.WITHDRAWN
    db.session.flush()
    record("refund.withdraw", f"order:{number}", actor_id=user_id)
    _tell_of_withdrawal(order, request)


def approve(request_id: int, by: int) -> int:
    """Promise all that is left of the order: the refund that Stripe is now to be asked for.

    Raises NotFound, Conflict for a request that was answered, or where nothing is left.
    """
    order, request = _locked(request_id)
    refund = services.place(order, Wish(services.left_of(order), note=f"Request {request.id}"), by)
    _answer(order, request, RequestState.APPROVED, by, amount=str(refund.amount))
    return refund.id


def decline(request_id: int, sentence: str, by: int) -> None:
    """Say no, with a sentence for the learner. Raises NotFound, Conflict for a request that was answered."""
    order, request = _locked(request_id)
    request.answer = sentence
    _answer(order, request, RequestState.DECLINED, by, answer=sentence)


def find_request(request_id: int) -> RefundRequest:
    """Raises NotFound."""
    found = db.session.get(RefundRequest, request_id)
    if found is None:
        raise NotFound("There is no such request.")
    return found


def _locked(request_id: int) -> tuple[Order, RefundRequest]:
    number = select(Order.number).join(RefundRequest).where(RefundRequest.id == find_request(request_id).id)
    order = lock_with_buyer(db.session.scalars(number).one())
    request = db.session.get_one(RefundRequest, request_id, populate_existing=True)
    if request.state is not RequestState.OPEN:
        raise Conflict(ANSWERED)
    return order, request


def _answer(order: Order, request: RefundRequest, state: RequestState, by: int, **told: object) -> None:
    request.state, request.answered_at, request.answered_by = state, now(), by
    db.session.flush()
    record(f"refund.{state}", f"order:{order.number}", actor_id=by)
    facts = {"is_approved": state is RequestState.APPROVED, "answer": "", **told}
    order_mails.write(order, "refund_answered", again=request.id, **facts)


def _tell_both(order: Order, request: RefundRequest) -> None:
    order_mails.write(order, "refund_asked", again=request.id, text=request.text)
    facts: dict[str, object] = {
        "number": order.number, "email": order.email, "course": order.title, "amount": str(services.left_of(order)),
        "text": request.text, "progress": request.progress, "admin_path": "/admin/refund-requests",
    }  # fmt: skip
    order_mails.to_school("refund_requested", facts, dedupe_key=_key(request))


def _tell_of_withdrawal(order: Order, request: RefundRequest) -> None:
    """To a school that was told of the request: it has nothing to answer any more."""
    if outbox.holds(_key(request)):
        facts: dict[str, object] = {
            "number": order.number, "email": order.email, "course": order.title,
            "admin_path": f"/admin/orders/{order.number}",
        }  # fmt: skip
        order_mails.to_school("refund_withdrawn", facts, dedupe_key=f"{_key(request)}:withdrawn")


def _key(request: RefundRequest) -> str:
    """Names a request in the keys of mails to the school."""
    return f"refund-request:{request.id}"


def _last_of(order: Order) -> RefundRequest | None:
    """What its buyer asked last and did not withdraw."""
    query = select(RefundRequest).where(
        RefundRequest.order_id == order.id, RefundRequest.state != RequestState.WITHDRAWN
    )
    newest = query.order_by(RefundRequest.id.desc()).limit(1)
    return db.session.scalar(newest.execution_options(populate_existing=True))


def _progress_of(order: Order) -> int:
    courses = [line.course_id for line in order.lines]
    return max((tell(order.user_id, courses) for tell in _tellers if order.user_id is not None), default=0)


def _today(time_zone: str) -> date:
    return now().astimezone(ZoneInfo(time_zone)).date()
