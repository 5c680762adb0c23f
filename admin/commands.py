"""The operator's command for enrollments: `flask stratum enroll`."""

from datetime import datetime

import click

from admin import services
from core.database import transaction
from core.errors import Conflict, DomainError


@click.command("enroll")
@click.argument("address")
@click.argument("course")
@click.option("--note", required=True, help="Why, for the staff to read.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Their last day, as 2027-06-30.")
def enroll(address: str, course: str, note: str, until: datetime | None) -> None:
    """Let the person with this email address into a course, whatever it costs.

    Example: flask stratum enroll priya@example.org the-stress-skin-cycle --note "Scholarship 2026"
    """
    last_day = until.date() if until else None
    try:
        with transaction():
            user, found = services.enroll_by_hand(address, course, None, note, last_day)
            said = f"{user.email} is enrolled in {found.title}."
    except Conflict as problem:
        said = f"{problem.sentence} Nothing to change."
    except DomainError as problem:
        raise click.ClickException(problem.sentence) from problem
    click.echo(said)
