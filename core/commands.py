"""The operator's commands, `flask stratum ...`. Rooms add theirs to this group in app.py."""

import click
from flask import current_app
from flask.cli import AppGroup

from core.config import current_config

stratum = AppGroup("stratum", help="The operator's commands. Each has --help with an example.")


@stratum.command()
def migrate() -> None:
    """Bring the database to the newest revision.

    Example: flask stratum migrate
    """
    from core import schema

    schema.upgrade(current_config().database_url)
    click.echo("The database stands at the newest revision.")


@stratum.command()
def worker() -> None:
    """Deliver mail and do other work in the background until stopped (Ctrl-C or TERM).

    Example: flask stratum worker
    """
    from core import worker

    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]
