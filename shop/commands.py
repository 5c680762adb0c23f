"""`flask stratum stripe ...`: what the operator asks about payments."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from core.errors import DomainError
from shop.ledger import reports
from shop.reconcile import Report
from shop.reconcile import reconcile as run


@click.group()
def stripe() -> None:
    """Payments: compare what we have with what Stripe says."""


@stripe.command()
@with_appcontext
def reconcile() -> None:
    """Ask Stripe about every order that is not decided, and replay what it could not deliver.

    Changes only what Stripe confirms; safe at any time, also twice at once.

    Example: flask stratum stripe reconcile
    """
    try:
        report = run("command")
    except DomainError as problem:
        raise click.ClickException(problem.sentence) from None
    for line in lines_of(report):
        click.echo(line)
    if report.trouble or report.unknown_sessions:
        raise SystemExit(1)


@stripe.command("report")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="A day of UTC; yesterday where it is left out."
)
@with_appcontext
def compare(day: datetime | None) -> None:
    """Compare the ledger of a day with what Stripe's balance moved, and list every difference.

    Ends with 1 where there is one. The report is kept, and shown in the admin pages.

    Example: flask stratum stripe report --day 2026-11-21
    """
    try:
        report = reports.make(day.date() if day else reports.yesterday(), "command")
    except DomainError as problem:
        raise click.ClickException(problem.sentence) from None
    click.echo(
        f"{report.day}: {report.compared} movements compared, {report.others} are none of this school's."
    )
    for each in report.sums:
        click.echo(f"{each['currency']}: {each['ours']} here, {each['theirs']} at Stripe, in minor units.")
    for each in report.differences:
        click.echo(
            f"{each['fault']}: {each['key']} of order {each['order'] or 'unknown'}, {each['ours']} here, "
            f"{each['theirs']} at Stripe, {each['currency']}."
        )
    if report.differences:
        raise SystemExit(1)


def lines_of(report: Report) -> list[str]:
    """The report in words."""
    looked, repaired, replayed = report.looked_at, len(report.repaired), report.events["replayed"]
    lines = [f"Orders looked at: {looked}; repaired: {repaired}. Events replayed: {replayed}."]
    lines += [f"Order {each['order']}: {each['before']} is now {each['after']}." for each in report.repaired]
    lines += [f"Paid at Stripe without an order here: {each}." for each in report.unknown_sessions]
    return lines + [f"Trouble: {each}" for each in report.trouble]
