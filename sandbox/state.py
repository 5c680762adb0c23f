"""What the sandbox remembers: one SQLite file, or memory. Every act is one transaction under one lock."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from sandbox.errors import Json

TABLES = """
create table if not exists objects (
  seq integer primary key autoincrement, id text not null unique, kind text not null, body text not null
);
create index if not exists objects_kind on objects (kind, seq);
create table if not exists deliveries (
  seq integer primary key autoincrement, event text not null, url text not null, state text not null,
  attempts integer not null default 0, due integer not null, last text
);
create index if not exists deliveries_event on deliveries (event);
create table if not exists keys (
  key text primary key, fingerprint text not null, status integer not null, body text not null,
  request text not null, created integer not null
);
create table if not exists settings (name text primary key, value text not null);
"""


NAMES = ("objects", "deliveries", "keys", "settings")
VERSION = 2  # raised when objects get names that the sandbox cannot do without


class Store:
    """Objects by id, newest first by kind; rows of deliveries and idempotency keys."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._forget_other_version()
        self._connection.executescript(TABLES)
        self._connection.execute(f"pragma user_version = {VERSION}")

    def _forget_other_version(self) -> None:
        """A file whose objects have other names in them is begun anew: nothing in a sandbox is worth converting."""
        if self._connection.execute("pragma user_version").fetchone()[0] != VERSION:
            for table in NAMES:
                self._connection.execute(f"drop table if exists {table}")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """All within happens together or not at all; an act within an act belongs to the outer one."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._connection.execute("begin immediate")
                yield
                if self._depth == 1:
                    self._connection.execute("commit")
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("rollback")
                raise
            finally:
                self._depth -= 1

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, *values: Any) -> None:
        with self._lock:
            self._connection.execute(statement, values)

    def put(self, thing: Json) -> Json:
        """Keep an object under its id, as new or in place of what stood there."""
        self.run(
            "insert into objects (id, kind, body) values (?, ?, ?)"
            " on conflict (id) do update set body = excluded.body",
            thing["id"], thing["object"], json.dumps(thing),
        )  # fmt: skip
        return thing

    def get(self, kind: str, id: str) -> Json | None:
        found = self.rows("select body from objects where kind = ? and id = ?", kind, id)
        return json.loads(found[0]["body"]) if found else None

    def remove(self, id: str) -> None:
        self.run("delete from objects where id = ?", id)

    def all(self, kind: str) -> list[Json]:
        """Every object of a kind, the newest first."""
        found = self.rows("select body from objects where kind = ? order by seq desc", kind)
        return [json.loads(row["body"]) for row in found]

    def setting(self, name: str, default: Any = None) -> Any:
        found = self.rows("select value from settings where name = ?", name)
        return json.loads(found[0]["value"]) if found else default

    def set(self, name: str, value: Any) -> None:
        self.run("insert or replace into settings (name, value) values (?, ?)", name, json.dumps(value))

    def forget_everything(self) -> None:
        for table in NAMES:
            self.run(f"delete from {table}")  # noqa: S608 - the four names above
