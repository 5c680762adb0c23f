"""Where the schema stands, told without Alembic, is what Alembic says."""

from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from core import schema
from core.config import Config
from core.database import transaction


def test_the_newest_revision_is_the_one_that_alembic_names() -> None:
    settings = AlembicConfig(toml_file=str(schema.ROOT / "pyproject.toml"))
    expected = set(ScriptDirectory.from_config(settings).get_heads())
    assert schema.heads(schema.ROOT / "migrations" / "versions") == expected


def test_a_merge_comes_after_all_that_it_joins(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("revision = 'a'\ndown_revision = None\n")
    (tmp_path / "b.py").write_text('revision: str = "b"\ndown_revision: str | None = "a"\n')
    (tmp_path / "c.py").write_text("revision = 'c'\ndown_revision = 'a'\n")
    assert schema.heads(tmp_path) == {"b", "c"}
    (tmp_path / "d.py").write_text("revision = 'd'\ndown_revision = ('b', 'c')\n")
    assert schema.heads(tmp_path) == {"d"}


def test_a_migrated_database_is_current_and_an_older_one_is_not(app: Flask, config: Config) -> None:
    assert schema.is_current(config.database_url)
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert not schema.is_current(config.database_url)


def test_an_empty_database_is_not_current(app: Flask, config: Config) -> None:
    with transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert not schema.is_current(config.database_url)


def test_an_absent_file_is_not_made_by_asking(tmp_path: Path) -> None:
    assert not schema.is_current(f"sqlite:///{tmp_path / 'absent.db'}")
    assert list(tmp_path.iterdir()) == []
