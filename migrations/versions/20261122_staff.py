"""Two more roles of the staff: support and finance.

Revision: 20261122_staff
Follows: 20261122_grants
"""

from alembic import op


revision = "20261122_staff"
down_revision = "20261122_grants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _set_roles("'learner', 'instructor', 'support', 'finance', 'admin'")


def downgrade() -> None:
    op.execute("DELETE FROM user_roles WHERE role IN ('support', 'finance')")
    _set_roles("'learner', 'instructor', 'admin'")


def _set_roles(roles: str) -> None:
    with op.batch_alter_table("user_roles") as batch:
        batch.drop_constraint(batch.f("ck_user_roles_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_user_roles_role"), f"role IN ({roles})")
