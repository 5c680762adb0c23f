"""The comparison of a day's ledger with Stripe's balance: docs/orders.md says what is compared.

It opens its transactions itself, and none is open while Stripe is asked.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, union_all

from core.clock import now
from core.config import current_config
from core.database import db, transaction, upsert
from payments import balance, gateway
from payments.balance import BalanceLine
from payments.values import PaymentsOff
from shop import order_mails
from shop.asking import ask
from shop.ledger import rules
from shop.ledger.models import LedgerEntry, LedgerReport
from shop.ledger.rules import EntryKind, Movement, key_of
from shop.models import Order
from shop.plans.models import PlanPayment

DAY = timedelta(days=1)
NIGHT = 2  # o'clock UTC: from then on the day before is compared; what came last has been heard of
MOST_ASKED = 200  # of one by one; where more are missing, it is not for the sake of midnight
CATEGORIES = {
    "charge": EntryKind.PAYMENT,
    "refund": EntryKind.REFUND,
    "refund_failure": EntryKind.REFUND_FAILED,
    "dispute": EntryKind.DISPUTE,
    "dispute_reversal": EntryKind.DISPUTE_WON,
}
FEES = {EntryKind.DISPUTE: EntryKind.DISPUTE_FEE, EntryKind.DISPUTE_WON: EntryKind.DISPUTE_FEE_BACK}
Movements = dict[str, Movement]


@dataclass(frozen=True)
class Report:
    """What came of a comparison. `compared` counts movements, `others` what is none of the school's orders'; `sums`
    are rows of a currency, our sum and Stripe's; `differences` those of `rules.compare`, with the order's number."""

    day: str  # as 2026-11-21
    compared: int
    others: int
    sums: list[dict[str, Any]]
    differences: list[dict[str, Any]]


def is_due() -> bool:
    """Whether the day before waits to be compared."""
    wanted = select(LedgerReport.id).filter_by(day=yesterday(), livemode=current_config().is_live)
    return now().astimezone(UTC).hour >= NIGHT and db.session.scalar(wanted) is None


def yesterday() -> date:
    return now().astimezone(UTC).date() - DAY


def make(day: date, cause: str) -> Report:
    """Compare a day, which is one of UTC, and keep what came of it. Raises PaymentsOff, StripeSilent."""
    if not current_config().takes_money:
        raise PaymentsOff(gateway.NO_MONEY)
    start = datetime.combine(day, time(), UTC)
    lines = ask(lambda: list(balance.lines_between(start, start + DAY)))
    payments = _known_payments(lines)
    own = [line for line in lines if _is_own(line, payments)]
    theirs = _movements(own)
    ours = _written(or_(LedgerEntry.source_key.in_(theirs), _is_of(start)))
    theirs |= _of_other_days([key for key in ours if key not in theirs])
    report = _report(day, ours, theirs, len(lines) - len(own))
    with transaction():
        _keep(report, day, cause)
    return report


def _is_own(line: BalanceLine, payments: frozenset[str]) -> bool:
    is_ours = line.payment_id in payments or line.school == current_config().host
    return line.category in CATEGORIES and is_ours


def _known_payments(lines: list[BalanceLine]) -> frozenset[str]:
    named = {line.payment_id for line in lines if line.payment_id}
    of_orders = select(Order.payment_id).where(Order.payment_id.in_(named))
    of_plans = select(PlanPayment.payment_id).where(PlanPayment.payment_id.in_(named))
    return frozenset(filter(None, db.session.scalars(union_all(of_orders, of_plans))))


def _movements(lines: list[BalanceLine]) -> Movements:
    found: Movements = {}
    for line in lines:
        kind = CATEGORIES[line.category]
        _add(found, kind, line.source_id, line.minor, line.currency)
        if line.fee and kind in FEES:
            _add(found, FEES[kind], line.source_id, -line.fee, line.fee_currency)
    return found


def _add(found: Movements, kind: EntryKind, source_id: str, minor: int, currency: str) -> None:
    key = key_of(kind, source_id)
    found[key] = Movement(key, minor, currency)


def _written(which: ColumnElement[bool]) -> Movements:
    query = select(LedgerEntry.source_key, LedgerEntry.amount_minor, LedgerEntry.currency)
    is_live = LedgerEntry.livemode == current_config().is_live
    return {
        key: Movement(key, minor, code)
        for key, minor, code in db.session.execute(query.where(which, is_live))
    }


def _is_of(start: datetime) -> ColumnElement[bool]:
    return (LedgerEntry.at >= start) & (LedgerEntry.at < start + DAY)


def _of_other_days(keys: list[str]) -> Movements:
    """What Stripe wrote of these on another day: asked for one by one, as they are few."""
    sources = list(dict.fromkeys(key.partition(":")[2] for key in keys))[:MOST_ASKED]
    lines = [line for each in sources for line in ask(lambda each=each: list(balance.lines_of(each)))]
    found = _movements([line for line in lines if line.category in CATEGORIES])
    return {key: found[key] for key in keys if key in found}


def _report(day: date, ours: Movements, theirs: Movements, others: int) -> Report:
    differences = rules.compare(ours, theirs)
    numbers = _numbers([each.key for each in differences])
    own, their = rules.sums(ours.values()), rules.sums(theirs.values())
    return Report(
        day.isoformat(),
        len(ours.keys() | theirs.keys()),
        others,
        [
            {"currency": code, "ours": own.get(code, 0), "theirs": their.get(code, 0)}
            for code in sorted(own | their)
        ],
        [{**asdict(each), "order": numbers.get(each.key, "")} for each in differences],
    )


def _numbers(keys: list[str]) -> dict[str, str]:
    query = select(LedgerEntry.source_key, Order.number).join(Order, Order.id == LedgerEntry.order_id)
    rows = db.session.execute(query.where(LedgerEntry.source_key.in_(keys)))
    return {row.source_key: row.number for row in rows}


def _keep(report: Report, day: date, cause: str) -> None:
    is_right = not report.differences
    row = {
        "day": day, "livemode": current_config().is_live, "made_at": now(), "cause": cause, "is_right": is_right,
        "report": asdict(report),
    }  # fmt: skip
    upsert(LedgerReport, row, ("day", "livemode"))
    if not is_right:
        facts: dict[str, object] = {
            "day": day,
            "count": len(report.differences),
            "admin_path": "/admin/ledger",
        }
        order_mails.to_school("ledger_differs", facts, dedupe_key=f"ledger:{day}:{row['livemode']}")
