"""Limits: counted for each caller and each account, in Redis or, with Redis gone, in memory."""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core import config as configuration
from core import limits, reads
from core.database import db
from core.errors import LimitReached
from core.limits import RETRY_AFTER, count, is_used_up, require_within
from tests import servers
from tests.conftest import NOON, Clock, make_config

LIMIT = "3/minute; 5/day"


def hits(
    number: int, key: str | None = None, address: str = "10.0.0.1", app: Flask | None = None
) -> list[bool]:
    """Ask so many times; whether each was within the limit."""
    from flask import current_app

    answers = []
    for _ in range(number):
        with (app or current_app).test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            try:
                require_within(LIMIT, "tests", key)
                answers.append(True)
            except LimitReached:
                answers.append(False)
    return answers


def test_so_many_are_let_through_and_no_more(app: Flask) -> None:
    assert hits(5) == [True, True, True, False, False]


def test_each_address_has_a_count_of_its_own(app: Flask) -> None:
    hits(3, address="10.0.0.1")

    assert hits(1, address="10.0.0.2") == [True]
    assert hits(1, address="10.0.0.1") == [False]


def test_an_account_is_counted_wherever_it_is_asked_from(app: Flask) -> None:
    """V17"""
    answers = [hits(1, key="ada@example.org", address=f"10.0.0.{i}")[0] for i in range(5)]

    assert answers == [True, True, True, False, False]
    assert hits(1, key="eve@example.org") == [True]


def test_a_full_minute_does_not_stop_the_day_from_filling(app: Flask) -> None:
    """V17: five tries in one minute use up the day's five too."""
    hits(5, key="ada@example.org")

    assert is_used_up("5/day", "tests", "ada@example.org")


def test_scopes_are_counted_apart(app: Flask) -> None:
    assert count("1/minute", "one", "key")
    assert count("1/minute", "other", "key")
    assert not count("1/minute", "one", "key")


def test_looking_counts_nothing(app: Flask) -> None:
    assert not any(is_used_up("1/minute", "tests", "key") for _ in range(5))
    assert count("1/minute", "tests", "key")
    assert is_used_up("1/minute", "tests", "key")


def test_a_refused_request_is_a_429_page(app: Flask) -> None:
    from core.web import ANYONE, allow

    @app.get("/tests/limited")
    @allow(ANYONE)
    def limited() -> str:
        require_within("1/minute", "tests")
        return "in"

    client = app.test_client()

    assert [client.get("/tests/limited").status_code for _ in range(2)] == [200, 429]


@pytest.fixture
def redis_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lr"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """Makes the app on a Redis."""
    from app import create_app

    shutil.copy(sqlite_template, tmp_path / "stratum.db")

    def make(redis_url: str) -> Flask:
        return create_app(make_config(tmp_path, REDIS_URL=redis_url))

    yield make
    reads.close()


def test_two_processes_share_their_counts_in_redis(site: Callable[[str], Flask], redis_folder: Path) -> None:
    with servers.redis(redis_folder) as url:
        one, other = site(url), site(url)
        with one.app_context():
            assert hits(3) == [True] * 3
        with other.app_context():
            assert hits(1) == [False]


def test_with_redis_stopped_limits_hold_and_the_site_works(
    site: Callable[[str], Flask], redis_folder: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """R6, finding 5: neither a 500 on every form, nor no limit at all; and it says so once."""
    with servers.redis(redis_folder) as url:
        app = site(url)
        with app.app_context():
            assert hits(1, key="before") == [True]

    with app.app_context(), caplog.at_level(logging.WARNING):
        assert hits(5) == [True, True, True, False, False]
        assert app.test_client().get("/login").status_code == 200
        db.session.remove()

    assert len([record for record in caplog.records if "Redis" in record.message]) == 1


def test_redis_is_asked_again_when_it_is_back(
    site: Callable[[str], Flask], redis_folder: Path, clock: Clock
) -> None:
    with servers.redis(redis_folder) as url:
        app = site(url)
    with app.app_context():
        hits(3)
    with servers.redis(redis_folder), app.app_context():
        assert hits(1) == [False]  # Not yet: the dead one is left alone for a while.
        clock(NOON + timedelta(seconds=RETRY_AFTER + 1))
        assert hits(4) == [True, True, True, False]


def test_no_address_stands_in_what_is_counted(site: Callable[[str], Flask], redis_folder: Path) -> None:
    import redis

    with servers.redis(redis_folder) as url:
        with site(url).app_context():
            count(LIMIT, "tests", "ada@private.example")
        with redis.Redis.from_url(url) as connection:
            keys = b" ".join(connection.keys("*"))

    assert keys
    assert b"private" not in keys


def test_a_flushed_redis_fails_nobody(site: Callable[[str], Flask], redis_folder: Path) -> None:
    """R6"""
    import redis

    with servers.redis(redis_folder) as url, site(url).app_context():
        hits(3)
        with redis.Redis.from_url(url) as connection:
            connection.flushall()
            connection.script_flush()
        assert hits(4) == [True, True, True, False]


def test_without_redis_counts_are_kept_in_memory(config: configuration.Config, app: Flask) -> None:
    assert config.redis_url is None
    assert isinstance(app.extensions["limits"], limits.Counter)
    assert hits(4)[-1] is False
