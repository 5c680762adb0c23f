"""Access in time: how long a course is open, when it takes learners, what comes before it, from when modules open.

Revision: 20261122_access
Follows: 20261122_grants
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_access"
down_revision = "20261122_grants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("courses") as batch:
        batch.add_column(sa.Column("requires", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("access_months", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("enroll_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("enroll_until", sa.Date(), nullable=True))
    with op.batch_alter_table("modules") as batch:
        batch.add_column(sa.Column("opens_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("opens_on", sa.Date(), nullable=True))
    with op.batch_alter_table("enrollments") as batch:
        batch.add_column(sa.Column("warned_of", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_enrollments_ends_at"), ["ends_at"])


def downgrade() -> None:
    with op.batch_alter_table("enrollments") as batch:
        batch.drop_index(batch.f("ix_enrollments_ends_at"))
        batch.drop_column("warned_of")
    with op.batch_alter_table("modules") as batch:
        batch.drop_column("opens_on")
        batch.drop_column("opens_days")
    with op.batch_alter_table("courses") as batch:
        for column in ("enroll_until", "enroll_from", "access_months", "requires"):
            batch.drop_column(column)
