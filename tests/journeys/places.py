"""The addresses that only a history gives: what the demo's people did, and what is done here in their names."""

from typing import Any

from tests.factories import make_bundle, make_coupon, make_dispute, make_order, make_user
from tests.journeys.cases import open_case, play
from tests.journeys.people import DEMO_ADMIN, DEMO_INSTRUCTOR, DEMO_LEARNER, DEMO_NEWCOMER
from tests.journeys.school import School, inside
from tests.journeys.works import begin_work, open_assignment

FREE, CERTIFICATION = "the-stress-skin-cycle", "holistic-dermatology-certification"
WHO = {"learner": DEMO_LEARNER, "newcomer": DEMO_NEWCOMER, "instructor": DEMO_INSTRUCTOR, "admin": DEMO_ADMIN}
# Whose order stands how, of which course; of the open states one has one for each course.
ORDERS = [
    ("newcomer", "pending", CERTIFICATION),
    ("newcomer", "processing", FREE),
    ("learner", "confirming", FREE),
    ("learner", "review", CERTIFICATION),  # whoever has such a one is not led to another payment
    *[
        ("newcomer", state, CERTIFICATION)
        for state in ("paid", "failed", "expired", "duplicate", "partly_refunded", "refunded")
    ],
]


def make_places(school: School) -> dict[str, str]:
    """Addresses by name: of the demo learner's papers, of cases begun and played, of orders in every state."""
    count_results(school)
    history = _history(school)
    _doubt(school, history["result"].rpartition("/")[2], int(history["learner id"]))
    return {
        **history,
        **_plays(school),
        **_orders(school),
        **_offers(school),
        **_works(school),
        **_guest(school),
    }


def _guest(school: School) -> dict[str, str]:
    """The page of the link that a guest gets who has paid."""
    from accounts.invitations import welcome_path
    from app import create_app

    with inside(create_app(school.config)):
        guest = make_user("guest@example.org", "", confirmed=False)
        return {"welcome": welcome_path(guest, "/dashboard")}


def _offers(school: School) -> dict[str, str]:
    """A code, and a bundle of both courses, in two currencies, at /bundles/both."""
    from app import create_app
    from courses.services import find_course

    with inside(create_app(school.config)):
        courses = [find_course(slug) for slug in (CERTIFICATION, FREE)]
        make_bundle(*courses, prices={"USD": 59900, "EUR": 54900})
        return {"code": f"/admin/codes/{make_coupon(note='For the congress').id}"}


def _doubt(school: School, attempt: str, learner: int) -> None:
    """The demo learner doubts the second question of a result."""
    from analysis.doubts import services
    from app import create_app
    from core.database import transaction

    with inside(create_app(school.config)), transaction():
        services.doubt(services.doubtful(learner, attempt, 2), "Two of the options seem right to me.")


def count_results(school: School) -> None:
    """What the worker does every few minutes: the figures of the demo's quizzes and cases, and of its learners."""
    from analysis.cohorts import services as cohorts
    from analysis.services import due_quizzes, refresh
    from app import create_app
    from core.clock import now

    with inside(create_app(school.config)):
        for quiz in due_quizzes(now()):
            refresh(quiz)
        for course in cohorts.due_courses(now()):
            cohorts.refresh(course)


def _plays(school: School) -> dict[str, str]:
    """A case that the demo learner played to an unsafe stop, and one that waits in its second scene."""
    begun, stopped = (open_case(school, DEMO_LEARNER) for _ in range(2))
    scene = play(school, DEMO_LEARNER, begun, 3)
    debrief = play(school, DEMO_LEARNER, stopped, 2)
    return {"case": begun, "case scene": scene, "case outcome": f"{scene}?step=1", "case debrief": debrief}


def _works(school: School) -> dict[str, str]:
    """An assignment, and works of others: a draft, handed in, on a desk, returned, and marked."""

    def work(*deeds: str) -> str:
        assigned = open_assignment(school, DEMO_LEARNER, DEMO_INSTRUCTOR)
        return begin_work(school, DEMO_LEARNER, assigned, *deeds, tutor=DEMO_INSTRUCTOR)

    fresh = open_assignment(school, DEMO_LEARNER, DEMO_INSTRUCTOR)
    draft, handed, marked = work(), work("hand in"), work("hand in", "claim", "mark")
    return {
        "assignment": fresh.url,
        "draft": f"/attempts/{draft}",
        "hand-in": f"/attempts/{draft}/hand-in",
        "work": f"/attempts/{handed}",
        "returned work": f"/attempts/{work('hand in', 'claim', 'return')}",
        "marked work": f"/attempts/{marked}",
        "desk": f"/studio/marking/{handed}",
        "desk with a work": f"/studio/marking/{work('hand in', 'claim')}",
        "desk with a mark": f"/studio/marking/{marked}",
        "accommodations": f"{fresh.course}/accommodations?q=Priya",
        "studio course": fresh.course,
    }


def _orders(school: School) -> dict[str, str]:
    """Orders in every state, by their ways back from the payment and by their own pages.

    There is no Stripe here to ask, so a pending one that has a session is shown as confirming.
    """
    from accounts.services import require_by_email
    from app import create_app
    from courses.services import find_course

    with inside(create_app(school.config)):
        for who, state, slug in ORDERS:
            place = {"session_id": None} if state == "pending" else {}
            make_order(
                require_by_email(WHO[who]), find_course(slug), "pending" if state == "confirming" else state,
                number=_number(state), **place,
            )  # fmt: skip
    states = [state for _, state, _ in ORDERS]
    return {
        **{f"return {state}": f"/checkout/return?order={_number(state)}" for state in states},
        **{f"order {state}": f"/orders/{_number(state)}" for state in states},
    }


def _number(state: str) -> str:
    return f"261121-{state.upper()}"


HISTORY = {
    "certificate": "SELECT '/certificates/' || id FROM certificates WHERE user_id = :learner",
    "result": "SELECT '/attempts/' || id FROM attempts WHERE user_id = :learner AND state <> 'open'"
    " ORDER BY started_at LIMIT 1",
    "learner id": "SELECT :learner",
    "person": "SELECT '/admin/people/' || :learner",
    "revoke": "SELECT '/admin/enrollments/' || min(id) || '/revoke' FROM enrollments WHERE user_id = :learner",
    "order": "SELECT '/admin/orders/' || max(number) FROM orders WHERE user_id = :learner",
    "dispute": "SELECT '/admin/disputes/' || max(id) FROM disputes WHERE :learner > 0",
    "refund": "SELECT '/admin/orders/' || max(number) || '/refund' FROM orders WHERE user_id = :learner",
    "decline": "SELECT '/admin/refund-requests/' || max(id) || '/decline' FROM refund_requests WHERE :learner > 0",
    "mail": "SELECT '/admin/mail/' || max(id) FROM outbox WHERE :learner > 0",
    "preview": "SELECT '/courses/' || c.slug || '/preview/' || s.slug FROM steps s"
    " JOIN courses c ON c.id = s.course_id WHERE s.preview AND :learner > 0 LIMIT 1",
}


def _history(school: School) -> dict[str, str]:
    """Where the demo learner's papers lie."""
    from sqlalchemy import text

    from accounts.services import require_by_email
    from app import create_app
    from core.database import db

    with inside(create_app(school.config)):
        _sell(require_by_email(DEMO_LEARNER))
        learner = {"learner": require_by_email(DEMO_LEARNER).id}
        return {
            name: str(db.session.execute(text(query), learner).scalar_one())
            for name, query in HISTORY.items()
        }


def _sell(buyer: Any) -> None:
    """An order that was paid and read again, and what Stripe and the reconciler left of it."""
    from core.clock import now
    from core.database import transaction
    from courses.services import find_course
    from shop.models import EventFate, OrderChange, ReconcileRun, StripeEventRow
    from shop.rules import OrderState

    order = make_order(buyer, find_course(CERTIFICATION))
    make_dispute(order)
    event = {
        "event_id": "evt_1", "kind": "checkout.session.completed", "object_id": order.session_id, "livemode": False,
        "api_version": "", "created_at": now(), "received_at": now(), "fate": EventFate.WAITING,
        "error": "The payment service does not answer.", "order_id": order.id,
    }  # fmt: skip
    report = {
        "looked_at": 1, "repaired": [{"order": order.number, "before": "pending", "after": "paid"}],
        "events": {"replayed": 0, "failed": 1}, "unknown_sessions": ["cs_test_unknown"], "trouble": ["Silence."],
    }  # fmt: skip
    with transaction() as session:
        session.add(
            OrderChange(order_id=order.id, at=now(), before=None, after=OrderState.PAID, cause="return")
        )
        session.add(StripeEventRow(**event))
        session.add(ReconcileRun(started_at=now(), finished_at=now(), cause="job", report=report))
    _money_back(order)


def _money_back(order: Any) -> None:
    """A part that went back, a learner who asks for the rest, and a night on which the books differed."""
    from core.clock import now
    from core.database import transaction
    from payments.values import RefundState
    from shop.ledger.models import LedgerEntry, LedgerReport
    from shop.ledger.rules import EntryKind
    from shop.refunds.models import RefundRequest, RefundRow
    from shop.refunds.rules import RequestState

    entry = {
        "order_id": order.id, "kind": EntryKind.REFUND, "source_id": "re_1", "source_key": "refund:re_1",
        "amount_minor": -1000, "currency": order.currency, "livemode": False, "at": now(),
    }  # fmt: skip
    difference = {
        "fault": "missing_there",
        "key": "refund:re_1",
        "currency": order.currency,
        "ours": -1000,
        "theirs": None,
        "order": order.number,
    }
    report = {
        "day": "2026-11-20", "compared": 1, "others": 2, "differences": [difference],
        "sums": [{"currency": order.currency, "ours": -1000, "theirs": 0}],
    }  # fmt: skip
    with transaction() as session:
        session.add(LedgerEntry(**entry))
        session.add(
            RefundRow(
                order_id=order.id,
                amount_minor=1000,
                currency=order.currency,
                state=RefundState.SUCCEEDED,
                stripe_id="re_1",
                reason="requested_by_customer",
                note="Half of it",
                created_at=now(),
            )  # fmt: skip
        )
        session.add(
            RefundRequest(order_id=order.id, state=RequestState.OPEN, text="Ill.", progress=0, asked_at=now())
        )
        session.add(
            LedgerReport(
                day=now().date(), livemode=False, made_at=now(), cause="job", is_right=False, report=report
            )
        )
