"""Two more roles of the staff, support and finance; a sign-in may see as somebody else.

Revision: 20261122_staff
Follows: 20261122_grants
"""

import sqlalchemy as sa
from alembic import op


revision = "20261122_staff"
down_revision = "20261122_grants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _set_roles("'learner', 'instructor', 'support', 'finance', 'admin'")
    with op.batch_alter_table("sign_ins") as batch:
        batch.add_column(sa.Column("sees_user_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sees_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_sign_ins_sees_user_id_users"), "users", ["sees_user_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("sign_ins") as batch:
        batch.drop_constraint(batch.f("fk_sign_ins_sees_user_id_users"), type_="foreignkey")
        batch.drop_column("sees_until")
        batch.drop_column("sees_user_id")
    op.execute("DELETE FROM user_roles WHERE role IN ('support', 'finance')")
    _set_roles("'learner', 'instructor', 'admin'")


def _set_roles(roles: str) -> None:
    with op.batch_alter_table("user_roles") as batch:
        batch.drop_constraint(batch.f("ck_user_roles_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_user_roles_role"), f"role IN ({roles})")
