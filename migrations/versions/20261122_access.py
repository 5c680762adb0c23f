"""Access in time: how long a course is open, when it takes learners, what comes before it, from when modules open.

Revision: 20261122_access
Follows: 20261122_lists
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_access"
down_revision = "20261122_lists"
branch_labels = None
depends_on = None

UPLOAD_STATE = sa.Enum("previewed", "applying", "applied", name="uploadstate", native_enum=False, length=32)
PLACE_STATE = sa.Enum(
    "waiting", "offered", "held", "taken", "left", name="placestate", native_enum=False, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("courses") as batch:
        batch.add_column(sa.Column("requires", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("access_months", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("enroll_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("enroll_until", sa.Date(), nullable=True))
    with op.batch_alter_table("modules") as batch:
        batch.add_column(sa.Column("opens_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("opens_on", sa.Date(), nullable=True))
    with op.batch_alter_table("enrollments") as batch:
        batch.add_column(sa.Column("warned_of", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_enrollments_ends_at"), ["ends_at"])
    _create_cohorts()
    _create_uploads()


def _create_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_cohorts_taken")),
        sa.CheckConstraint("places IS NULL OR taken <= places", name=op.f("ck_cohorts_places")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_cohorts_days")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_cohorts_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_cohorts_course_id_name")),
    )
    op.create_table(
        "cohort_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", PLACE_STATE, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_places_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_cohort_places_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_cohort_places_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_places")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_cohort_places_user_id_course_id")),
    )
    op.create_index("line_of_a_cohort", "cohort_places", ["cohort_id", "state", "since"])
    for column in ("course_id", "until"):
        op.create_index(op.f(f"ix_cohort_places_{column}"), "cohort_places", [column])


def _create_uploads() -> None:
    op.create_table(
        "bulk_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", UPLOAD_STATE, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_bulk_uploads_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_uploads")),
    )
    op.create_index(op.f("ix_bulk_uploads_state"), "bulk_uploads", ["state"])


def downgrade() -> None:
    op.drop_table("bulk_uploads")
    op.drop_table("cohort_places")
    op.drop_table("cohorts")
    with op.batch_alter_table("enrollments") as batch:
        batch.drop_index(batch.f("ix_enrollments_ends_at"))
        batch.drop_column("warned_of")
    with op.batch_alter_table("modules") as batch:
        batch.drop_column("opens_on")
        batch.drop_column("opens_days")
    with op.batch_alter_table("courses") as batch:
        for column in ("enroll_until", "enroll_from", "access_months", "requires"):
            batch.drop_column(column)
