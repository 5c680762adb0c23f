"""What Stripe is asked about the end of a running plan, and what is owed while a payment of one is missing.

Revision: 20261122_wishes
Follows: 20261122_seat_refunds
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_wishes"
down_revision = "20261122_seat_refunds"
branch_labels = None
depends_on = None

WISH = sa.Enum("end", "go_on", name="wish", native_enum=False, length=32)
STATE = sa.Enum("asked", "done", "given_up", name="wishstate", native_enum=False, length=32)
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'asked'")


def upgrade() -> None:
    with op.batch_alter_table("plan_terms") as batch:
        batch.add_column(sa.Column("owed_minor", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("owed_since", MOMENT, nullable=True))
        batch.add_column(sa.Column("pay_url", sa.String(), server_default="", nullable=False))
    op.create_table(
        "plan_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("wish", WISH, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("state", STATE, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_plan_wishes_asked_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_plan_wishes_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_wishes")),
    )
    op.create_index(op.f("ix_plan_wishes_order_id"), "plan_wishes", ["order_id"])
    op.create_index(
        "one_waiting_wish", "plan_wishes", ["order_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )


def downgrade() -> None:
    op.drop_table("plan_wishes")
    with op.batch_alter_table("plan_terms") as batch:
        for column in ("pay_url", "owed_since", "owed_minor"):
            batch.drop_column(column)
