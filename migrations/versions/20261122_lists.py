"""Long lists are paged by key: sort keys, words of people, indexes that end in the id; figures by day.

Revision: 20261122_lists
Follows: 20261122_staff
"""

import re
import unicodedata
from itertools import islice

import sqlalchemy as sa
from alembic import op


revision = "20261122_lists"
down_revision = "20261122_staff"
branch_labels = None
depends_on = None

BYTEWISE = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
FIGURE = sa.Enum("revenue", "refunded", "refunds", "orders", "enrollments", "completions", "learners",
                 name="figure", native_enum=False, length=32)
OLD = {
    "enrollments": ("course_id", "started_at"),
    "orders": ("state", "created_at"),
    "stripe_events": ("received_at", "fate"),
    "audit_log": ("at",),
    "course_completions": ("course_id",),
    "certificates": ("course_id",),
}
NEW = {
    "users": {"people_by_name": ("name_key", "id"), "people_by_joining": ("created_at", "id")},
    "user_roles": {"people_of_a_role": ("role", "user_id")},
    "enrollments": {
        "enrollments_by_start": ("started_at", "id"),
        "enrollments_of_a_course": ("course_id", "started_at", "id"),
        "enrollments_of_a_state": ("state", "started_at", "id"),
        "enrollments_by_end": ("state", "is_finished", "started_at", "id"),
    },
    "orders": {
        "orders_by_time": ("created_at", "id"),
        "orders_of_a_state": ("state", "created_at", "id"),
        "orders_by_address": ("email", "id"),
        "orders_by_title": ("title", "id"),
        "orders_by_payment": ("paid_at", "id"),
        "orders_by_refund": ("refunded_at", "id"),
    },
    "stripe_events": {
        "events_by_time": ("received_at", "event_id"),
        "events_of_a_fate": ("fate", "received_at", "event_id"),
        "events_of_a_kind": ("kind", "received_at", "event_id"),
    },
    "outbox": {
        "mails_by_time": ("created_at", "id"),
        "mails_of_a_state": ("state", "created_at", "id"),
        "mails_to_an_address": ("to_address", "id"),
    },
    "audit_log": {
        "deeds_by_time": ("at", "id"),
        "deeds_of_a_kind": ("action", "at", "id"),
        "deeds_of_a_person": ("actor_id", "at", "id"),
    },
    "step_completions": {"steps_by_time": ("completed_at", "user_id")},
    "course_completions": {
        "completions_by_time": ("completed_at", "id"),
        "completions_of_a_course": ("course_id", "completed_at", "id"),
    },
    "certificates": {
        "certificates_by_time": ("issued_at", "id"),
        "certificates_of_a_course": ("course_id", "issued_at", "id"),
    },
}


def upgrade() -> None:
    op.add_column("users", sa.Column("name_key", BYTEWISE, server_default="", nullable=False))
    op.add_column("enrollments", sa.Column("is_finished", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE enrollments SET is_finished = true WHERE EXISTS (SELECT 1 FROM course_completions AS done "
        "WHERE done.user_id = enrollments.user_id AND done.course_id = enrollments.course_id)"
    )
    op.create_table(
        "person_words",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("word", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_words_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "word", name=op.f("pk_person_words")),
    )
    op.create_table(
        "day_figures",
        sa.Column("figure", FIGURE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "day", "currency", "livemode", name=op.f("pk_day_figures")),
    )
    _fill()
    op.create_index("people_of_a_word", "person_words", ["word", "user_id"])
    for table, columns in OLD.items():
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, indexes in NEW.items():
        for name, columns in indexes.items():
            op.create_index(name, table, list(columns))


def downgrade() -> None:
    for table, indexes in NEW.items():
        for name in indexes:
            op.drop_index(name, table)
    for table, columns in OLD.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.drop_table("day_figures")
    op.drop_table("person_words")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("name_key")
    with op.batch_alter_table("enrollments") as batch:
        batch.drop_column("is_finished")


def _fill() -> None:
    """Keys and words of those who are there, as accounts/rules.py makes them."""
    connection = op.get_bind()
    users = sa.table("users", *map(sa.column, ("id", "name", "email", "name_key")))
    words = sa.table("person_words", sa.column("user_id"), sa.column("word"))
    key = sa.update(users).where(users.c.id == sa.bindparam("person")).values(name_key=sa.bindparam("key"))
    people = iter(connection.execute(sa.select(users.c.id, users.c.name, users.c.email)).all())
    while some := list(islice(people, 1000)):
        connection.execute(key, [{"person": number, "key": _folded(name)[:120]} for number, name, _ in some])
        connection.execute(
            sa.insert(words),
            [{"user_id": number, "word": word} for number, name, email in some for word in _words(name, email)],
        )


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def _words(name: str, email: str) -> list[str]:
    texts = [*_folded(name).split(), _folded(email), _folded(email).partition("@")[2]]
    parts = (part for text in texts for part in re.findall(r"\w+", text))
    return sorted({word[:80] for word in (*texts, *parts) if word})
