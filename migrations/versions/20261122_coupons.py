"""Codes that take something off a price, and what each order had of one.

Revision: 20261122_coupons
Follows: 20261122_access
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_coupons"
down_revision = "20261122_access"
branch_labels = None
depends_on = None

USE = sa.Enum("reserved", "used", "freed", name="usestate", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("max_per_person", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name=op.f("ck_coupons_one_kind")),
        sa.CheckConstraint("(amount_minor IS NULL) = (currency = '')", name=op.f("ck_coupons_currency")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_coupons_amount")),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_coupons_percent")),
        sa.CheckConstraint("reserved >= 0 AND used >= 0", name=op.f("ck_coupons_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("code", name=op.f("uq_coupons_code")),
    )
    op.create_index(op.f("ix_coupons_created_at"), "coupons", ["created_at"])
    op.create_table(
        "coupon_courses",
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_courses_coupon_id_coupons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_coupon_courses_course_id_courses")),
        sa.PrimaryKeyConstraint("coupon_id", "course_id", name=op.f("pk_coupon_courses")),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", USE, nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_uses_coupon_id_coupons")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_coupon_uses_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_coupon_uses_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_coupon_uses")),
    )
    op.create_index("ix_coupon_uses_coupon_id_user_id", "coupon_uses", ["coupon_id", "user_id"])
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("discount_minor", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("coupon_code", sa.String(), server_default="", nullable=False))
        batch.create_check_constraint(batch.f("ck_orders_discount"), "discount_minor >= 0")
        batch.create_index(batch.f("ix_orders_coupon_code"), ["coupon_code"])
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(sa.Column("discount_minor", sa.Integer(), server_default="0", nullable=False))
        batch.create_check_constraint(batch.f("ck_order_lines_discount"), "discount_minor >= 0")


def downgrade() -> None:
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_constraint(batch.f("ck_order_lines_discount"), type_="check")
        batch.drop_column("discount_minor")
    with op.batch_alter_table("orders") as batch:
        batch.drop_index(batch.f("ix_orders_coupon_code"))
        batch.drop_constraint(batch.f("ck_orders_discount"), type_="check")
        batch.drop_column("coupon_code")
        batch.drop_column("discount_minor")
    op.drop_table("coupon_uses")
    op.drop_table("coupon_courses")
    op.drop_table("coupons")
