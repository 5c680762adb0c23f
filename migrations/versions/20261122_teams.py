"""Seats for teams: what they cost by their number, who holds them; orders of several, with an invoice.

Revision: 20261122_teams
Follows: 20261122_plans
"""

import sqlalchemy as sa
from alembic import op

from migrations.downgrades import require_no_orders


revision = "20261122_teams"
down_revision = "20261122_plans"
branch_labels = None
depends_on = None

SHARE = sa.Enum("nothing", "progress", "certificate", name="share", native_enum=False, length=32)
OLD_KIND = sa.Enum("own", "bundle", "plan", name="orderkind", native_enum=False, length=32)
KIND = sa.Enum("own", "bundle", "plan", "seats", name="orderkind", native_enum=False, length=32)
TEXTS = ("company", "tax_number", "order_reference", "invoice_url")


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("kind", existing_type=OLD_KIND, type_=KIND, existing_nullable=False)
        batch.add_column(sa.Column("quantity", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("by_transfer", sa.Boolean(), server_default=sa.false(), nullable=False))
        for name in TEXTS:
            batch.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
        batch.create_check_constraint(batch.f("ck_orders_quantity"), "quantity > 0")
    _create_prices()
    _create_teams()
    _create_seats()


def downgrade() -> None:
    require_no_orders("seats", "seats for teams")
    for table in ("team_seats", "team_managers", "teams", "seat_prices"):
        op.drop_table(table)
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(batch.f("ck_orders_quantity"), type_="check")
        for name in ("quantity", "by_transfer", *TEXTS):
            batch.drop_column(name)
        batch.alter_column("kind", existing_type=KIND, type_=OLD_KIND, existing_nullable=False)


def _create_prices() -> None:
    op.create_table(
        "seat_prices",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("from_seats", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_seats > 1", name=op.f("ck_seat_prices_from_seats")),
        sa.CheckConstraint("unit_minor > 0", name=op.f("ck_seat_prices_unit")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_seat_prices_course_id_courses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "currency", "from_seats", name=op.f("pk_seat_prices")),
    )


def _create_teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_table(
        "team_managers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_managers_team_id_teams"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_team_managers_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_managers")),
        sa.UniqueConstraint("team_id", "email", name=op.f("uq_team_managers_team_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_managers_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_team_managers_user_id")),
    )


def _create_seats() -> None:
    op.create_table(
        "team_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mails", sa.Integer(), server_default="0", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shares", SHARE, server_default="nothing", nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_team_seats_number")),
        sa.CheckConstraint("user_id IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_team_seats_holder")),
        sa.CheckConstraint("accepted_at IS NULL OR email <> ''", name=op.f("ck_team_seats_accepted")),
        sa.CheckConstraint("(email = '') = (invited_at IS NULL)", name=op.f("ck_team_seats_invited")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_team_seats_course_id_courses")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_team_seats_order_id_orders")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_seats_team_id_teams")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_team_seats_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_seats")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_team_seats_order_id_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_seats_token_hash")),
    )
    for column in ("course_id", "team_id", "user_id"):
        op.create_index(op.f(f"ix_team_seats_{column}"), "team_seats", [column])
    _create_once("one_seat_of_an_address", ["team_id", "course_id", "email"], "email <> ''")
    _create_once("one_seat_of_a_person", ["user_id", "course_id"], "user_id IS NOT NULL")


def _create_once(name: str, columns: list[str], where: str) -> None:
    in_use = sa.text(f"{where} AND ended_at IS NULL AND left_at IS NULL")
    op.create_index(name, "team_seats", columns, unique=True, sqlite_where=in_use, postgresql_where=in_use)
