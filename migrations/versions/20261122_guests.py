"""Guests: orders name the browser that began them; one open order for an address and what is sold.

Revision: 20261122_guests
Follows: 20261122_tax
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_guests"
down_revision = "20261122_tax"
branch_labels = None
depends_on = None

OPEN = "state IN ('pending', 'processing')"
OF_PERSON = sa.text(f"{OPEN} AND guest_key = ''")
OF_GUEST = sa.text("state = 'pending' AND guest_key <> ''")
IS_GUEST = sa.text("guest_key <> ''")


def upgrade() -> None:
    op.drop_index("one_open_order", "orders")
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("guest_key", sa.String(), server_default="", nullable=False))
    _keep_one("one_open_order", "user_id", OF_PERSON)
    _keep_one("one_open_order_of_guest", "email", OF_GUEST)
    op.create_index(
        "orders_of_a_browser", "orders", ["guest_key"], sqlite_where=IS_GUEST, postgresql_where=IS_GUEST
    )


def downgrade() -> None:
    for name in ("orders_of_a_browser", "one_open_order_of_guest", "one_open_order"):
        op.drop_index(name, "orders")
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("guest_key")
    _keep_one("one_open_order", "user_id", sa.text(OPEN))


def _keep_one(name: str, who: str, where: sa.TextClause) -> None:
    """At most one such order of a buyer."""
    columns = [who, "subject", "livemode"]
    op.create_index(name, "orders", columns, unique=True, sqlite_where=where, postgresql_where=where)
