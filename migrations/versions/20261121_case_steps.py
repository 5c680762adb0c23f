"""Cases in revisions, their plays choice by choice; what readers call a step.

Revision: 20261121_case_steps
Follows: 20261121_orders
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op


revision = "20261121_case_steps"
down_revision = "20261121_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("html", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_case_revisions_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_revisions")),
        sa.UniqueConstraint("quiz_id", "number", name=op.f("uq_case_revisions_quiz_id_number")),
    )
    op.create_table(
        "case_plays",
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_case_plays_attempt_id_attempts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["case_revisions.id"], name=op.f("fk_case_plays_revision_id_case_revisions")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_case_plays")),
    )
    op.create_table(
        "case_steps",
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("states", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempts.id"],
            name=op.f("fk_case_steps_attempt_id_attempts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_case_steps")),
    )
    # A plain column with a default is added in place: the steps are never copied, and their records never orphaned.
    op.add_column("steps", sa.Column("noun", sa.String(), server_default="lesson", nullable=False))
    op.execute(
        "UPDATE steps SET noun = (SELECT kind FROM quizzes WHERE quizzes.name = steps.body)"
        " WHERE body IN (SELECT name FROM quizzes)"
    )
    _keep_first_revisions(op.get_bind())


def _keep_first_revisions(connection: sa.Connection) -> None:
    """What is published of each case becomes its first revision."""
    quizzes = sa.table("quizzes", sa.column("id"), sa.column("kind"), sa.column("content", sa.JSON))
    revisions = sa.table(
        "case_revisions",
        sa.column("id"),
        sa.column("quiz_id"),
        sa.column("number"),
        sa.column("content", sa.JSON),
        sa.column("html", sa.JSON),
        sa.column("published_at", sa.DateTime(timezone=True)),
    )
    cases = connection.execute(
        sa.select(quizzes.c.id, quizzes.c.content).where(quizzes.c.kind == "case")
    ).all()
    for quiz_id, content in cases:
        first = {
            "quiz_id": quiz_id,
            "number": 1,
            "content": content["case"],
            "html": content["html"],
            "published_at": datetime.now(UTC),
        }
        made = connection.execute(sa.insert(revisions).values(first).returning(revisions.c.id)).scalar_one()
        connection.execute(
            sa.update(quizzes).where(quizzes.c.id == quiz_id).values(content={"revision": made})
        )


def _give_texts_back(connection: sa.Connection) -> None:
    """The newest revision of each case becomes what is published of it; plays are lost with their table."""
    quizzes = sa.table("quizzes", sa.column("id"), sa.column("kind"), sa.column("content", sa.JSON))
    revisions = sa.table(
        "case_revisions",
        sa.column("id"),
        sa.column("content", sa.JSON),
        sa.column("html", sa.JSON),
    )
    cases = connection.execute(
        sa.select(quizzes.c.id, quizzes.c.content).where(quizzes.c.kind == "case")
    ).all()
    for quiz_id, published in cases:
        content, html = connection.execute(
            sa.select(revisions.c.content, revisions.c.html).where(revisions.c.id == published["revision"])
        ).one()
        text = {"case": content, "html": html}
        connection.execute(sa.update(quizzes).where(quizzes.c.id == quiz_id).values(content=text))
    played = "SELECT attempt_id FROM case_plays"
    op.execute(f"DELETE FROM attempts WHERE id IN ({played})")  # noqa: S608


def downgrade() -> None:
    _give_texts_back(op.get_bind())
    op.drop_column("steps", "noun")
    op.drop_table("case_steps")
    op.drop_table("case_plays")
    op.drop_table("case_revisions")
