"""Lines of orders keep their shares of what came and of what went back; payments of plans are found by their day,
orders of companies by the words of the company's name and of its own order number.

Revision: 20261122_figures
Follows: 20261122_payments_list
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa
from alembic import op


revision = "20261122_figures"
down_revision = "20261122_payments_list"
branch_labels = None
depends_on = None

SHARES = ("paid_minor", "refunded_minor")
BACK = ("refund", "refund_failed", "dispute", "dispute_won")
AT_ONCE = 1000  # lines
BYTEWISE = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
LINES = sa.table("order_lines", *map(sa.column, ("id", "order_id", "position", "amount_minor", "tax_minor", *SHARES)))
ORDERS = sa.table("orders", *map(sa.column, ("id", "tax_minor", *SHARES)))
ENTRIES = sa.table("ledger_entries", *map(sa.column, ("order_id", "kind", "amount_minor")))


def upgrade() -> None:
    op.create_index(op.f("ix_plan_payments_paid_at"), "plan_payments", ["paid_at"])
    for name in SHARES:
        op.add_column("order_lines", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    _fill()
    op.create_table(
        "order_words",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("word", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_words_order_id_orders"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "word", name=op.f("pk_order_words")),
    )
    _write_words()
    op.create_index("orders_of_a_word", "order_words", ["word", "order_id"])


def downgrade() -> None:
    op.drop_table("order_words")
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


def _write_words() -> None:
    """As accounts/rules.py makes them."""
    connection = op.get_bind()
    orders = sa.table("orders", *map(sa.column, ("id", "company", "order_reference")))
    named = connection.execute(sa.select(orders).where(orders.c.company != "")).all()
    rows = [
        {"order_id": row.id, "word": word}
        for row in named
        for word in sorted(_words(f"{row.company} {row.order_reference}"))
    ]
    if rows:
        connection.execute(sa.insert(sa.table("order_words", sa.column("order_id"), sa.column("word"))), rows)


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(each for each in plain if not unicodedata.combining(each)).split()
    parts = (part for word in words for part in re.findall(r"\w+", word))
    return {word[:80] for word in (*words, *parts)}
