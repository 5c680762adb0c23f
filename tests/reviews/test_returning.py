"""What a result says of reviews, and cards of questions that were dropped."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from accounts.models import User
from analysis.cohorts.later import Later
from core.clock import now
from core.database import db, transaction
from core.errors import Conflict, NotFound
from core.web import Reader
from quizzes.models import Question
from reviews import entering, recalled, returning, services
from reviews.rules import Kind
from tests import factories
from tests.quizzes.visiting import words
from tests.reviews.world import UTC_ZONE, Memory, days_later

NOON = datetime.fromisoformat("2026-03-02T12:00:00+00:00")  # a Monday


@pytest.fixture
def memory(app: Flask, clock: Callable[..., None]) -> Memory:
    clock(NOON)
    return Memory()


def reader_of(memory: Memory) -> Reader:
    user = db.session.get_one(User, memory.user.id)
    return Reader(user.id, 0, user.name, user.email, frozenset({"learner"}), "UTC", "en")


def returns(memory: Memory, attempt: str) -> dict[int, tuple[str, bool]]:
    db.session.rollback()
    told = returning.returns_of(attempt, reader_of(memory))
    return {position: (each.words, each.may_ask) for position, each in told.items()}


def drop(question: str) -> None:
    with transaction() as session:
        session.get_one(Question, question).withdrawn_at = now()


def test_a_missed_question_tells_when_it_returns_and_a_known_one_may_be_asked_back(memory: Memory) -> None:
    attempt = memory.attempt(False, True)

    told = returns(memory, attempt)

    assert told[1] == ("Returns tomorrow", False)
    assert told[2] == ("", True)
    assert 4 not in told  # a person marks it


def test_before_the_worker_has_taken_it_in_the_result_says_the_same(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.news.gather", lambda: None)
    attempt = memory.attempt(False, True)

    assert not memory.cards(Kind.QUESTION)
    assert returns(memory, attempt)[1] == ("Returns tomorrow", False)


def test_a_later_day_is_told_by_its_name_or_its_date(memory: Memory, clock: Callable[..., None]) -> None:
    attempt = memory.attempt(False, True)
    days_later(clock, 1)
    memory.answer("first")
    soon = returns(memory, attempt)[1]
    for _ in range(3):
        clock(memory.cards()["first"].due_at)
        memory.answer("first")

    assert soon == ("Returns on Thursday", True)
    assert returns(memory, attempt)[1][0].startswith("Returns on ")
    assert any(character.isdigit() for character in returns(memory, attempt)[1][0])


def test_what_is_due_waits_and_what_was_taken_out_does_not_return(
    memory: Memory, clock: Callable[..., None]
) -> None:
    attempt = memory.attempt(False, True)
    days_later(clock, 2)
    waits = returns(memory, attempt)[1]
    card = memory.cards()["first"].id
    with transaction():
        services.remove(memory.user.id, card)

    assert waits == ("Waits in your reviews", False)
    assert returns(memory, attempt)[1] == ("", True)


def test_the_result_page_has_the_badge_and_the_button(app: Flask, memory: Memory) -> None:
    attempt = memory.attempt(False, True)
    browser = factories.sign_in(app.test_client(), memory.user)

    page = browser.get(f"/attempts/{attempt}")
    marked = factories.post(browser, "/reviews/cards", {"attempt": attempt, "position": "2"})

    assert "Returns tomorrow" in words(page.text)
    assert page.text.count("Review this again") == 1
    assert marked.status_code == 303
    assert set(memory.cards(Kind.QUESTION)) == {"first", "second", "third"}


def test_a_dropped_question_is_asked_no_more(memory: Memory, clock: Callable[..., None]) -> None:
    attempt = memory.attempt(False, True)
    days_later(clock, 1)
    assert "first" in memory.due()
    card = memory.cards()["first"]
    card_id, given = card.id, services.Given(services.revision_of(card), {"ticked": [0]}, None)

    drop("first")

    assert "first" not in memory.due()
    assert 1 not in returns(memory, attempt)
    with pytest.raises(NotFound), transaction():
        services.answer(memory.user.id, card_id, 0, given, UTC_ZONE)


def test_a_dropped_question_cannot_be_asked_back(memory: Memory) -> None:
    attempt = memory.attempt(True, True)
    drop("first")

    with pytest.raises(Conflict), transaction():
        entering.mark(memory.user.id, attempt, 1)
    assert "first" not in memory.cards(Kind.QUESTION)


def test_what_is_known_after_ninety_days_is_told_to_its_learner_and_counted_for_instructors(
    memory: Memory, clock: Callable[..., None]
) -> None:
    memory.attempt(True, True, True)
    days_later(clock, 91)
    memory.answer("first")
    memory.answer("second", is_right=False)
    db.session.rollback()

    mine = returning.recalled_of(memory.user.id, {"o-1"})

    assert (mine.days, mine.right, mine.n) == (90, 1, 1)
    assert recalled.answers_after([memory.step.id]) == Later(90, 1, 2, 1)
    assert recalled.answers_after([memory.lesson.id]).n == 0
