"""Imports of questions that were looked at and may be kept.

Revision: 20261123_question_imports
Follows: 20261123_brought_zips
"""

import sqlalchemy as sa
from alembic import op


revision = "20261123_question_imports"
down_revision = "20261123_brought_zips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("kept_path", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_question_imports_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_imports")),
    )
    with op.batch_alter_table("question_imports") as batch:
        batch.create_index(op.f("ix_question_imports_course"), ["course"])
        batch.create_index(op.f("ix_question_imports_made_at"), ["made_at"])


def downgrade() -> None:
    op.drop_table("question_imports")
