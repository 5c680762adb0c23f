"""Whom the job of reminders looks at: nobody twice a day, and nobody who refused."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from accounts import notifications
from core.database import transaction
from reviews import reminders
from tests.reviews.world import Memory

EIGHT = datetime.fromisoformat("2026-11-22T08:00:00+00:00")


@pytest.fixture
def memory(app: Flask, clock: Callable[[datetime], None]) -> Memory:
    made = Memory()
    made.attempt(True, False, True)
    clock(EIGHT)
    return made


@pytest.fixture
def looked_at(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whom it opens a transaction for."""
    found: list[int] = []
    remind = reminders.remind

    def looked(user_id: int) -> bool:
        found.append(user_id)
        return remind(user_id)

    monkeypatch.setattr(reminders, "remind", looked)
    return found


def test_who_was_reminded_today_is_not_looked_at_again(memory: Memory, looked_at: list[int]) -> None:
    for _ in range(3):
        reminders.send_due()

    assert looked_at == [memory.user.id]


def test_who_refused_is_not_looked_at(memory: Memory, looked_at: list[int]) -> None:
    with transaction():
        notifications.refuse(memory.user.id, reminders.KIND.word)

    reminders.send_due()

    assert looked_at == []
