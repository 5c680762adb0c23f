"""Refunds, what learners ask for, and a ledger of all that the money of orders did.

Revision: 20261122_refunds
Follows: 20261122_offers
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_refunds"
down_revision = "20261122_offers"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
STATE = sa.Enum(
    "pending", "requires_action", "succeeded", "failed", "canceled", name="refundstate", native_enum=False, length=32
)
REQUEST = sa.Enum("open", "approved", "declined", name="requeststate", native_enum=False, length=32)
KIND = sa.Enum(
    "payment", "refund", "refund_failed", "dispute", "dispute_fee", "dispute_won", "dispute_fee_back",
    name="entrykind", native_enum=False, length=32,
)


def upgrade() -> None:
    _create_refunds()
    _create_requests()
    _create_ledger()
    _keep_ledger()
    _create_reports()


def downgrade() -> None:
    op.drop_table("ledger_reports")
    op.drop_table("ledger_entries")  # and its triggers
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_ledger()")
    op.drop_table("refund_requests")
    op.drop_table("refunds")


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("ends_access", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_refunds_asked_by_users"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_refunds_stripe_id")),
    )
    for column in ("created_at", "order_id", "state"):
        op.create_index(op.f(f"ix_refunds_{column}"), "refunds", [column])


def _create_requests() -> None:
    op.create_table(
        "refund_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("state", REQUEST, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_refund_requests_answered_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_requests_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
    )
    for column in ("asked_at", "order_id", "state"):
        op.create_index(op.f(f"ix_refund_requests_{column}"), "refund_requests", [column])
    op.create_index(
        "one_open_refund_request", "refund_requests", ["order_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_entries_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ledger_entries_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("source_key", name=op.f("uq_ledger_entries_source_key")),
    )
    for column in ("at", "order_id"):
        op.create_index(op.f(f"ix_ledger_entries_{column}"), "ledger_entries", [column])


def _keep_ledger() -> None:
    """What is written in the ledger is neither changed nor deleted, by whatever program."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE ON ledger_entries "
            "FOR EACH ROW EXECUTE FUNCTION keep_ledger()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_entries_no_{deed.lower()} BEFORE {deed} ON ledger_entries "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


def _create_reports() -> None:
    op.create_table(
        "ledger_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_reports")),
        sa.UniqueConstraint("day", "livemode", name=op.f("uq_ledger_reports_day_livemode")),
    )
