"""Disputes of payments, suspended certificates, and the school's word on what a dispute pauses.

Revision: 20261122_disputes
Follows: 20261122_refunds
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_disputes"
down_revision = "20261122_refunds"
branch_labels = None
depends_on = None

OPEN = "'warning_needs_response', 'warning_under_review', 'needs_response', 'under_review'"
STATUS = sa.Enum(
    "warning_needs_response", "warning_under_review", "warning_closed", "prevented", "needs_response",
    "under_review", "won", "lost", name="disputestatus", native_enum=False, length=32,
)


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("evidence_by", sa.Integer(), nullable=True),
        sa.Column("evidence_attempt", sa.Integer(), nullable=False),
        sa.Column("evidence_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_disputes_amount")),
        sa.CheckConstraint(f"(closed_at IS NULL) = (status IN ({OPEN}))", name=op.f("ck_disputes_closed")),
        sa.ForeignKeyConstraint(
            ["evidence_by"], ["users.id"], name=op.f("fk_disputes_evidence_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_disputes_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_disputes_stripe_id")),
    )
    for column in ("opened_at", "order_id", "status"):
        op.create_index(op.f(f"ix_disputes_{column}"), "disputes", [column])
    with op.batch_alter_table("certificates") as batch:
        batch.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("school") as batch:
        batch.add_column(sa.Column("pauses_disputed", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("school") as batch:
        batch.drop_column("pauses_disputed")
    with op.batch_alter_table("certificates") as batch:
        batch.drop_column("suspended_at")
    op.drop_table("disputes")
