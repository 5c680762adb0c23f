"""Files of works: counted, kept with their versions, deleted with what they belong to, whatever the storage does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from core.clock import set_now
from core.database import db, transaction
from core.errors import Conflict, Unavailable
from core.storage import media
from marking import uploads
from marking.files import Brought
from marking.rules import WorkState
from tests.marking.bench import NOON, PDF, Bench
from tests.quizzes.world import at_once


def test_three_files_are_enough(bench: Bench) -> None:
    attempt = bench.start()
    for _ in range(3):
        bench.bring(attempt)

    with pytest.raises(Conflict, match="3 files"):
        bench.bring(attempt)


def test_files_that_come_at_once_are_counted_one_after_the_other(app: Flask, bench: Bench) -> None:
    attempt = bench.start()
    db.session.rollback()

    results = at_once(app, 6, lambda: bench.bring(attempt))

    assert sum(isinstance(each, int) for each in results) == 3
    assert sum(file.in_draft for file in bench.files()) == 3


def test_a_file_that_was_handed_in_stays_with_its_version(bench: Bench) -> None:
    attempt = bench.start()
    file = bench.bring(attempt)
    bench.hand_in(attempt)
    bench.claim(bench.first, attempt)
    bench.send_back(bench.first, attempt)
    with transaction():
        uploads.take_out(bench.user.id, attempt, file)

    assert [each.name for each in uploads.files_named(attempt, [file])] == ["plan.pdf"]
    assert media().exists(bench.files()[0].key)
    assert uploads.draft_files(attempt, 1) == []


def test_a_damaged_file_is_not_sent(bench: Bench) -> None:
    bench.bring(bench.start())
    file = bench.files()[0]
    media().put(file.key, b"%PDF-1.7 other")

    with pytest.raises(Unavailable, match="damaged"):
        uploads.read(file)


def test_where_the_disk_is_full_no_file_is_taken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FREE_SPACE", 10**18)
    with pytest.raises(Unavailable, match="Try again"):
        bench.bring(bench.start())

    assert bench.files() == []


def test_an_account_that_is_deleted_takes_its_files_along(bench: Bench) -> None:
    from accounts.models import User

    bench.bring(bench.start())
    key = bench.files()[0].key
    with transaction() as session:
        session.delete(session.get_one(User, bench.user.id))

    set_now(NOON + timedelta(minutes=30))
    uploads.sweep()

    assert not media().exists(key)
    assert bench.files() == []


class Broken:
    """A storage whose disk or supplier fails at these deeds, and else is the one of the app."""

    def __init__(self, *fails: str) -> None:
        self.fails, self.whole = fails, media()

    def __getattr__(self, deed: str) -> Callable[..., object]:
        return fail if deed in self.fails else getattr(self.whole, deed)


def fail(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_that_the_storage_does_not_take_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = bench.start()
    monkeypatch.setattr(uploads, "media", lambda: Broken("put"))

    with pytest.raises(Unavailable, match="Try again"):
        bench.bring(attempt)

    assert uploads.draft_files(attempt, 1) == []
    assert bench.work(attempt).state is WorkState.DRAFT
    set_now(NOON + timedelta(minutes=30))
    uploads.sweep()
    assert bench.files() == []


def test_what_was_interrupted_on_its_way_in_is_deleted_later(bench: Bench) -> None:
    """As after kill -9 between the bytes and their place."""
    with transaction():
        key = uploads.announce(1, Brought("plan.pdf", "application/pdf", PDF))
    uploads.store(key, PDF)

    uploads.sweep()
    assert media().exists(key)  # it may still be on its way
    set_now(NOON + timedelta(minutes=30))
    uploads.sweep()

    assert not media().exists(key)
    assert bench.files() == []


def test_a_file_that_cannot_be_deleted_waits_for_the_next_time_and_keeps_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = bench.start()
    bench.bring(attempt)
    bench.bring(attempt)
    stuck, other = (file.key for file in bench.files())
    broken = Broken()
    monkeypatch.setattr(broken, "delete", lambda key: fail() if key == stuck else media().delete(key))
    monkeypatch.setattr(uploads, "media", lambda: broken)

    bench.erase(attempt)

    set_now(NOON + timedelta(minutes=30))
    uploads.sweep()
    assert [file.key for file in bench.files()] == [stuck]
    assert not media().exists(other)
    monkeypatch.undo()
    set_now(NOON + timedelta(minutes=60))
    uploads.sweep()
    assert bench.files() == []


def test_a_storage_that_does_not_answer_is_no_lost_file(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.bring(bench.start())
    monkeypatch.setattr(uploads, "media", lambda: Broken("read"))

    with pytest.raises(Unavailable, match="not lost"):
        uploads.read(bench.files()[0])
