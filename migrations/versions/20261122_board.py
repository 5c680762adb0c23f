"""The team board: why a seat is free again, and whether another account took it than was invited. Of members of a
cohort who were in the course before: that it stays open to them until the cohort begins.

Revision: 20261122_board
Follows: 20261122_figures
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_board"
down_revision = "20261122_figures"
branch_labels = None
depends_on = None

FREED = sa.Enum(
    "withdrawn", "untaken", "left", "moved", "reopened", name="freed", native_enum=False, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("team_seats") as batch:
        batch.add_column(sa.Column("by_another", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("was_for", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("freed", FREED, nullable=True))
        batch.create_check_constraint(batch.f("ck_team_seats_freed"), "(was_for = '') = (freed IS NULL)")
    with op.batch_alter_table("cohort_places") as batch:
        batch.add_column(sa.Column("stays_open", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE team_seats SET by_another = true WHERE user_id IS NOT NULL"
        " AND email <> (SELECT email FROM users WHERE users.id = team_seats.user_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("cohort_places") as batch:
        batch.drop_column("stays_open")
    with op.batch_alter_table("team_seats") as batch:
        batch.drop_constraint(batch.f("ck_team_seats_freed"), type_="check")
        for name in ("freed", "was_for", "by_another"):
            batch.drop_column(name)
