"""How many statements a page costs: those of the session's engine and those of hot reads."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from core import reads
from core.database import db

FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def statements(engine: Engine | None = None) -> Iterator[list[str]]:
    """The SQL sent while the block runs, without the frames of transactions; on `engine`, or that of the open app."""
    sent: list[str] = []
    run_bare = reads._execute

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(FRAMES):
            sent.append(statement)

    def noting(url: object, sql: str, values: object) -> object:
        sent.append(sql)
        return run_bare(url, sql, values)

    engine = engine or db.engine
    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reads, "_execute", noting)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)
