"""What lets people in becomes rows of its own; an order has a kind and lines.

Revision: 20261122_grants
Follows: 20261121_regrades
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_grants"
down_revision = "20261121_regrades"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('pending', 'processing')")
KIND = sa.Enum("free", "admin", "order", "gift", "seat", "plan", name="grantkind", native_enum=False, length=32)
ORDER_KIND = sa.Enum("own", name="orderkind", native_enum=False, length=32)


def upgrade() -> None:
    _create_grants()
    _fill_grants()
    _create_lines()
    _fill_lines()
    _change_orders()
    _change_enrollments()


def downgrade() -> None:
    with op.batch_alter_table("enrollments") as batch:
        batch.add_column(sa.Column("order_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("granted_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_enrollments_order_id_orders"), "orders", ["order_id"], ["id"])
        batch.create_foreign_key(
            batch.f("fk_enrollments_granted_by_users"), "users", ["granted_by"], ["id"], ondelete="SET NULL"
        )
        batch.drop_column("ends_at")
        batch.drop_column("pause_reason")
        batch.create_index(batch.f("ix_enrollments_order_id"), ["order_id"])
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("course_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("course_title", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE orders SET course_title = title, course_id = "
               "(SELECT course_id FROM order_lines WHERE order_id = orders.id AND position = 1)")
    with op.batch_alter_table("orders") as batch:
        batch.drop_index("one_open_order")
        batch.alter_column("course_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("course_title", existing_type=sa.String(), server_default=None)
        batch.create_foreign_key(batch.f("fk_orders_course_id_courses"), "courses", ["course_id"], ["id"])
        batch.create_index(batch.f("ix_orders_course_id"), ["course_id"])
        batch.create_index("one_open_order", ["user_id", "course_id", "livemode"], unique=True,
                           sqlite_where=OPEN, postgresql_where=OPEN)
        batch.drop_constraint(batch.f("ck_orders_amount"), type_="check")
        batch.create_check_constraint(batch.f("ck_orders_amount"), "amount_minor > 0")
        for column in ("kind", "subject", "title"):
            batch.drop_column(column)
    op.drop_table("order_lines")
    op.drop_table("grants")


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), server_default="", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name=op.f("ck_grants_end")),
        sa.CheckConstraint("(paused_at IS NULL) = (pause_reason = '')", name=op.f("ck_grants_pause")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_grants_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["users.id"], name=op.f("fk_grants_granted_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_grants_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("user_id", "course_id", "source", name=op.f("uq_grants_user_id_course_id_source")),
    )
    for column in ("course_id", "ends_at", "order_id", "source"):
        op.create_index(op.f(f"ix_grants_{column}"), "grants", [column])


def _fill_grants() -> None:
    """Each enrollment came of one fact. One that had ended without a reason was ended by the school."""
    op.execute(
        "INSERT INTO grants (user_id, course_id, kind, source, order_id, granted_by, started_at, ended_at, end_reason) "
        "SELECT e.user_id, e.course_id, "
        "CASE WHEN e.order_id IS NOT NULL THEN 'order' WHEN e.reason IN ('free', 'admin') THEN e.reason "
        "ELSE 'free' END, "
        "CASE WHEN e.order_id IS NOT NULL THEN 'order:' || o.number WHEN e.reason IN ('free', 'admin') THEN e.reason "
        "ELSE 'free' END, "
        "e.order_id, e.granted_by, e.started_at, "
        "CASE WHEN e.state = 'revoked' THEN COALESCE(e.ended_at, e.started_at) END, "
        "CASE WHEN e.state <> 'revoked' THEN '' WHEN e.end_reason = '' THEN 'admin' ELSE e.end_reason END "
        "FROM enrollments e LEFT JOIN orders o ON o.id = e.order_id"
    )
    op.execute("UPDATE enrollments SET end_reason = 'admin' WHERE state = 'revoked' AND end_reason = ''")
    op.execute("UPDATE enrollments SET reason = 'free' WHERE reason NOT IN ('free', 'admin', 'order')")


def _create_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.Integer(), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_order_lines_amount")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_order_lines_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["open_for"], ["users.id"], name=op.f("fk_order_lines_open_for_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint(
            "open_for", "course_id", "livemode", name=op.f("uq_order_lines_open_for_course_id_livemode")
        ),
        sa.UniqueConstraint("order_id", "course_id", name=op.f("uq_order_lines_order_id_course_id")),
    )
    op.create_index(op.f("ix_order_lines_course_id"), "order_lines", ["course_id"])


def _fill_lines() -> None:
    op.execute(
        "INSERT INTO order_lines (order_id, position, course_id, title, amount_minor, open_for, livemode) "
        "SELECT id, 1, course_id, course_title, amount_minor, "
        "CASE WHEN state IN ('pending', 'processing') THEN user_id END, livemode FROM orders"
    )


def _change_orders() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("kind", ORDER_KIND, server_default="own", nullable=False))
        batch.add_column(sa.Column("subject", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("title", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE orders SET subject = 'course:' || course_id, title = course_title")
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("kind", existing_type=ORDER_KIND, server_default=None)
        batch.alter_column("subject", existing_type=sa.String(), server_default=None)
        batch.alter_column("title", existing_type=sa.String(), server_default=None)
        batch.drop_index(batch.f("ix_orders_course_id"))
        batch.drop_index("one_open_order")
        batch.create_index(
            "one_open_order", ["user_id", "subject", "livemode"], unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        )
        batch.drop_constraint(batch.f("ck_orders_amount"), type_="check")
        batch.create_check_constraint(batch.f("ck_orders_amount"), "amount_minor >= 0")
        batch.drop_constraint(batch.f("fk_orders_course_id_courses"), type_="foreignkey")
        batch.drop_column("course_id")
        batch.drop_column("course_title")


def _change_enrollments() -> None:
    with op.batch_alter_table("enrollments") as batch:
        batch.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("pause_reason", sa.String(), server_default="", nullable=False))
        batch.drop_index(batch.f("ix_enrollments_order_id"))
        batch.drop_constraint(batch.f("fk_enrollments_order_id_orders"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_enrollments_granted_by_users"), type_="foreignkey")
        batch.drop_column("order_id")
        batch.drop_column("granted_by")
