"""Free seats go back one by one with their price: how many a refund takes along, and which seats those are.

Revision: 20261122_seat_refunds
Follows: 20261122_forgotten_guests
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_seat_refunds"
down_revision = "20261122_forgotten_guests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refunds") as batch:
        batch.add_column(sa.Column("seats", sa.Integer(), server_default="0", nullable=False))
        batch.create_check_constraint(op.f("ck_refunds_seats"), "seats >= 0")
    with op.batch_alter_table("team_seats") as batch:
        batch.add_column(sa.Column("refund_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_team_seats_refund_id_refunds"), "refunds", ["refund_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_team_seats_returned"), "refund_id IS NULL OR (ended_at IS NOT NULL AND email = '')"
        )
    op.create_index(op.f("ix_team_seats_refund_id"), "team_seats", ["refund_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_team_seats_refund_id"), "team_seats")
    with op.batch_alter_table("team_seats") as batch:
        batch.drop_constraint(op.f("ck_team_seats_returned"), type_="check")
        batch.drop_constraint(op.f("fk_team_seats_refund_id_refunds"), type_="foreignkey")
        batch.drop_column("refund_id")
    with op.batch_alter_table("refunds") as batch:
        batch.drop_constraint(op.f("ck_refunds_seats"), type_="check")
        batch.drop_column("seats")
