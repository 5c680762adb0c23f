"""Zips that wait to be looked at and taken over.

Revision: 20261123_brought_zips
Follows: 20261123_brought_files
"""

import sqlalchemy as sa
from alembic import op


revision = "20261123_brought_zips"
down_revision = "20261123_brought_files"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "brought_zips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_brought_zips_made_by_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_zips")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_brought_zips_storage_key")),
    )
    op.create_index(op.f("ix_brought_zips_made_by"), "brought_zips", ["made_by"])
    op.create_index(op.f("ix_brought_zips_ends_at"), "brought_zips", ["ends_at"])


def downgrade() -> None:
    op.drop_table("brought_zips")
