"""The admin's list of seats, found by order and by address.

Revision: 20261122_seat_lists
Follows: 20261122_teams
"""

from alembic import op


revision = "20261122_seat_lists"
down_revision = "20261122_teams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("seats_by_order", "team_seats", ["order_id", "id"])
    op.create_index("seats_by_address", "team_seats", ["email"])


def downgrade() -> None:
    op.drop_index("seats_by_address", "team_seats")
    op.drop_index("seats_by_order", "team_seats")
