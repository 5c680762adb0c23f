"""Indexes in the order in which the admin's lists show what was narrowed, so that a page of it needs no sorting.

Revision: 20261123_list_orders
Follows: 20261122_wishes
"""

from alembic import op


revision = "20261123_list_orders"
down_revision = "20261122_wishes"
branch_labels = None
depends_on = None

REPLACED = (
    ("ledger_entries", "ix_ledger_entries_at", ["at"]),
    ("ledger_entries", "ix_ledger_entries_kind", ["kind"]),
    ("refunds", "ix_refunds_created_at", ["created_at"]),
    ("refunds", "ix_refunds_state", ["state"]),
    ("refund_requests", "ix_refund_requests_asked_at", ["asked_at"]),
    ("refund_requests", "ix_refund_requests_state", ["state"]),
    ("team_seats", "ix_team_seats_course_id", ["course_id"]),
    ("team_seats", "seats_by_address", ["email"]),
)
ORDERED = (
    ("ledger_entries", "entries_by_time", ["at", "id"]),
    ("ledger_entries", "entries_of_a_kind", ["kind", "at", "id"]),
    ("refunds", "refunds_by_time", ["created_at", "id"]),
    ("refunds", "refunds_of_a_state", ["state", "created_at", "id"]),
    ("refund_requests", "refund_requests_by_time", ["asked_at", "id"]),
    ("refund_requests", "refund_requests_of_a_state", ["state", "asked_at", "id"]),
    ("team_seats", "seats_of_a_course", ["course_id", "order_id", "id"]),
    ("team_seats", "seats_by_address", ["email", "order_id", "id"]),
)


def upgrade() -> None:
    for table, name, _ in REPLACED:
        op.drop_index(name, table)
    for table, name, columns in ORDERED:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for table, name, _ in ORDERED:
        op.drop_index(name, table)
    for table, name, columns in REPLACED:
        op.create_index(name, table, columns)
