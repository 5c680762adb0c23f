"""Plans: what is sold for several payments, how each running one stands, and what was paid of it.

Revision: 20261122_plans
Follows: 20261122_disputes
"""

import sqlalchemy as sa
from alembic import op

from migrations.downgrades import require_no_orders


revision = "20261122_plans"
down_revision = "20261122_disputes"
branch_labels = None
depends_on = None

OLD_KIND = sa.Enum("own", "bundle", name="orderkind", native_enum=False, length=32)
KIND = sa.Enum("own", "bundle", "plan", name="orderkind", native_enum=False, length=32)
RHYTHM = sa.Enum("month", "year", name="rhythm", native_enum=False, length=32)
STATE = sa.Enum("active", "grace", "paused", "settled", "ended", name="termstate", native_enum=False, length=32)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("kind", existing_type=OLD_KIND, type_=KIND, existing_nullable=False)
        batch.add_column(sa.Column("rhythm", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("instalments", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("subscription_id", sa.String(), nullable=True))
        batch.create_unique_constraint(batch.f("uq_orders_subscription_id"), ["subscription_id"])
    _create_plans()
    _create_terms()
    _create_payments()


def downgrade() -> None:
    require_no_orders("plan", "plans")
    for table in ("plan_payments", "plan_terms", "plan_courses", "plans"):
        op.drop_table(table)
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(batch.f("uq_orders_subscription_id"), type_="unique")
        for column in ("subscription_id", "instalments", "rhythm"):
            batch.drop_column(column)
        batch.alter_column("kind", existing_type=KIND, type_=OLD_KIND, existing_nullable=False)


def _create_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rhythm", RHYTHM, nullable=False),
        sa.Column("instalments", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_plans_amount")),
        sa.CheckConstraint(
            "instalments IS NULL OR instalments BETWEEN 2 AND 36", name=op.f("ck_plans_instalments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_table(
        "plan_courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_plan_courses_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_courses_plan_id_plans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_courses")),
        sa.UniqueConstraint("plan_id", "course_id", name=op.f("uq_plan_courses_plan_id_course_id")),
    )
    op.create_index(op.f("ix_plan_courses_course_id"), "plan_courses", ["course_id"])


def _create_terms() -> None:
    op.create_table(
        "plan_terms",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("renews_at", MOMENT, nullable=True),
        sa.Column("grace_until", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("look_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_plan_terms_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_plan_terms")),
    )
    op.create_index(op.f("ix_plan_terms_look_at"), "plan_terms", ["look_at"])


def _create_payments() -> None:
    op.create_table(
        "plan_payments",
        sa.Column("invoice_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("paid_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("refunded_minor >= 0", name=op.f("ck_plan_payments_refunded")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_plan_payments_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_plan_payments")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_plan_payments_payment_id")),
    )
    op.create_index(op.f("ix_plan_payments_order_id"), "plan_payments", ["order_id"])
