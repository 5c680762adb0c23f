"""What the sandbox remembers, and what it had better forget."""

import sqlite3
from pathlib import Path

import pytest

from sandbox.state import VERSION, Store


@pytest.mark.parametrize(("version", "kept"), [(VERSION, 1), (VERSION - 1, 0)])
def test_a_file_of_another_version_is_begun_anew(tmp_path: Path, version: int, kept: int) -> None:
    file = tmp_path / "stripe.db"
    store = Store(file)
    store.put({"id": "cus_1", "object": "customer"})
    store.close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"pragma user_version = {version}")
    connection.close()

    reopened = Store(file)
    found = reopened.all("customer")
    reopened.close()

    assert len(found) == kept
