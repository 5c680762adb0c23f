"""The schema: made by migrations, equal to the models, upgraded by one of many, never left half-way."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, column, create_engine, insert, inspect, select, table
from sqlalchemy.pool import NullPool

import app  # noqa: F401 - brings in every table
from core.database import Base
from tests import servers

BROKEN = '''"""A revision that fails after it has changed and filled a table."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "broken", "{head}", None, None
def upgrade() -> None:
    with op.batch_alter_table("terms") as batch:
        batch.add_column(sa.Column("extra", sa.String()))
    op.execute("INSERT INTO terms (slug, name, aliases, definition, extra) VALUES ('a', 'a', '[]', 'a', 'x')")
    with op.batch_alter_table("terms") as batch:
        batch.add_column(sa.Column("more", sa.String()))
    raise RuntimeError("half-way")
def downgrade() -> None: ...
'''

CASE = {
    "name": "skin/quizzes/a-case", "slug": "a-case", "title": "A case", "kind": "case", "settings": {}, "pool": [],
    "minutes": 5, "revision": 1,
}  # fmt: skip
QUIZZES = table(
    "quizzes", *map(column, ("name", "slug", "title", "kind", "minutes", "revision")),
    *(column(name, JSON) for name in ("settings", "pool", "content")),
)  # fmt: skip


def columns(url: str, table: str) -> set[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return {column["name"] for column in inspect(connection).get_columns(table)}


def tables(url: str) -> set[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(inspect(connection).get_table_names())


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: servers.Postgres = request.getfixturevalue("postgres")
    name = f"empty_{abs(hash(request.node.name)) % 10**8}"
    yield server.url(name, create=True)
    server.drop(name)


def test_the_migrated_schema_is_that_of_the_models(database_url: str) -> None:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def test_all_revisions_go_up_and_down_again(empty_url: str) -> None:
    config = servers.alembic_config(empty_url)

    command.upgrade(config, "head")
    command.downgrade(config, "base")

    assert tables(empty_url) <= {"alembic_version"}


def test_of_many_processes_one_upgrades_and_all_succeed(empty_url: str) -> None:
    code = f"from core import schema; schema.upgrade({empty_url!r})"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=servers.ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=60)[1] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], errors
    assert "users" in tables(empty_url)


def test_a_revision_that_fails_half_way_leaves_the_old_schema(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(servers.ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = ScriptDirectory(str(folder)).get_current_head()
    (folder / "versions" / "broken.py").write_text(BROKEN.format(head=head))
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["url"] = database_url
    before = columns(database_url, "terms")

    with pytest.raises(RuntimeError, match="half-way"):
        command.upgrade(config, "head")

    assert columns(database_url, "terms") == before
    assert not any(name.startswith("_alembic_tmp") for name in tables(database_url))
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM terms").scalar() == 0


def test_the_text_of_a_case_survives_the_way_down_and_up_again(empty_url: str) -> None:
    config = servers.alembic_config(empty_url)
    text = {"case": {"scenes": []}, "html": {"a": "<p>a</p>"}}
    command.upgrade(config, "20261121_first")
    with create_engine(empty_url, poolclass=NullPool).begin() as connection:
        connection.execute(insert(QUIZZES).values(CASE | {"content": text}))

    command.upgrade(config, "head")
    assert published(empty_url) == {"revision": 1}
    command.downgrade(config, "20261121_orders")
    assert published(empty_url) == text
    command.upgrade(config, "head")

    assert published(empty_url) == {"revision": 1}


def published(url: str) -> object:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.scalar(select(QUIZZES.c.content))
