"""The database's schema: where it stands, and how it is brought to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def upgrade(url: str) -> None:
    """Bring the database to the newest revision. Of several callers one does it, the others wait."""
    command.upgrade(_alembic(url), "head")


def is_current(url: str) -> bool:
    """Whether the database stands at the newest revision; cheaper than an upgrade that does nothing."""
    heads = set(ScriptDirectory.from_config(_alembic(url)).get_heads())
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def _alembic(url: str) -> AlembicConfig:
    settings = AlembicConfig(toml_file=str(PROJECT))
    settings.attributes["url"] = url
    return settings
