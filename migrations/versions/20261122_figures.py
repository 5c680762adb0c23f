"""Lines of orders keep their shares of what came and of what went back; payments of plans are found by their day.

Revision: 20261122_figures
Follows: 20261122_gifts
"""

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa
from alembic import op


revision = "20261122_figures"
down_revision = "20261122_gifts"
branch_labels = None
depends_on = None

SHARES = ("paid_minor", "refunded_minor")
BACK = ("refund", "refund_failed", "dispute", "dispute_won")
AT_ONCE = 1000  # lines
LINES = sa.table("order_lines", *map(sa.column, ("id", "order_id", "position", "amount_minor", "tax_minor", *SHARES)))
ORDERS = sa.table("orders", *map(sa.column, ("id", "tax_minor", *SHARES)))
ENTRIES = sa.table("ledger_entries", *map(sa.column, ("order_id", "kind", "amount_minor")))


def upgrade() -> None:
    op.create_index(op.f("ix_plan_payments_paid_at"), "plan_payments", ["paid_at"])
    for name in SHARES:
        op.add_column("order_lines", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    _fill()


def downgrade() -> None:
    with op.batch_alter_table("order_lines") as batch:
        for name in SHARES:
            batch.drop_column(name)
    op.drop_index(op.f("ix_plan_payments_paid_at"), "plan_payments")


def _fill() -> None:
    """As the shop does it when the money moves."""
    connection = op.get_bind()
    lines = sa.update(LINES).where(LINES.c.id == sa.bindparam("line")).values(
        {name: sa.bindparam(f"{name}_share") for name in (*SHARES, "tax_minor")}
    )
    shares = _shares(connection.execute(_paid()).all())
    while some := list(islice(shares, AT_ONCE)):
        connection.execute(lines, some)


def _paid() -> sa.Select[Any]:
    """The lines of orders to which money came, with what the ledger has of each order, and where it has nothing yet,
    what the order itself says."""
    came, back = (
        sa.func.sum(sa.case((ENTRIES.c.kind.in_(kinds), ENTRIES.c.amount_minor), else_=0)) for kinds in (["payment"], BACK)
    )
    moved = sa.select(ENTRIES.c.order_id, came.label("came"), (-back).label("back")).group_by(ENTRIES.c.order_id).subquery()
    query = sa.select(
        LINES.c.id,
        LINES.c.order_id,
        LINES.c.amount_minor,
        sa.func.coalesce(moved.c.came, ORDERS.c.paid_minor).label("paid_minor"),
        sa.func.coalesce(moved.c.back, ORDERS.c.refunded_minor).label("refunded_minor"),
        sa.func.coalesce(ORDERS.c.tax_minor, 0).label("tax_minor"),
    )
    query = query.join_from(LINES, ORDERS, ORDERS.c.id == LINES.c.order_id)
    query = query.outerjoin(moved, moved.c.order_id == ORDERS.c.id).where(ORDERS.c.paid_minor.is_not(None))
    return query.order_by(LINES.c.order_id, LINES.c.position)


def _shares(rows: Any) -> Iterator[dict[str, int]]:
    for _, of_order in groupby(rows, lambda row: row.order_id):
        lines = list(of_order)
        weights = [line.amount_minor for line in lines]
        parts = {name: _split(int(getattr(lines[0], name)), weights) for name in (*SHARES, "tax_minor")}
        for place, line in enumerate(lines):
            yield {"line": line.id, **{f"{name}_share": shares[place] for name, shares in parts.items()}}


def _split(whole: int, weights: list[int]) -> list[int]:
    """In proportion; what is left of rounding down goes to the largest remainders, of equal ones to the first."""
    weights = weights if any(weights) else [1] * len(weights)
    all_of_it = sum(weights)
    parts = [whole * weight // all_of_it for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(whole * weights[i] % all_of_it))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts
