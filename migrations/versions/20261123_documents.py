"""Documents that were read and wait to be looked over, and their pictures.

Revision: 20261123_documents
Follows: 20261123_question_imports
"""

import sqlalchemy as sa
from alembic import op


revision = "20261123_documents"
down_revision = "20261123_question_imports"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "document_imports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_document_imports_made_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_imports")),
    )
    op.create_index(op.f("ix_document_imports_made_by"), "document_imports", ["made_by"])
    op.create_index(op.f("ix_document_imports_ends_at"), "document_imports", ["ends_at"])
    op.create_table(
        "imported_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint("place >= 0", name=op.f("ck_imported_pictures_place")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["document_imports.id"], name=op.f("fk_imported_pictures_import_id_document_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_pictures")),
        sa.UniqueConstraint("import_id", "place", name=op.f("uq_imported_pictures_import_id_place")),
        sa.UniqueConstraint("key", name=op.f("uq_imported_pictures_key")),
    )


def downgrade() -> None:
    op.drop_table("imported_pictures")
    op.drop_table("document_imports")
