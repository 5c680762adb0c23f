"""Reminders: in the morning, once a day at most, only where something waits, and ended by one click."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import notifications
from accounts.models import User
from core.database import db, transaction
from core.mail import compose
from core.outbox import lease
from reviews import reminders, rules
from tests import factories
from tests.conftest import Clock
from tests.factories import mails, post
from tests.quizzes.visiting import words
from tests.quizzes.world import at_once
from tests.reviews.world import Memory, days_later

EIGHT = datetime.fromisoformat("2026-11-22T08:00:00+00:00")


@pytest.fixture
def memory(app: Flask, clock: Clock) -> Memory:
    """Somebody with a card that is due this morning; it is eight o'clock."""
    made = Memory()
    made.attempt(True, False, True)
    clock(EIGHT)
    return made


def sent(memory: Memory) -> list[Any]:
    return mails(memory.user.email)


def test_the_mail_tells_how_much_waits_and_how_to_end_it(app: Flask, memory: Memory) -> None:
    reminders.send_due()

    (mail,) = sent(memory)
    assert mail.subject == "1 idea waits for you"
    assert "A session takes about 1 minute:" in mail.text
    assert "/reviews" in mail.text
    assert "/account/notifications/off/" in mail.text
    assert "/account/notifications/off/" in mail.html


def test_at_most_one_comes_a_day_though_the_worker_looks_all_morning(clock: Clock, memory: Memory) -> None:
    for minutes in range(0, 16 * 60, 30):
        clock(EIGHT + timedelta(minutes=minutes))
        reminders.send_due()
    assert len(sent(memory)) == 1

    clock(EIGHT + timedelta(days=1))
    reminders.send_due()

    assert len(sent(memory)) == 2


def test_who_cannot_be_reminded_holds_up_nobody(
    app: Flask, memory: Memory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = 0
    monkeypatch.setattr(reminders, "_waiting", lambda: [broken, memory.user.id])

    reminders.send_due()

    assert len(sent(memory)) == 1
    assert "a reminder was not sent" in caplog.text


def test_two_workers_at_once_write_one(app: Flask, memory: Memory) -> None:
    user_id = memory.user.id

    def remind() -> bool:
        with transaction():
            return reminders.remind(user_id)

    at_once(app, 6, remind)

    assert len(sent(memory)) == 1


def test_a_whole_day_of_the_clock_sends_one_in_the_morning_of_the_persons_zone(
    clock: Clock, memory: Memory
) -> None:
    with transaction() as session:
        session.get_one(User, memory.user.id).time_zone = "Asia/Tokyo"
    times = []
    for hours in range(24):
        clock(EIGHT + timedelta(hours=hours))
        before = len(sent(memory))
        reminders.send_due()
        if len(sent(memory)) > before:
            times.append((8 + hours) % 24)

    assert times == [22]  # seven in the morning there


def test_nobody_is_reminded_after_reviewing_that_day(clock: Clock, memory: Memory) -> None:
    memory.read_lesson()
    days_later(clock, 1)
    memory.answer("second")
    assert memory.due()

    reminders.send_due()

    assert sent(memory) == []


def test_nobody_is_reminded_of_nothing(memory: Memory) -> None:
    memory.answer("second")

    reminders.send_due()

    assert sent(memory) == []


def test_after_five_without_a_review_they_pause_until_one(clock: Clock, memory: Memory) -> None:
    for _ in range(rules.UNANSWERED + 3):
        reminders.send_due()
        days_later(clock, 1)
    assert len(sent(memory)) == rules.UNANSWERED

    memory.answer("second", is_right=False)
    days_later(clock, 1)
    reminders.send_due()

    assert len(sent(memory)) == rules.UNANSWERED + 1


def test_who_does_not_want_them_gets_none(memory: Memory) -> None:
    with transaction():
        notifications.refuse(memory.user.id, "reviews")

    reminders.send_due()

    assert sent(memory) == []


@pytest.mark.parametrize("column", ["active", "confirmed_at"])
def test_a_closed_or_unconfirmed_account_gets_none(memory: Memory, column: str) -> None:
    with transaction() as session:
        setattr(session.get_one(User, memory.user.id), column, False if column == "active" else None)

    reminders.send_due()

    assert sent(memory) == []


# ---- ending them


def off_path(memory: Memory) -> str:
    reminders.send_due()
    found = re.search(r"(/account/notifications/off/\S+)", sent(memory)[0].text)
    assert found
    return found[1]


def test_the_link_asks_and_its_button_ends_them_without_a_sign_in(
    client: FlaskClient, memory: Memory
) -> None:
    path = off_path(memory)
    assert "Send me no more of these" in client.get(path).text
    assert notifications.refused_by(memory.user.id) == frozenset()

    page = post(client, path)

    assert "You get no more of these mails." in page.text
    db.session.rollback()
    assert notifications.refused_by(memory.user.id) == {"reviews"}
    assert "You get no more of these mails." in client.get(path).text


def test_a_mail_programs_own_button_ends_them_at_once(client: FlaskClient, memory: Memory) -> None:
    path = off_path(memory)
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    db.session.rollback()
    assert notifications.refused_by(memory.user.id) == {"reviews"}


def test_the_mail_carries_the_headers_for_that_button(app: Flask, memory: Memory) -> None:
    path = off_path(memory)
    letter = lease(sent(memory)[0].id)
    assert letter
    message = compose(letter)

    assert message["List-Unsubscribe"].endswith(f"{path}>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_other_mails_carry_no_such_header(app: Flask, memory: Memory) -> None:
    from core.mail import queue

    with transaction():
        mail_id = queue("sign_in_link", "a@example.org", {"name": "A", "path": "/x"})
    letter = lease(mail_id or 0)

    assert letter
    assert compose(letter)["List-Unsubscribe"] is None


@pytest.mark.parametrize("token", ["x", "WyJhIiwicmV2aWV3cyJd.forged"])
def test_a_forged_link_ends_nothing(client: FlaskClient, memory: Memory, token: str) -> None:
    assert client.get(f"/account/notifications/off/{token}").status_code == 404
    assert client.post(f"/account/notifications/off/{token}", data={"a": "b"}).status_code == 404


def test_the_account_chooses_and_chooses_again(client: FlaskClient, memory: Memory) -> None:
    browser = factories.sign_in(client, memory.user)
    assert " checked" in browser.get("/account/notifications").text

    post(browser, "/account/notifications")
    page = browser.get("/account/notifications").text
    assert " checked" not in page
    assert "Your choice is saved." in words(page)
    post(browser, "/account/notifications", {"kind": "reviews"})

    assert " checked" in browser.get("/account/notifications").text


def test_mails_of_no_kind_that_is_known_are_not_written_down(client: FlaskClient, memory: Memory) -> None:
    browser = factories.sign_in(client, memory.user)

    post(browser, "/account/notifications", {"kind": "receipts"})

    db.session.rollback()
    assert notifications.refused_by(memory.user.id) == {"reviews"}


def test_the_worker_looks_every_half_hour(app: Flask) -> None:
    from core import jobs

    job = jobs._periodic["review-reminders"]

    assert (job.every, job.run) == (timedelta(minutes=30), reminders.send_due)
