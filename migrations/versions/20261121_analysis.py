"""Figures of quizzes and questions, and marks of those with news.

Revision: 20261121_analysis
Follows: 20261121_terms
"""

import sqlalchemy as sa
from alembic import op


revision = "20261121_analysis"
down_revision = "20261121_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiz_statistics",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_quiz_statistics_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("quiz_id", name=op.f("pk_quiz_statistics")),
    )
    op.create_table(
        "question_statistics",
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_question_statistics_quiz_id_quizzes")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_statistics_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "question_id", name=op.f("pk_question_statistics")),
    )
    op.create_table(
        "stale_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_stale_marks_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_marks")),
    )
    op.create_index(op.f("ix_stale_marks_quiz_id"), "stale_marks", ["quiz_id"])
    op.create_index("attempts_of_a_quiz", "attempts", ["quiz_id", "id"])
    # What was handed in before has no figures yet.
    op.execute("INSERT INTO stale_marks (quiz_id) SELECT DISTINCT quiz_id FROM attempts WHERE state = 'submitted'")


def downgrade() -> None:
    op.drop_index("attempts_of_a_quiz", "attempts")
    op.drop_table("stale_marks")
    op.drop_table("question_statistics")
    op.drop_table("quiz_statistics")
