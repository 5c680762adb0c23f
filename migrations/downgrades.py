"""What stands in the way of an older schema: rows that the code of that time cannot read."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError


def require_no_orders(kind: str, what: str) -> None:
    """Raise CommandError, before anything is changed, where there are orders of this kind.

    They are not deleted: money stands behind them, and somebody's access.
    """
    orders = sa.table("orders", sa.column("kind"))
    number = op.get_bind().scalar(sa.select(sa.func.count()).select_from(orders).where(orders.c.kind == kind))
    if number:
        raise CommandError(
            f"There are orders of {what} ({number}), which older code cannot read, so the schema stays as it is. "
            "To go back all the same, restore a backup from before the upgrade."
        )
