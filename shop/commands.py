"""`flask stratum stripe ...`: what the operator asks about payments."""

import click
from flask.cli import with_appcontext

from core.errors import DomainError
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


def lines_of(report: Report) -> list[str]:
    """The report in words."""
    looked, repaired, replayed = report.looked_at, len(report.repaired), report.events["replayed"]
    lines = [f"Orders looked at: {looked}; repaired: {repaired}. Events replayed: {replayed}."]
    lines += [f"Order {each['order']}: {each['before']} is now {each['after']}." for each in report.repaired]
    lines += [f"Paid at Stripe without an order here: {each}." for each in report.unknown_sessions]
    return lines + [f"Trouble: {each}" for each in report.trouble]
