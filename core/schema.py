"""The database's schema: where it stands, and how it is brought to the newest revision."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
_NAMES = re.compile(r"^(revision|down_revision)\b[^=]*=(.*)$", re.MULTILINE)
_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")


def upgrade(url: str) -> None:
    """Bring the database to the newest revision. Of several callers one does it, the others wait."""
    from alembic import command
    from alembic.config import Config as AlembicConfig

    settings = AlembicConfig(toml_file=str(ROOT / "pyproject.toml"))
    settings.attributes["url"] = url
    command.upgrade(settings, "head")


def is_current(url: str) -> bool:
    """Whether the database stands at the newest revision.

    Asked at every start, so it does without Alembic and, for SQLite, without SQLAlchemy: they take longer to
    import than the rest of the supervisor.
    """
    return _stands_at(url) == heads(ROOT / "migrations" / "versions")


def heads(versions: Path) -> set[str]:
    """The newest revisions: those that no other one comes after."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in versions.glob("*.py"):
        for name, value in _NAMES.findall(path.read_text()):
            found[name].update(_QUOTED.findall(value))
    return found["revision"] - found["down_revision"]


def _stands_at(url: str) -> set[str]:
    question = "SELECT version_num FROM alembic_version"
    if not url.startswith("sqlite:///"):
        return _ask_server(url, question)
    path = Path(url.removeprefix("sqlite:///"))
    if not path.is_file():
        return set()
    with closing(sqlite3.connect(path)) as connection:
        try:
            return {revision for (revision,) in connection.execute(question)}
        except sqlite3.OperationalError:
            return set()


def _ask_server(url: str, question: str) -> set[str]:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import ProgrammingError
    from sqlalchemy.pool import NullPool

    with create_engine(url, poolclass=NullPool).connect() as connection:
        try:
            return set(connection.scalars(text(question)))
        except ProgrammingError:
            return set()
