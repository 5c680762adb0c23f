"""Who began a course that was never published.

Revision: 20261123_course_founders
Follows: 20261123_drafts
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError


revision = "20261123_course_founders"
down_revision = "20261123_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_founders",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_course_founders_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_course_founders")),
    )
    op.create_index(op.f("ix_course_founders_user_id"), "course_founders", ["user_id"])


def downgrade() -> None:
    founders = sa.table("course_founders")
    if number := op.get_bind().scalar(sa.select(sa.func.count()).select_from(founders)):
        raise CommandError(
            f"Older code shows a course to nobody before it is published: {number} were begun, so the schema stays "
            "as it is. Publish them first."
        )
    op.drop_table("course_founders")
