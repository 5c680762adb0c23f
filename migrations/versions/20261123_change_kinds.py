"""The kind of change that a publication was, and what a lesson was made clearer by.

Revision: 20261123_change_kinds
Follows: 20261123_documents
"""

import sqlalchemy as sa
from alembic import op


revision = "20261123_change_kinds"
down_revision = "20261123_documents"
branch_labels = None
depends_on = None

KIND = sa.Enum("typo", "clarification", "material", name="changekind", native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("content_revisions") as batch:
        batch.add_column(sa.Column("kind", KIND, nullable=True))
    with op.batch_alter_table("lessons") as batch:
        batch.add_column(sa.Column("clarification", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("clarified_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lessons") as batch:
        batch.drop_column("clarified_at")
        batch.drop_column("clarification")
    with op.batch_alter_table("content_revisions") as batch:
        batch.drop_column("kind")
