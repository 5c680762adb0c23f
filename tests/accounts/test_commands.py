"""The operator's commands for people."""

import re

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from accounts import services
from core.database import db
from tests.factories import make_user, opens, post, sign_in, sign_in_by_form


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["stratum", "user", *arguments], input=typed)


def test_a_person_is_made_and_a_link_to_set_a_password_printed(app: Flask, client: FlaskClient) -> None:
    done = run(app, "create", "Sam@Example.org", "--name", "Sam Rivera", "--role", "admin")
    assert done.exit_code == 0, done.output
    assert "sam@example.org may sign in as admin." in done.output
    link = re.search(r"http://127.0.0.1:8000(/reset/\S+)", done.output)
    assert link

    post(client, link.group(1), {"password": "quite another phrase"})
    sign_in_by_form(client, "sam@example.org", "quite another phrase")

    assert opens(client)
    db.session.rollback()
    user = services.find_by_email("sam@example.org")
    assert user
    assert user.role_words == {"learner", "admin"}


def test_a_password_may_come_from_standard_input(app: Flask, client: FlaskClient) -> None:
    done = run(app, "create", "sam@example.org", "--password", typed="quite another phrase\n")
    assert done.exit_code == 0, done.output
    assert "/reset/" not in done.output
    sign_in_by_form(client, "sam@example.org", "quite another phrase")
    assert opens(client)


@pytest.mark.parametrize(
    ("arguments", "typed", "fault"),
    [
        (("create", "sam"), "", "Enter an email address"),
        (("create", "taken@example.org"), "", "already has the address"),
        (("create", "sam@example.org", "--password"), "short\n", "at least 10 characters"),
        (("role", "nobody@example.org", "admin"), "", "Nobody has the address"),
        (("role", "taken@example.org", "emperor"), "", "Invalid value"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails(
    app: Flask, arguments: tuple[str, ...], typed: str, fault: str
) -> None:
    make_user("taken@example.org")
    done = run(app, *arguments, typed=typed)
    assert done.exit_code != 0
    assert fault in done.output


def test_a_role_is_given_and_taken_and_the_sign_ins_end(app: Flask, client: FlaskClient) -> None:
    user = make_user("mara@example.org")
    sign_in(client, user)
    assert "changed; roles now: instructor, learner." in run(app, "role", user.email, "instructor").output
    assert not opens(client)
    assert "nothing to change" in run(app, "role", user.email, "instructor").output
    assert "roles now: learner." in run(app, "role", user.email, "instructor", "--revoke").output


@pytest.mark.parametrize("command", ["create", "role"])
def test_each_command_shows_an_example(app: Flask, command: str) -> None:
    assert f"Example: flask stratum user {command}" in run(app, command, "--help").output
