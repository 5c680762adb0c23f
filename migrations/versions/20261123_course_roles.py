"""What somebody is in a course that they teach: who teaches one already owns it.

Revision: 20261123_course_roles
Follows: 20261123_list_orders
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError


revision = "20261123_course_roles"
down_revision = "20261123_list_orders"
branch_labels = None
depends_on = None

ROLE = sa.Enum(
    "owner", "editor", "reviewer", "marker", "assistant", name="courserole", native_enum=False, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("course_instructors") as batch:
        batch.add_column(sa.Column("role", ROLE, server_default="owner", nullable=False))


def downgrade() -> None:
    taught = sa.table("course_instructors", sa.column("role"))
    lesser = sa.select(sa.func.count()).select_from(taught).where(taught.c.role != "owner")
    if number := op.get_bind().scalar(lesser):
        raise CommandError(
            f"Older code lets everybody who teaches a course do everything in it: {number} may not do so now, and "
            "the schema stays as it is. Take them from their courses first."
        )
    with op.batch_alter_table("course_instructors") as batch:
        batch.drop_column("role")
