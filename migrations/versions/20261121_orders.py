"""Orders with their history, events of Stripe, runs of the reconciler, legal texts; why an enrollment ended.

Revision: 20261121_orders
Follows: 20261121_first
"""

import sqlalchemy as sa
from alembic import op


revision = '20261121_orders'
down_revision = '20261121_first'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('legal_texts',
    sa.Column('page', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('html', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('page', 'version', name=op.f('pk_legal_texts'))
    )
    op.create_table('reconcile_runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconcile_runs'))
    )
    with op.batch_alter_table('reconcile_runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reconcile_runs_started_at'), ['started_at'], unique=False)

    op.create_table('orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('course_title', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'processing', 'paid', 'failed', 'expired', 'duplicate', 'review', 'partly_refunded', 'refunded', name='orderstate', native_enum=False, length=32), nullable=False),
    sa.Column('amount_minor', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('terms_version', sa.String(), nullable=False),
    sa.Column('refunds_version', sa.String(), nullable=False),
    sa.Column('refund_days', sa.Integer(), nullable=False),
    sa.Column('refund_max_progress', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=True),
    sa.Column('payment_id', sa.String(), nullable=True),
    sa.Column('payment_method', sa.String(), nullable=False),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('receipt_url', sa.String(), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_minor', sa.Integer(), nullable=True),
    sa.Column('paid_currency', sa.String(), nullable=False),
    sa.Column('refunded_minor', sa.Integer(), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_orders_amount')),
    sa.CheckConstraint('refunded_minor >= 0', name=op.f('ck_orders_refunded')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_orders_course_id_courses')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_orders_user_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_number')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_orders_payment_id')),
    sa.UniqueConstraint('session_id', name=op.f('uq_orders_session_id'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_orders_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_orders_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_orders_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_orders_user_id'), ['user_id'], unique=False)
        batch_op.create_index('one_open_order', ['user_id', 'course_id', 'livemode'], unique=True, sqlite_where=sa.text("state IN ('pending', 'processing')"), postgresql_where=sa.text("state IN ('pending', 'processing')"))

    op.create_table('order_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('before', sa.Enum('pending', 'processing', 'paid', 'failed', 'expired', 'duplicate', 'review', 'partly_refunded', 'refunded', name='orderstate', native_enum=False, length=32), nullable=True),
    sa.Column('after', sa.Enum('pending', 'processing', 'paid', 'failed', 'expired', 'duplicate', 'review', 'partly_refunded', 'refunded', name='orderstate', native_enum=False, length=32), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_changes_order_id_orders'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_changes'))
    )
    with op.batch_alter_table('order_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_changes_order_id'), ['order_id'], unique=False)

    op.create_table('stripe_events',
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('api_version', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deliveries', sa.Integer(), nullable=False),
    sa.Column('fate', sa.Enum('waiting', 'applied', 'ignored', name='eventfate', native_enum=False, length=32), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_stripe_events_order_id_orders')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_stripe_events'))
    )
    with op.batch_alter_table('stripe_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stripe_events_fate'), ['fate'], unique=False)
        batch_op.create_index(batch_op.f('ix_stripe_events_object_id'), ['object_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stripe_events_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stripe_events_received_at'), ['received_at'], unique=False)

    with op.batch_alter_table('enrollments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('order_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('end_reason', sa.String(), server_default='', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_enrollments_order_id_orders'), 'orders', ['order_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_enrollments_order_id'), ['order_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('enrollments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrollments_order_id'))
        batch_op.drop_constraint(batch_op.f('fk_enrollments_order_id_orders'), type_='foreignkey')
        batch_op.drop_column('end_reason')
        batch_op.drop_column('order_id')

    with op.batch_alter_table('stripe_events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stripe_events_received_at'))
        batch_op.drop_index(batch_op.f('ix_stripe_events_order_id'))
        batch_op.drop_index(batch_op.f('ix_stripe_events_object_id'))
        batch_op.drop_index(batch_op.f('ix_stripe_events_fate'))

    op.drop_table('stripe_events')
    with op.batch_alter_table('order_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_order_changes_order_id'))

    op.drop_table('order_changes')
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('one_open_order', sqlite_where=sa.text("state IN ('pending', 'processing')"), postgresql_where=sa.text("state IN ('pending', 'processing')"))
        batch_op.drop_index(batch_op.f('ix_orders_user_id'))
        batch_op.drop_index(batch_op.f('ix_orders_state'))
        batch_op.drop_index(batch_op.f('ix_orders_created_at'))
        batch_op.drop_index(batch_op.f('ix_orders_course_id'))

    op.drop_table('orders')
    with op.batch_alter_table('reconcile_runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reconcile_runs_started_at'))

    op.drop_table('reconcile_runs')
    op.drop_table('legal_texts')
