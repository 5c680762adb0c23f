"""A text that is open in two windows, or too long: nothing is written over unseen, and nothing cut."""

import pytest
from flask.testing import FlaskClient

from core.database import transaction
from core.errors import Conflict
from quizzes import saving
from quizzes.saving import Given
from tests.factories import post, sign_in
from tests.marking.bench import Bench
from tests.marking.doors import field_of
from tests.quizzes.visiting import words


def save(bench: Bench, attempt: str, text: str, seq: int, *bases: int) -> None:
    given = Given(1, {"text": [text]}, False, seq=seq, bases=frozenset(bases))
    with transaction():
        saving.save(bench.user.id, attempt, [given])


def test_a_window_writes_over_no_text_that_it_has_not_seen(bench: Bench) -> None:
    attempt = bench.start()
    save(bench, attempt, "The first window.", 100, 0)

    with pytest.raises(Conflict, match="another window has changed this text"):
        save(bench, attempt, "The second.", 200, 0)

    assert bench.draft(attempt) == "The first window."
    save(bench, attempt, "The first window, on.", 300, 0, 100)
    assert bench.draft(attempt) == "The first window, on."


def test_a_save_whose_answer_was_lost_is_gone_on_from(bench: Bench) -> None:
    attempt = bench.start()
    save(bench, attempt, "One", 100, 0)
    save(bench, attempt, "One", 100, 0, 100)
    save(bench, attempt, "One two", 200, 0, 100)

    assert bench.draft(attempt) == "One two"


def test_an_old_page_that_says_what_stands_is_not_refused(bench: Bench) -> None:
    attempt = bench.start()
    save(bench, attempt, "The same.", 100, 0)
    save(bench, attempt, "The same.", 200, 0)

    assert bench.draft(attempt) == "The same."


def test_an_old_page_without_a_script_is_refused_with_a_remedy(bench: Bench, client: FlaskClient) -> None:
    author = sign_in(client, bench.user)
    attempt = bench.start()
    field = field_of(author.get(f"/attempts/{attempt}").text)
    page = {"item1": "1", "base1": "0", "go": "hand-in"}
    post(author, f"/attempts/{attempt}?q=1", {**page, field: "Newer words."})

    told = post(author, f"/attempts/{attempt}?q=1", {**page, field: "Words of the old page."})

    assert told.status_code == 409
    assert "Copy what you wrote" in words(told.text)
    assert "Words of the old page.</textarea>" in told.text
    assert bench.draft(attempt) == "Newer words."


def test_a_text_that_is_too_long_is_refused_whole(bench: Bench, client: FlaskClient) -> None:
    author = sign_in(client, bench.user)
    attempt = bench.start()
    field = field_of(author.get(f"/attempts/{attempt}").text)
    address, page = f"/attempts/{attempt}?q=1", {"item1": "1", "go": "save"}
    assert post(author, address, {**page, field: "a\r\n" * 25_000}).status_code == 303
    assert len(bench.draft(attempt)) == 50_000

    told = post(author, address, {**page, field: "b" * 50_001})

    assert told.status_code == 409
    assert "50,001 characters, and 50,000 is the most" in words(told.text)
    assert bench.draft(attempt).startswith("a")
