"""Works that people mark, their versions, files and marks.

Revision: 20261121_marking
Follows: 20261121_reviews
"""

import sqlalchemy as sa
from alembic import op


revision = "20261121_marking"
down_revision = "20261121_reviews"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    "draft", "waiting", "second", "agreeing", "returned", "marked",
    name="workstate", native_enum=False, length=32,
)  # fmt: skip


def upgrade() -> None:
    _create_works()
    _create_versions()
    _create_files()
    _create_marks()
    _queue_what_waits()


def downgrade() -> None:
    for table in ("work_marks", "work_files", "work_versions", "works"):
        op.drop_table(table)


def _create_works() -> None:
    op.create_table(
        "works",
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_place", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_works_attempt_id_attempts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_works_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["users.id"], name=op.f("fk_works_marker_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["users.id"], name=op.f("fk_works_second_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_works")),
    )
    op.create_index("queue_of_works", "works", ["course_id", "state", "handed_in_at"])
    op.create_index(op.f("ix_works_marker_id"), "works", ["marker_id"])


def _create_versions() -> None:
    op.create_table(
        "work_versions",
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["works.attempt_id"], name=op.f("fk_work_versions_attempt_id_works"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_work_versions")),
    )


def _create_files() -> None:
    op.create_table(
        "work_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("in_draft", sa.Boolean(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_work_files_attempt_id_attempts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_files")),
        sa.UniqueConstraint("key", name=op.f("uq_work_files_key")),
    )
    op.create_index(op.f("ix_work_files_attempt_id"), "work_files", ["attempt_id"])


def _create_marks() -> None:
    op.create_table(
        "work_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("points_num", sa.Integer(), nullable=True),
        sa.Column("points_den", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["works.attempt_id"], name=op.f("fk_work_marks_attempt_id_works"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["users.id"], name=op.f("fk_work_marks_marker_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_marks")),
    )
    op.create_index("one_mark_a_place", "work_marks", ["attempt_id", "version", "place"], unique=True)


def _queue_what_waits() -> None:
    """Attempts that were handed in with something for a person to mark enter the queue."""
    op.execute(
        "INSERT INTO works (attempt_id, course_id, state, rounds, note, handed_in_at, reason) "
        "SELECT attempts.id, steps.course_id, 'waiting', 0, '', attempts.submitted_at, '' "
        "FROM attempts JOIN steps ON steps.id = attempts.step_id "
        "WHERE attempts.state = 'submitted' AND attempts.points_num IS NULL "
        "AND attempts.id NOT IN (SELECT attempt_id FROM case_plays)"
    )
