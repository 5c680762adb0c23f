"""Gifts: a course bought for somebody else.

Revision: 20261122_gifts
Follows: 20261122_guests
"""

import sqlalchemy as sa
from alembic import op

from migrations.downgrades import require_no_orders


revision = "20261122_gifts"
down_revision = "20261122_guests"
branch_labels = None
depends_on = None

OLD_KIND = sa.Enum("own", "bundle", "plan", "seats", name="orderkind", native_enum=False, length=32)
KIND = sa.Enum("own", "bundle", "plan", "seats", "gift", name="orderkind", native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("kind", existing_type=OLD_KIND, type_=KIND, existing_nullable=False)
    op.create_table(
        "gifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("giver_name", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("recipient_email", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("send_on", sa.Date(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mails", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("claimed_by IS NULL OR claimed_at IS NOT NULL", name=op.f("ck_gifts_claimed")),
        sa.CheckConstraint("claimed_at IS NULL OR code_hash IS NOT NULL", name=op.f("ck_gifts_code")),
        sa.CheckConstraint("version > 0", name=op.f("ck_gifts_version")),
        sa.ForeignKeyConstraint(["claimed_by"], ["users.id"], name=op.f("fk_gifts_claimed_by_users"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_gifts_course_id_courses")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_gifts_order_id_orders"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gifts_code_hash")),
        sa.UniqueConstraint("order_id", name=op.f("uq_gifts_order_id")),
    )
    for column in ("claimed_by", "course_id", "send_at", "sent_at"):
        op.create_index(op.f(f"ix_gifts_{column}"), "gifts", [column])


def downgrade() -> None:
    require_no_orders("gift", "gifts")
    op.drop_table("gifts")
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("kind", existing_type=KIND, type_=OLD_KIND, existing_nullable=False)
