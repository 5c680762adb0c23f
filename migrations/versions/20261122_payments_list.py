"""The admin's list of payments, narrowed to one kind.

Revision: 20261122_payments_list
Follows: 20261122_gifts
"""

from alembic import op


revision = "20261122_payments_list"
down_revision = "20261122_gifts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ledger_entries_kind", "ledger_entries", ["kind"])


def downgrade() -> None:
    op.drop_index("ix_ledger_entries_kind", "ledger_entries")
