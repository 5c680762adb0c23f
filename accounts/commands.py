"""The operator's commands for people: `flask stratum user ...`."""

import sys

import click
from flask.cli import AppGroup

from accounts import rules, services
from accounts.rules import Role
from core import audit
from core.database import transaction
from core.errors import DomainError
from core.web import absolute_url

ROLES = [role.value for role in Role]
group = AppGroup("user", help="Make people and say what they may do.")


@group.command("create")
@click.argument("address")
@click.option(
    "--name", default="", help="As it is to stand on certificates; without one, what stands before the @."
)
@click.option("--role", type=click.Choice(ROLES), default=Role.LEARNER.value, show_default=True)
@click.option(
    "--password", "asks", is_flag=True, help="Read a password from standard input; no link is printed."
)
def create(address: str, name: str, role: str, asks: bool) -> None:
    """Make a person who may sign in at once, and print a link (good for two hours) to set a password.

    Example: flask stratum user create sam@example.org --name "Sam Rivera" --role admin
    """
    try:
        password = _read_password(name, address) if asks else None
        with transaction():
            user = services.create_user(
                address, name or address.partition("@")[0], password, _held(Role(role))
            )
            audit.record("user.create", f"user:{user.id}", {"role": role})
            path = services.reset_path(user)
        click.echo(f"{user.email} may sign in as {role}.")
        if password is None:
            click.echo(f"To set a password, within two hours: {absolute_url(path)}")
    except DomainError as error:
        raise click.ClickException(error.sentence) from error


@group.command("role")
@click.argument("address")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--revoke", is_flag=True, help="Take the role instead of giving it.")
def role(address: str, role: str, revoke: bool) -> None:
    """Give a person a role, or take it. Their sign-ins end, so that none goes on with the old rights.

    Example: flask stratum user role mara@example.org instructor
    """
    change = services.revoke_role if revoke else services.grant_role
    try:
        with transaction():
            user = services.require_by_email(address)
            changed = change(user, Role(role))
            if changed:
                audit.record(f"user.{'revoke' if revoke else 'grant'}", f"user:{user.id}", {"role": role})
            held = ", ".join(sorted(user.role_words)) or "none"
        click.echo(f"{user.email}: {'changed' if changed else 'nothing to change'}; roles now: {held}.")
    except DomainError as error:
        raise click.ClickException(error.sentence) from error


def _held(role: Role) -> tuple[Role, ...]:
    return (Role.LEARNER,) if role is Role.LEARNER else (Role.LEARNER, role)


def _read_password(name: str, address: str) -> str:
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    problem = rules.password_problem(rules.normal_password(password), name, address)
    if problem:
        raise click.ClickException(problem + ".")
    return str(password)
