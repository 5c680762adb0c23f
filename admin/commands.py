"""The operator's command for enrollments: `flask stratum enroll`."""

import click

from admin import services
from core.database import transaction
from core.errors import Conflict, DomainError


@click.command("enroll")
@click.argument("address")
@click.argument("course")
def enroll(address: str, course: str) -> None:
    """Let the person with this email address into a course, whatever it costs.

    Example: flask stratum enroll priya@example.org the-stress-skin-cycle
    """
    try:
        with transaction():
            user, found = services.enroll_by_hand(address, course, by=None)
            said = f"{user.email} is enrolled in {found.title}."
    except Conflict as problem:
        said = f"{problem.sentence} Nothing to change."
    except DomainError as problem:
        raise click.ClickException(problem.sentence) from problem
    click.echo(said)
