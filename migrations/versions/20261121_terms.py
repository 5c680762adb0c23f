"""Attempts with terms, deadlines and a log of grades; what is changed for one learner.

Revision: 20261121_terms
Follows: 20261121_articles
"""

import json

import sqlalchemy as sa
from alembic import op


revision = "20261121_terms"
down_revision = "20261121_articles"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
OF_A_QUIZ, OF_A_COURSE = sa.text("quiz_id IS NOT NULL"), sa.text("quiz_id IS NULL")
SHUFFLES = {True: "both", False: "none"}
ONLY_THESE = {"both": True, "questions": True, "options": False, "none": False}
TERMS = {  # all attempts began with these before
    "view": "one", "back": True, "checks": False, "tries": 1, "try_penalty": 33, "hints": False, "hint_penalty": 0,
    "negative": 0, "certainty": False,
}  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("terms", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("timed_out", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("reached", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_index("open_until", ["deadline_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("certainty", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("hinted", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("tried", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("final_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mark_num", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mark_den", sa.Integer(), nullable=True))
    _create_grades()
    _create_accommodations()
    _create_requests()
    _set_terms()
    _log_grades()
    _reword_shuffle(SHUFFLES)


def downgrade() -> None:
    _reword_shuffle(ONLY_THESE)
    op.drop_table("attempt_requests")
    op.drop_table("accommodations")
    op.drop_table("grades")
    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        for name in ("mark_den", "mark_num", "final_at", "tried", "hinted", "certainty", "seq"):
            batch_op.drop_column(name)
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("open_until")
        for name in ("reached", "timed_out", "deadline_at", "terms"):
            batch_op.drop_column(name)


def _create_grades() -> None:
    op.create_table(
        "grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("points_num", sa.Integer(), nullable=True),
        sa.Column("points_den", sa.Integer(), nullable=True),
        sa.Column("max_num", sa.Integer(), nullable=False),
        sa.Column("max_den", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_grades_attempt_id_attempts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_grades_by_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
    )
    op.create_index(op.f("ix_grades_attempt_id"), "grades", ["attempt_id"])


def _create_accommodations() -> None:
    op.create_table(
        "accommodations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("extra_time", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("extra_time BETWEEN 0 AND 400", name=op.f("ck_accommodations_extra_time")),
        sa.CheckConstraint("extra_attempts BETWEEN 0 AND 100", name=op.f("ck_accommodations_extra_attempts")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_accommodations_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_accommodations_course_id_courses")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_accommodations_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
    )
    op.create_index(
        "one_accommodation_a_quiz", "accommodations", ["user_id", "course_id", "quiz_id"],
        unique=True, sqlite_where=OF_A_QUIZ, postgresql_where=OF_A_QUIZ,
    )  # fmt: skip
    op.create_index(
        "one_accommodation_a_course", "accommodations", ["user_id", "course_id"],
        unique=True, sqlite_where=OF_A_COURSE, postgresql_where=OF_A_COURSE,
    )  # fmt: skip


def _create_requests() -> None:
    op.create_table(
        "attempt_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_attempt_requests_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_attempt_requests_quiz_id_quizzes")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_attempt_requests_step_id_steps")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_attempt_requests_answered_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_requests")),
    )
    op.create_index(
        "one_open_request", "attempt_requests", ["user_id", "quiz_id"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip


def _set_terms() -> None:
    """Attempts at questions keep what they began with; plays of cases have no terms."""
    statement = sa.text(
        "UPDATE attempts SET terms = CAST(:terms AS JSON) WHERE id NOT IN (SELECT attempt_id FROM case_plays)"
    )
    if op.get_bind().dialect.name == "sqlite":
        statement = sa.text(
            "UPDATE attempts SET terms = :terms WHERE id NOT IN (SELECT attempt_id FROM case_plays)"
        )
    op.get_bind().execute(statement, {"terms": json.dumps(TERMS)})


def _log_grades() -> None:
    """The results so far are the first entries of the log."""
    op.execute(
        "INSERT INTO grades (attempt_id, cause, points_num, points_den, max_num, max_den, passed, items, words, at) "
        "SELECT id, 'machine', points_num, points_den, max_num, max_den, passed, '[]', '', submitted_at "
        "FROM attempts WHERE submitted_at IS NOT NULL"
    )


def _reword_shuffle(words: dict[object, object]) -> None:
    quizzes = sa.table("quizzes", sa.column("id", sa.Integer), sa.column("settings", sa.JSON))
    bind = op.get_bind()
    for quiz_id, settings in bind.execute(sa.select(quizzes.c.id, quizzes.c.settings)).all():
        changed = {**settings, "shuffle": words.get(settings.get("shuffle"), settings.get("shuffle"))}
        bind.execute(sa.update(quizzes).where(quizzes.c.id == quiz_id).values(settings=changed))
