"""A transaction for doors that are a library's: it opens at the first thing to be kept.

Flask-Security's views check a password (argon2, tens of milliseconds) and write in one go. A transaction
around the whole view would hold SQLite's one write turn all that time; so a form opens it once it is valid.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import g

from core.database import transaction


@contextmanager
def writing() -> Iterator[None]:
    """Let the block call `begin_writing()`; what it wrote is committed at its end, or not at all."""
    with ExitStack() as stack:
        g.writing, g.writes = stack, False
        yield
    g.pop("writing")


def begin_writing() -> None:
    """Open the transaction of the surrounding `writing()`, unless it is open already."""
    if not g.writes:
        g.writing.enter_context(transaction())
        g.writes = True
