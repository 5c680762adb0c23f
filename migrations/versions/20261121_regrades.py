"""Regrades and their previews, questions that were dropped, and what an attempt was asked where a mended revision grades it.

Revision: 20261121_regrades
Follows: 20261121_marking
"""

import sqlalchemy as sa
from alembic import op


revision = "20261121_regrades"
down_revision = "20261121_marking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("dropped", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(
            op.f("fk_attempt_items_asked_id_question_revisions"), "question_revisions", ["asked_id"], ["id"]
        )
        batch_op.create_index("items_of_a_revision", ["revision_id", "attempt_id"])
    op.create_table(
        "regrades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("cause", sa.Enum("key", "dropped", name="cause", native_enum=False, length=32), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column(
            "state", sa.Enum("running", "done", name="regradestate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("reached", sa.String(), nullable=False),
        sa.Column("up", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("passing", sa.Integer(), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.Column("since_preview", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_regrades_question_id_questions")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revisions.id"], name=op.f("fk_regrades_revision_id_question_revisions")
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_regrades_by_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sa.UniqueConstraint(
            "question_id", "cause", "revision_id", name=op.f("uq_regrades_question_id_cause_revision_id")
        ),
    )
    op.create_index(
        "one_drop_a_question", "regrades", ["question_id"], unique=True,
        sqlite_where=sa.text("cause = 'dropped'"), postgresql_where=sa.text("cause = 'dropped'"),
    )  # fmt: skip
    op.create_table(
        "regrade_previews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("cause", sa.Enum("key", "dropped", name="cause", native_enum=False, length=32), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("reached", sa.String(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_regrade_previews_question_id_questions")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_regrade_previews_revision_id_question_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_previews")),
    )


def downgrade() -> None:
    op.drop_table("regrade_previews")
    op.drop_table("regrades")
    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        batch_op.drop_index("items_of_a_revision")
        batch_op.drop_constraint(op.f("fk_attempt_items_asked_id_question_revisions"), type_="foreignkey")
        batch_op.drop_column("dropped")
        batch_op.drop_column("asked_id")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
