"""Bells wake the worker; what no bell told of comes round by the clock."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from queue import Queue

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from core import jobs, mail
from core.clock import now
from core.config import Config
from core.database import db, transaction
from core.outbox import MailState, OutboxMail
from tests import servers
from tests.conftest import Clock, make_config
from tests.mailbox import WAIT, Mailbox, serving, start_worker


@pytest.fixture(autouse=True)
def _own_jobs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.jinja_loader = ChoiceLoader([DictLoader({"email/note.txt": "Subject: A note\n"}), app.jinja_loader])
    monkeypatch.setattr(jobs, "_answers", {})
    monkeypatch.setattr(jobs, "_periodic", {})


@pytest.fixture(params=["sqlite", "redis"])
def queue_app(request: pytest.FixtureRequest, app: Flask) -> Iterator[Flask]:
    """The app with either kind of queue, empty."""
    if request.param == "redis":
        use(app, REDIS_URL=request.getfixturevalue("redis_url"))
    jobs.bells_of(app).huey.flush()
    yield app
    jobs.bells_of(app).huey.storage.close()


def use(app: Flask, **values: str) -> Config:
    """Let the app run with some variables set."""
    old: Config = app.config["STRATUM"]
    app.config["STRATUM"] = make_config(old.instance, DATABASE_URL=old.database_url, **values)
    return app.config["STRATUM"]


def answer_next(app: Flask) -> None:
    """Do what a worker does with the next message."""
    huey = jobs.bells_of(app).huey
    huey.execute(huey.dequeue())


def test_a_bell_is_answered_with_what_it_was_rung_with(queue_app: Flask) -> None:
    heard: Queue[tuple[object, ...]] = Queue()
    jobs.answer("door", lambda *arguments: heard.put(arguments))
    jobs.ring("door", 7, "left")
    answer_next(queue_app)
    assert heard.get_nowait() == (7, "left")


def test_a_message_is_data_and_never_code(queue_app: Flask) -> None:
    jobs.ring("door", 7)
    (message,) = jobs.bells_of(queue_app).huey.storage.enqueued_items()
    assert ["door", 7] in json.loads(message)


def test_a_bell_rings_after_the_commit_only(queue_app: Flask) -> None:
    huey = jobs.bells_of(queue_app).huey
    with transaction():
        mail_id = queue_mail()
        assert huey.pending_count() == 0
    assert huey.pending_count() == 1
    mail.register()
    answer_next(queue_app)
    assert state_of(mail_id) == MailState.SENT


def test_with_redis_gone_the_page_goes_on_and_the_sweep_delivers(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    use(app, REDIS_URL=f"redis://127.0.0.1:{servers.free_port()}")
    mail.register()
    with transaction():
        mail_id = queue_mail()
    assert "the bell mail could not be rung: ConnectionError" in caplog.text
    jobs.run_due()
    assert state_of(mail_id) == MailState.SENT


def test_a_lost_bell_is_found_by_the_sweep(app: Flask) -> None:
    mail.register()
    with transaction():
        mail_id = queue_mail()
    jobs.bells_of(app).huey.flush()
    jobs.run_due()
    assert state_of(mail_id) == MailState.SENT


def test_a_job_comes_round_when_its_time_has_passed(app: Flask, clock: Clock) -> None:
    runs: list[datetime] = []
    jobs.periodic("tidy", timedelta(hours=1), lambda: runs.append(now()))
    start = now()
    for minutes in (0, 59, 60, 61, 120):
        clock(start + timedelta(minutes=minutes))
        jobs.run_due()
    assert runs == [start, start + timedelta(minutes=60), start + timedelta(minutes=120)]


def test_a_clock_set_back_does_not_silence_a_job(app: Flask, clock: Clock) -> None:
    runs: list[datetime] = []
    jobs.periodic("tidy", timedelta(hours=1), lambda: runs.append(now()))
    jobs.run_due()
    clock(now() - timedelta(days=2))
    jobs.run_due()
    assert len(runs) == 2


def test_a_job_that_fails_stops_no_other_and_comes_round_again(app: Flask, clock: Clock) -> None:
    runs: list[str] = []

    def fail() -> None:
        runs.append("fail")
        raise ZeroDivisionError

    jobs.periodic("fail", timedelta(minutes=1), fail)
    jobs.periodic("tidy", timedelta(minutes=1), lambda: runs.append("tidy"))
    jobs.run_due()
    clock(now() + timedelta(minutes=1))
    jobs.run_due()
    assert runs == ["fail", "tidy", "fail", "tidy"]


def test_the_heartbeat_is_the_newest_sign_of_life(app: Flask, clock: Clock) -> None:
    assert jobs.last_beat() is None
    jobs.beat()
    clock(now() + timedelta(seconds=30))
    jobs.beat()
    assert jobs.last_beat() == now()


@pytest.mark.parametrize("queue", ["sqlite", "redis"])
def test_a_worker_delivers_at_the_bell_and_finishes_its_delivery_at_term(
    app: Flask, queue: str, request: pytest.FixtureRequest
) -> None:
    mailbox = Mailbox()
    redis = {"REDIS_URL": request.getfixturevalue("redis_url")} if queue == "redis" else {}
    with serving(mailbox) as smtp_url:
        config = use(app, SMTP_URL=smtp_url, **redis)
        at_start, at_bell = queue_one(), 0
        worker = start_worker(config)
        try:
            mailbox.received.get(timeout=WAIT)  # Found by the sweep of the start; the next one is 60 s away.
            mailbox.go_on.clear()
            at_bell = queue_one()
            mailbox.received.get(timeout=20)
            worker.terminate()
            mailbox.go_on.set()
            assert worker.wait(WAIT) == 0
        finally:
            worker.kill()
            worker.wait()
    assert [state_of(at_start), state_of(at_bell)] == [MailState.SENT, MailState.SENT]


def test_a_worker_whose_redis_is_gone_still_delivers(app: Flask) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as smtp_url:
        config = use(app, SMTP_URL=smtp_url, REDIS_URL=f"redis://127.0.0.1:{servers.free_port()}")
        queue_one()
        worker = start_worker(config)
        try:
            mailbox.received.get(timeout=WAIT)
            worker.terminate()
            assert worker.wait(WAIT) == 0
        finally:
            worker.kill()
            worker.wait()


def queue_one() -> int:
    with transaction():
        return queue_mail()


def queue_mail() -> int:
    mail_id = mail.queue("note", "priya@example.org", {})
    assert mail_id is not None
    return mail_id


def state_of(mail_id: int) -> MailState:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id).state
