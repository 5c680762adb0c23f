"""Tax: whether Stripe works it out and asks for a number, and what it came to. Refunds name a payment of a plan, an
ended plan says why the school ended it, and a grant may be paused for several reasons at once.

Revision: 20261122_tax
Follows: 20261122_seat_lists
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_tax"
down_revision = "20261122_seat_lists"
branch_labels = None
depends_on = None

SETTINGS = ("taxes_by_stripe", "asks_tax_number")
REASON = sa.Enum("dispute", "payment", name="pausereason", native_enum=False, length=32)
FROZEN = ("is_taxed", "asks_tax_number")


def upgrade() -> None:
    with op.batch_alter_table("plan_terms") as batch:
        batch.add_column(sa.Column("end_note", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("refunds") as batch:
        batch.add_column(sa.Column("payment_id", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("school") as batch:
        for name in SETTINGS:
            batch.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("orders") as batch:
        for name in FROZEN:
            batch.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("tax_minor", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("tax_country", sa.String(), server_default="", nullable=False))
        batch.create_check_constraint(batch.f("ck_orders_tax"), "tax_minor >= 0")
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(sa.Column("tax_minor", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("plan_payments") as batch:
        batch.add_column(sa.Column("tax_minor", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("invoice_url", sa.String(), server_default="", nullable=False))
    _create_pauses()


def downgrade() -> None:
    op.execute("DELETE FROM day_figures WHERE figure = 'tax'")  # Older code cannot read it, and newer counts it anew.
    _drop_pauses()
    with op.batch_alter_table("plan_terms") as batch:
        batch.drop_column("end_note")
    with op.batch_alter_table("refunds") as batch:
        batch.drop_column("payment_id")
    with op.batch_alter_table("plan_payments") as batch:
        batch.drop_column("invoice_url")
        batch.drop_column("tax_minor")
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_column("tax_minor")
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(batch.f("ck_orders_tax"), type_="check")
        for name in ("tax_country", "tax_minor", *FROZEN):
            batch.drop_column(name)
    with op.batch_alter_table("school") as batch:
        for name in SETTINGS:
            batch.drop_column(name)


def _create_pauses() -> None:
    op.create_table(
        "grant_pauses",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("reason", REASON, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_pauses_grant_id_grants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grant_id", "reason", name=op.f("pk_grant_pauses")),
    )
    op.execute(
        "INSERT INTO grant_pauses (grant_id, reason, since) "
        "SELECT id, pause_reason, paused_at FROM grants WHERE pause_reason <> ''"
    )
    with op.batch_alter_table("grants") as batch:
        batch.drop_constraint(batch.f("ck_grants_pause"), type_="check")
        batch.drop_column("pause_reason")
        batch.drop_column("paused_at")


def _drop_pauses() -> None:
    """Of several reasons the one that is told stays."""
    with op.batch_alter_table("grants") as batch:
        batch.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("pause_reason", sa.String(), server_default="", nullable=False))
    op.execute(
        "UPDATE grants SET pause_reason = (SELECT MIN(reason) FROM grant_pauses WHERE grant_id = grants.id), "
        "paused_at = (SELECT MIN(since) FROM grant_pauses WHERE grant_id = grants.id) "
        "WHERE id IN (SELECT grant_id FROM grant_pauses)"
    )
    with op.batch_alter_table("grants") as batch:
        batch.create_check_constraint(batch.f("ck_grants_pause"), "(paused_at IS NULL) = (pause_reason = '')")
    op.drop_table("grant_pauses")
