"""The servers of the tests themselves: what they are given must hold until they stand."""

import socket

from tests import servers


def test_a_port_whose_neighbour_is_taken_is_not_given() -> None:
    port = servers.free_port()
    with socket.create_server(("127.0.0.1", port + 3)):
        assert servers.free_port() != port + 2


def test_no_port_is_given_that_an_outgoing_connection_may_have() -> None:
    assert servers.free_port() < 32_768
