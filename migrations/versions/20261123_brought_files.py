"""What each file of the content held when files came the last time: until now, what stands.

Revision: 20261123_brought_files
Follows: 20261123_course_founders
"""

import sqlalchemy as sa
from alembic import op


revision = "20261123_brought_files"
down_revision = "20261123_course_founders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brought_files",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_brought_files")),
    )
    op.execute(
        "INSERT INTO brought_files (path, sha256, content) "
        "SELECT content_files.path, content_files.sha256, content_revisions.content FROM content_files "
        "JOIN content_revisions ON content_revisions.file_id = content_files.id "
        "AND content_revisions.number = content_files.revision WHERE content_files.removed_at IS NULL"
    )


def downgrade() -> None:
    op.drop_table("brought_files")
