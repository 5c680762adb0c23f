"""The addresses of guests who did not pay are deleted, as they are from now on when their order ends.

Revision: 20261122_forgotten_guests
Follows: 20261122_board
"""

from alembic import op


revision = "20261122_forgotten_guests"
down_revision = "20261122_board"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE orders SET email = '' WHERE guest_key <> '' AND user_id IS NULL AND paid_minor IS NULL "
        "AND state IN ('failed', 'expired')"
    )


def downgrade() -> None:
    """What was deleted stays so."""
