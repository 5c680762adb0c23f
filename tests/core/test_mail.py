"""Mail: queued with what it tells of, delivered at least once, parked when it cannot be."""

import email
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default as default_policy

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from core import mail, outbox, school
from core.clock import now
from core.config import Config
from core.database import WriteOutsideTransaction, db, transaction
from core.outbox import MailState, OutboxMail
from core.school import change_school
from tests import servers
from tests.conftest import Clock, make_config
from tests.mailbox import WAIT, Mailbox, serving, start_worker

TEMPLATES = {
    "email/note.txt": "Subject: A note for {{ name }}\n\nDear {{ name }},\nsee {{ link('/notes') }}\n",
    "email/letter.txt": "Subject: A letter\n\nDear {{ name }}.\n",
    "email/letter.html": '{% extends "email/_frame.html" %}{% block body %}Dear {{ name }}{% endblock %}',
    "email/headless.txt": "Dear {{ name }}.\n",
}


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp_url(mailbox: Mailbox) -> Iterator[str]:
    with serving(mailbox) as url:
        yield url


@pytest.fixture(autouse=True)
def _templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])  # type: ignore[list-item, misc]


def use(app: Flask, **values: str) -> Config:
    """Let the app run with some variables set."""
    old: Config = app.config["STRATUM"]
    given = {"DATABASE_URL": old.database_url, **values}
    app.config["STRATUM"] = make_config(old.instance, **given)
    return app.config["STRATUM"]


def queue_one(kind: str = "note", to: str = "priya@example.org", **context: object) -> int:
    with transaction():
        mail_id = mail.queue(kind, to, {"name": "Priya", **context})
    assert mail_id is not None
    return mail_id


def row(mail_id: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id)


def written(app: Flask) -> list[EmailMessage]:
    """The mails in the instance's folder."""
    files = sorted((app.config["STRATUM"].instance / "mail").glob("*"))
    return [email.message_from_bytes(file.read_bytes(), policy=default_policy) for file in files]


def test_a_mail_that_is_rolled_back_was_never_written(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            mail.queue("note", "priya@example.org", {"name": "Priya"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert mail.deliver_due() == 0


def test_queueing_outside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(WriteOutsideTransaction):
        mail.queue("note", "priya@example.org", {"name": "Priya"})


def test_without_a_server_the_mail_is_a_file(app: Flask) -> None:
    mail_id = queue_one()
    mail.deliver(mail_id)
    (message,) = written(app)
    assert message["Subject"] == "A note for Priya"
    assert message["To"] == "priya@example.org"
    assert "see http://127.0.0.1:8000/notes" in message.get_content()
    assert row(mail_id).state == MailState.SENT


def test_every_mail_carries_the_school_as_it_is_called(app: Flask) -> None:
    with transaction():
        change_school(
            {
                "name": "Fjord Akademi",
                "legal_address": "Strandgata 1, Bodø",
                "support_email": "help@fjord.example",
            }
        )
    mail.deliver(queue_one("letter"))
    (message,) = written(app)
    assert str(message["From"]) == "Fjord Akademi <help@fjord.example>"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert "Fjord Akademi" in part.get_content()
        assert "Strandgata 1, Bodø" in part.get_content()
        assert "Stratum" not in part.get_content()


def test_a_name_cannot_add_a_header_or_markup(app: Flask) -> None:
    mail.deliver(queue_one("letter", name="<b>Eve\r\nBcc: all@example.org"))
    mail.deliver(queue_one("note", name="Eve\r\nBcc: all@example.org"))
    letter, note = written(app)
    assert note["Bcc"] is None
    assert note["Subject"] == "A note for Eve"
    html = letter.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;Eve" in html.get_content()


def test_a_template_without_a_subject_is_an_error(app: Flask) -> None:
    with pytest.raises(ValueError, match=r"headless.txt must begin"), transaction():
        mail.queue("headless", "priya@example.org", {"name": "Priya"})


def test_a_dedupe_key_has_one_mail(app: Flask) -> None:
    with transaction():
        first = mail.queue("note", "priya@example.org", {"name": "Priya"}, dedupe_key="welcome:1")
        second = mail.queue("note", "priya@example.org", {"name": "Priya"}, dedupe_key="welcome:1")
    assert first is not None
    assert second is None


def test_a_real_server_receives_it_once(app: Flask, smtp_url: str, mailbox: Mailbox) -> None:
    use(app, SMTP_URL=smtp_url)
    mail_id = queue_one("letter", name="Ünal Ωmega")
    mail.deliver(mail_id)
    mail.deliver(mail_id)
    message = mailbox.received.get(timeout=WAIT)
    assert message.get_content_type() == "multipart/alternative"
    assert message["Message-ID"].startswith(f"<{mail_id}.")
    text = message.get_body(("plain",))
    assert text is not None
    assert "Dear Ünal Ωmega." in text.get_content()
    assert mailbox.received.empty()


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    app: Flask, smtp_url: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(app, SMTP_URL=smtp_url)
    mail_id = queue_one()
    open_then: list[bool] = []
    server = mail._server
    monkeypatch.setattr(
        mail, "_server", lambda *given: (open_then.append(db.session().in_transaction()), server(*given))[1]
    )
    monkeypatch.setattr(school, "_kept", {})  # As in a worker, which has not read the school's row yet.
    with app.app_context():
        mail.deliver(mail_id)
    assert open_then == [False]


def test_a_failure_waits_a_minute_and_then_longer(
    app: Flask, clock: Clock, smtp_url: str, mailbox: Mailbox
) -> None:
    use(app, SMTP_URL=smtp_url)
    mailbox.answer = "451 try later"
    start = now()
    mail_id = queue_one()
    mail.deliver_due()
    assert row(mail_id).leased_until == start + timedelta(minutes=1)
    clock(start + timedelta(seconds=59))
    assert mail.deliver_due() == 0
    clock(start + timedelta(seconds=60))
    assert mail.deliver_due() == 1
    assert row(mail_id).leased_until == now() + timedelta(minutes=4)
    mailbox.answer = "250 OK"
    clock(now() + timedelta(minutes=4))
    mail.deliver_due()
    assert row(mail_id).state == MailState.SENT
    assert row(mail_id).last_error is None


def test_the_waits_grow_to_a_day_and_no_further() -> None:
    waits = [outbox.wait_after(tries) for tries in range(1, outbox.MAX_TRIES + 3)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=24)


def test_after_the_last_try_it_is_dead_and_can_be_sent_again(app: Flask, clock: Clock) -> None:
    use(app, SMTP_URL=f"smtp://127.0.0.1:{servers.free_port()}")
    mail_id = queue_one()
    for _ in range(outbox.MAX_TRIES):
        assert mail.deliver_due() == 1
        clock(now() + timedelta(hours=24))
    assert mail.deliver_due() == 0
    assert row(mail_id).state == MailState.DEAD
    assert "ConnectionRefusedError" in (row(mail_id).last_error or "")
    use(app)
    with transaction():
        assert mail.resend(mail_id)
        assert not mail.resend(mail_id)
    assert mail.deliver_due() == 1
    assert row(mail_id).state == MailState.SENT


def test_a_recipient_refused_for_good_is_not_tried_again(app: Flask, smtp_url: str, mailbox: Mailbox) -> None:
    use(app, SMTP_URL=smtp_url)
    mailbox.refuse_recipient = "550 no such person"
    mail_id = queue_one()
    mail.deliver(mail_id)
    assert row(mail_id).state == MailState.DEAD


def test_a_recipient_refused_for_now_is_tried_again(app: Flask, smtp_url: str, mailbox: Mailbox) -> None:
    use(app, SMTP_URL=smtp_url)
    mailbox.refuse_recipient = "450 greylisted"
    mail_id = queue_one()
    mail.deliver(mail_id)
    assert row(mail_id).state == MailState.NEW


def test_one_lease_at_a_time(app: Flask, clock: Clock) -> None:
    mail_id = queue_one()
    assert outbox.lease(mail_id) is not None
    assert outbox.lease(mail_id) is None
    clock(now() + outbox.LEASE)
    assert outbox.lease(mail_id) is not None


def test_a_mail_that_kills_its_worker_every_time_is_parked(app: Flask, clock: Clock) -> None:
    mail_id = queue_one()
    for _ in range(outbox.MAX_TRIES):
        assert outbox.lease(mail_id) is not None
        clock(now() + outbox.LEASE)
    assert outbox.lease(mail_id) is None
    assert row(mail_id).state == MailState.DEAD


def test_every_try_sends_the_same_message(app: Flask, clock: Clock) -> None:
    letters = []
    mail_id = queue_one()
    for _ in range(2):
        letter = outbox.lease(mail_id)
        assert letter is not None
        letters.append(mail.compose(letter))
        clock(now() + outbox.LEASE)
    assert letters[0]["Message-ID"] == letters[1]["Message-ID"]
    assert letters[0]["Date"] == letters[1]["Date"]


def test_logs_hold_no_address(
    app: Flask, smtp_url: str, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    use(app, SMTP_URL=smtp_url)
    caplog.set_level("INFO", logger="mail")
    mail.deliver(queue_one())
    mailbox.refuse_recipient = "550 no such person"
    mail.deliver(queue_one())
    ours = [str(record.__dict__) for record in caplog.records if record.name == "mail"]
    assert len(ours) == 2
    assert "priya" not in "".join(ours)


def test_a_worker_killed_in_mid_delivery_loses_nothing(
    app: Flask, clock: Clock, smtp_url: str, mailbox: Mailbox
) -> None:
    config = use(app, SMTP_URL=smtp_url)
    mail_id = queue_one()
    mailbox.go_on.clear()
    worker = start_worker(config)
    try:
        assert mailbox.in_data.wait(WAIT), "the worker did not begin to deliver"
        os.kill(worker.pid, signal.SIGKILL)
    finally:
        worker.kill()
        worker.wait()
        mailbox.go_on.set()
    assert row(mail_id).state == MailState.NEW
    clock(row(mail_id).leased_until)
    assert mail.deliver_due() == 1
    assert row(mail_id).state == MailState.SENT
    first, second = mailbox.received.get(timeout=WAIT), mailbox.received.get(timeout=WAIT)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_sent_mail_is_deleted_after_a_month_and_an_unsent_one_never(app: Flask, clock: Clock) -> None:
    sent, waiting = queue_one(), queue_one()
    mail.deliver(sent)
    clock(now() + mail.KEEP_SENT + timedelta(seconds=1))

    mail.purge()

    left = db.session.scalars(select(OutboxMail.id)).all()
    assert list(left) == [waiting]
