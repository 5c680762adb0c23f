"""The servers of the tests themselves: what they are given must hold until they stand."""

import socket

import pytest

from tests import servers


def test_a_port_whose_neighbour_is_taken_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = servers.free_port(), servers.free_port()
    monkeypatch.setattr(servers, "_pairs", iter([first, second]))
    with socket.create_server(("127.0.0.1", first + 1)):
        assert servers.free_port() == second


def test_no_port_is_given_that_an_outgoing_connection_may_have() -> None:
    assert servers.free_port() < 32_768
