"""Practice tools, and the lessons that link them.

Revision: 20261121_tools
Follows: 20261121_case_steps
"""

import sqlalchemy as sa
from alembic import op


revision = "20261121_tools"
down_revision = "20261121_case_steps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("reviewed", sa.Date(), nullable=True),
        sa.Column("paced", sa.Boolean(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tools")),
        sa.UniqueConstraint("slug", name=op.f("uq_tools_slug")),
    )
    op.create_table(
        "tool_links",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_tool_links_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", "tool", name=op.f("pk_tool_links")),
    )
    op.create_index("ix_tool_links_tool", "tool_links", ["tool"])


def downgrade() -> None:
    op.drop_index("ix_tool_links_tool", "tool_links")
    op.drop_table("tool_links")
    op.drop_table("tools")
