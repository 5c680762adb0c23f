"""The operator's command that fills the demo."""

import click

from core.config import current_config
from core.database import transaction
from core.errors import DomainError
from quizzes.words import plural

SANDBOX_IS_OFF = "The payment sandbox does not run, so the demo's payments cannot be given back."


@click.command()
def demo() -> None:
    """Fill the demo with its accounts and three months of invented learners. Only where STRATUM_ENV is demo.

    The bundled payment sandbox is told of the payments that are not known to it, if it runs.

    Example: flask stratum demo
    """
    from demo.payments import tell_sandbox
    from demo.services import seed

    if not current_config().is_demo:
        raise click.ClickException("STRATUM_ENV is not demo: demo accounts are for the demo alone.")
    try:
        with transaction():
            is_new = seed()
    except DomainError as wrong:
        remedy = "Run `flask stratum content sync content` first."
        raise click.ClickException(f"{wrong.sentence} {remedy}") from wrong
    click.echo("The demo's people and their history are written." if is_new else "The demo's data are there.")
    if current_config().has_own_sandbox:
        told = tell_sandbox()
        click.echo(SANDBOX_IS_OFF if told is None else f"{plural(told, 'payment')} told to the sandbox.")
