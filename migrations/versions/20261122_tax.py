"""Tax: whether Stripe works it out and asks for a number, and what it came to. Refunds name a payment of a plan, and an
ended plan says why the school ended it.

Revision: 20261122_tax
Follows: 20261122_teams
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_tax"
down_revision = "20261122_teams"
branch_labels = None
depends_on = None

SETTINGS = ("taxes_by_stripe", "asks_tax_number")
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


def downgrade() -> None:
    with op.batch_alter_table("plan_terms") as batch:
        batch.drop_column("end_note")
    with op.batch_alter_table("refunds") as batch:
        batch.drop_column("payment_id")
    with op.batch_alter_table("plan_payments") as batch:
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
