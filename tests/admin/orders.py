"""Orders as the admin meets them: what Stripe says of one, its events, the runs of the reconciler, and their pages."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.database import db, transaction
from core.money import Money
from payments.values import Payment, Refund, RefundState, Session, SessionStatus
from shop.models import EventFate, Order, ReconcileRun, StripeEventRow
from tests.conftest import NOON

PRICE = Money(48900, "USD")

Answers = Callable[..., None]


def session(order: Any, *, refunded: int = 0, **columns: Any) -> Session:
    """What Stripe says of an order that was paid as ordered."""
    gone = (Refund(f"re_of_{order.number}", RefundState.SUCCEEDED, refunded, "USD"),) if refunded else ()
    paid = Payment(
        f"pi_of_{order.number}", False, captured=48900, charge_id=f"ch_of_{order.number}", refunds=gone,
        method="card",
    )  # fmt: skip
    defaults: dict[str, Any] = {
        "id": order.session_id, "status": SessionStatus.COMPLETE, "is_paid": True, "total": PRICE,
        "livemode": False, "order_number": order.number, "school": "127.0.0.1:8000", "url": "",
        "expires_at": NOON + timedelta(hours=23), "payment": paid,
    }  # fmt: skip
    return Session(**{**defaults, **columns})


def make_event(order: Any = None, fate: str = "applied", **columns: Any) -> None:
    defaults: dict[str, Any] = {
        "event_id": "evt_1", "kind": "checkout.session.completed", "object_id": "cs_elsewhere", "livemode": False,
        "api_version": "2026-10-28.endive", "created_at": NOON, "received_at": NOON, "fate": EventFate(fate),
        "order_id": order and order.id,
    }  # fmt: skip
    with transaction() as each:
        each.add(StripeEventRow(**{**defaults, **columns}))


def make_run(report: dict[str, Any] | None, cause: str = "job", **columns: Any) -> None:
    whole = {
        "looked_at": 0, "repaired": [], "events": {"replayed": 0, "failed": 0}, "unknown_sessions": [], "trouble": [],
    }  # fmt: skip
    ended = {"finished_at": NOON, "report": {**whole, **report}} if report is not None else {}
    defaults = {"started_at": NOON, "finished_at": None, "cause": cause, "report": None}
    with transaction() as each:
        each.add(ReconcileRun(**{**defaults, **ended, **columns}))


def state(number: str) -> str:
    db.session.rollback()
    return str(db.session.scalars(select(Order.state).filter_by(number=number)).one())


def part(page: str, heading: str) -> str:
    """What stands in the section with this heading, in one line."""
    return " ".join(page.partition(f'id="{heading}"')[2].partition("</section>")[0].split())


def next_page(page: str) -> str:
    """Where the button of a list leads that shows the next page."""
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def shown(page: str, numbers: tuple[str, ...]) -> list[str]:
    """Which of these orders a list shows, in its order."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return sorted((n for n in numbers if f">{n}<" in table), key=lambda n: table.index(f">{n}<"))
