"""The servers of the tests themselves: what they are given must hold until they stand."""

import socket

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests import servers


def test_a_port_whose_neighbour_is_taken_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = servers.free_port(), servers.free_port()
    monkeypatch.setattr(servers, "_pairs", iter([first, second]))
    with socket.create_server(("127.0.0.1", first + 1)):
        assert servers.free_port() == second


def test_no_port_is_given_that_an_outgoing_connection_may_have() -> None:
    assert servers.free_port() < 32_768


def run(server: servers.Postgres, name: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(server.url(name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_a_database_that_is_given_back_is_empty_for_the_next(postgres: servers.Postgres) -> None:
    name = postgres.lend()
    run(postgres, name, "INSERT INTO terms (slug, name, aliases, definition) VALUES ('a', 'A', '[]', 'A.')")
    postgres.take_back(name)

    assert postgres.lend() == name
    assert run(postgres, name, "SELECT slug FROM terms") == []
    assert run(postgres, name, "SELECT last_value FROM pg_sequences WHERE last_value IS NOT NULL") == []
    postgres.take_back(name)


def test_each_loan_has_an_address_of_its_own(postgres: servers.Postgres) -> None:
    name = postgres.lend()
    assert postgres.lent_url(name) != postgres.lent_url(name)
    postgres.take_back(name)


def test_who_is_still_connected_is_gone_when_a_database_is_lent_again(postgres: servers.Postgres) -> None:
    name = postgres.lend()
    engine = create_engine(postgres.lent_url(name))
    with engine.connect() as left_over:
        left_over.execute(text("SELECT slug FROM terms"))
        postgres.take_back(name)
        with pytest.raises(OperationalError):
            left_over.execute(text("SELECT slug FROM terms"))
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE terms DROP COLUMN definition",
        "ALTER TABLE terms ADD CHECK (slug <> '')",
        "UPDATE alembic_version SET version_num = 'older'",
        "DROP TABLE alembic_version",
    ],
)
def test_a_database_of_another_shape_is_lent_to_nobody(postgres: servers.Postgres, change: str) -> None:
    name = postgres.lend()
    run(postgres, name, change)
    waiting = list(postgres.idle)
    postgres.take_back(name)

    assert postgres.idle == waiting
