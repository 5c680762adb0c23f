"""Texts that are being written: drafts, and every save of them.

Revision: 20261123_drafts
Follows: 20261123_course_roles
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError


revision = "20261123_drafts"
down_revision = "20261123_course_roles"
branch_labels = None
depends_on = None

STATE = sa.Enum("writing", "in_review", "approved", name="draftstate", native_enum=False, length=32)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("base_text", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_drafts_number")),
        sa.CheckConstraint("base_revision >= 0", name=op.f("ck_drafts_base_revision")),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["users.id"], name=op.f("fk_drafts_saved_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("path", name=op.f("uq_drafts_path")),
    )
    op.create_index(op.f("ix_drafts_course"), "drafts", ["course"])
    op.create_index(op.f("ix_drafts_closed_at"), "drafts", ["closed_at"])
    op.create_table(
        "draft_saves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_saves_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["users.id"], name=op.f("fk_draft_saves_saved_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_saves")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_saves_draft_id_number")),
    )


def downgrade() -> None:
    drafts = sa.table("drafts", sa.column("closed_at"))
    waiting = sa.select(sa.func.count()).select_from(drafts).where(drafts.c.closed_at.is_(None))
    if number := op.get_bind().scalar(waiting):
        raise CommandError(
            f"Going back would lose what instructors are writing ({number} drafts), so the schema stays as it is. "
            "Publish or discard the drafts first."
        )
    op.drop_table("draft_saves")
    op.drop_table("drafts")
