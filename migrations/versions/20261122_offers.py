"""Prices in further currencies, bundles of courses, the consent to immediate access.

Revision: 20261122_offers
Follows: 20261122_coupons
"""

import sqlalchemy as sa
from alembic import op

from migrations.downgrades import require_no_orders


revision = "20261122_offers"
down_revision = "20261122_coupons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_prices",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_course_prices_amount")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_prices_course_id_courses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "currency", name=op.f("pk_course_prices")),
    )
    _create_bundles()
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("consent_version", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_orders_consent"), "(consent_at IS NULL) = (consent_version = '')"
        )
    with op.batch_alter_table("school") as batch:
        batch.add_column(sa.Column("asks_consent", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    require_no_orders("bundle", "bundles")
    with op.batch_alter_table("school") as batch:
        batch.drop_column("asks_consent")
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(batch.f("ck_orders_consent"), type_="check")
        batch.drop_column("consent_at")
        batch.drop_column("consent_version")
    for table in ("bundle_prices", "bundle_courses", "bundles", "course_prices"):
        op.drop_table(table)


def _create_bundles() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
        sa.UniqueConstraint("slug", name=op.f("uq_bundles_slug")),
    )
    op.create_table(
        "bundle_courses",
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_bundle_courses_bundle_id_bundles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_bundle_courses_course_id_courses")),
        sa.PrimaryKeyConstraint("bundle_id", "course_id", name=op.f("pk_bundle_courses")),
    )
    op.create_index(op.f("ix_bundle_courses_course_id"), "bundle_courses", ["course_id"])
    op.create_table(
        "bundle_prices",
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bundle_prices_amount")),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_bundle_prices_bundle_id_bundles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bundle_id", "currency", name=op.f("pk_bundle_prices")),
    )
