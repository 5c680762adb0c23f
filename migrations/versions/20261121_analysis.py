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
    op.create_table(
        "question_doubts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_question_doubts_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_question_doubts_attempt_id_attempts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_question_doubts_course_id_courses")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_question_doubts_quiz_id_quizzes")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_doubts_question_id_questions")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revisions.id"], name=op.f("fk_question_doubts_revision_id_question_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_doubts")),
        sa.UniqueConstraint("attempt_id", "question_id", name=op.f("uq_question_doubts_attempt_id_question_id")),
    )
    op.create_index(op.f("ix_question_doubts_user_id"), "question_doubts", ["user_id"])
    op.create_index(op.f("ix_question_doubts_course_id"), "question_doubts", ["course_id"])
    op.create_index("doubts_of_a_question", "question_doubts", ["question_id", "course_id"])
    op.create_table(
        "cohort_statistics",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_cohort_statistics_course_id_courses")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_cohort_statistics")),
    )
    op.create_index("attempts_of_a_quiz", "attempts", ["quiz_id", "id"])
    # What was handed in before has no figures yet.
    op.execute("INSERT INTO stale_marks (quiz_id) SELECT DISTINCT quiz_id FROM attempts WHERE state = 'submitted'")


def downgrade() -> None:
    op.drop_index("attempts_of_a_quiz", "attempts")
    op.drop_table("cohort_statistics")
    op.drop_table("question_doubts")
    op.drop_table("stale_marks")
    op.drop_table("question_statistics")
    op.drop_table("quiz_statistics")
