"""An author takes a work back: all of it, for good, and only who means it. On both databases."""

import re
from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import now, set_now
from core.database import db, transaction
from core.errors import Conflict, NotFound
from core.storage import media
from marking import drafts, uploads
from marking.models import WorkVersion
from marking.rules import WorkState
from progress.models import StepCompletion
from quizzes import saving
from quizzes.models import AttemptItem, KeptForm
from quizzes.saving import Given
from tests import factories
from tests.marking.bench import CLOSE, FULL, NOON, Bench, one_of
from tests.quizzes.visiting import words
from tests.quizzes.world import at_once, count_of


def test_what_is_erased_is_gone_with_its_files(bench: Bench) -> None:
    attempt = bench.start()
    bench.write(attempt)
    bench.bring(attempt)
    key = bench.files()[0].key
    bench.hand_in(attempt)
    bench.claim(bench.first, attempt)
    bench.send_back(bench.first, attempt)

    bench.erase(attempt)

    assert not media().exists(key)
    assert count_of(WorkVersion) == 0
    assert bench.marks(attempt) == []
    assert bench.draft(attempt) == ""
    work = bench.work(attempt)
    assert (work.state, work.rounds, bench.head(attempt).is_open) == (WorkState.DRAFT, 1, True)
    set_now(NOON + timedelta(minutes=30))
    uploads.sweep()
    assert bench.files() == []


@pytest.mark.parametrize("until", ["second", "agreeing"])
def test_a_work_is_erased_until_its_mark_is_final(bench: Bench, until: str) -> None:
    attempt = bench.handed_in()
    bench.claim_and_give(bench.first, attempt, CLOSE)
    if until == "agreeing":
        bench.claim_and_give(bench.second, attempt, FULL)

    bench.erase(attempt)

    assert bench.work(attempt).state is WorkState.DRAFT
    assert bench.marks(attempt) == []


def test_a_marked_work_is_not_erased(safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim_and_give(safe.first, attempt, FULL)

    with pytest.raises(Conflict, match="no longer be erased"):
        safe.erase(attempt)


def test_erasing_against_marking_leaves_one_of_the_two(app: Flask, safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim(safe.first, attempt)
    db.session.rollback()
    deeds = iter([lambda: safe.erase(attempt), lambda: safe.give(safe.first, attempt, FULL)])

    results = at_once(app, 2, lambda: one_of(deeds))

    is_marked = safe.work(attempt).state is WorkState.MARKED
    refused = [each for each in results if each is not None]
    assert [type(each) for each in refused] == [Conflict if is_marked else NotFound]
    assert (safe.head(attempt).points == 10) is is_marked
    assert (count_of(WorkVersion) == 1) is is_marked
    assert count_of(StepCompletion, user_id=safe.user.id) == is_marked


def test_a_late_save_of_another_tab_does_not_bring_erased_words_back(bench: Bench) -> None:
    attempt = bench.start()
    early = int(now().timestamp() * 1000) - 60_000
    with transaction():
        saving.save(bench.user.id, attempt, [Given(1, {"text": ["My words"]}, True, None, early)])
    bench.hand_in(attempt)
    with transaction():
        drafts.erase(bench.user.id, attempt, Random(2))

    with transaction():
        kept = saving.save(
            bench.user.id, attempt, [Given(1, {"text": ["A client's name"]}, False, None, early + 10)]
        )

    db.session.rollback()
    item = db.session.get_one(AttemptItem, (attempt, 1))
    assert (item.answer, item.flagged, kept[0].won) == (None, False, False)


def page_of(client: FlaskClient, attempt: str) -> tuple[str, str]:
    """The draft as a tab holds it: the name of its field, and the number of the save that it shows."""
    page = client.get(f"/attempts/{attempt}").text
    field = re.search(r'<textarea[^>]* name="([^"]+)"', page)
    seq = re.search(r'data-seq="([0-9]+)"', page)
    assert field
    assert seq
    return field[1], seq[1]


def save(client: FlaskClient, attempt: str, field: str, text: str, seq: int) -> tuple[int, str]:
    """As a script saves it."""
    fields = {"item1": "1", field: text, "seq1": str(seq)}
    answer = factories.post(
        client, f"/attempts/{attempt}?q=1", fields, headers={"Accept": "application/json"}
    )
    return answer.status_code, answer.json.get("message", "")


def test_a_clock_that_is_ahead_does_not_bring_erased_words_back(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.start()
    field, _ = page_of(author, attempt)
    ahead = int((NOON + timedelta(minutes=5)).timestamp() * 1000)
    set_now(NOON + timedelta(minutes=2))
    bench.erase(attempt)
    set_now(NOON + timedelta(minutes=6))

    status, said = save(author, attempt, field, "A client's name", ahead)

    assert (status, "was erased meanwhile" in said) == (409, True)
    assert bench.draft(attempt) == ""
    anew, seq = page_of(author, attempt)
    assert save(author, attempt, anew, "New words", int(seq) + 1) == (200, "")
    assert bench.draft(attempt) == "New words"


def test_a_tab_from_before_an_erasure_clears_nothing_that_was_written_since(
    bench: Bench, author: FlaskClient
) -> None:
    attempt = bench.start()
    field, _ = page_of(author, attempt)
    bench.erase(attempt)
    bench.write(attempt, "New words")

    old = factories.post(author, f"/attempts/{attempt}?q=1", {"item1": "1", field: "Old words", "go": "save"})

    assert old.status_code == 409
    assert "was erased meanwhile" in words(old.text)
    assert ">Old words</textarea>" in old.text  # given back to who wrote it, and written down nowhere
    assert bench.draft(attempt) == "New words"


def test_what_was_kept_as_the_sign_in_ended_is_erased_too(
    app: Flask, bench: Bench, author: FlaskClient
) -> None:
    attempt = bench.start()
    field, _ = page_of(author, attempt)
    stranger = app.test_client()  # no sign-in any more
    for address in (f"/attempts/{attempt}?q=1", "/attempts/another?q=1"):
        stranger.post(address, data={"item1": "1", field: "A client's name"})
    assert count_of(KeptForm) == 2

    bench.erase(attempt)

    assert (count_of(KeptForm), count_of(KeptForm, path="/attempts/another")) == (1, 1)


def test_an_author_erases_a_work_and_says_that_they_mean_it(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.handed_in()

    refused = factories.post(author, f"/attempts/{attempt}/erase")
    assert refused.location == f"/attempts/{attempt}#erase"
    said = words(author.get(refused.location).text)
    assert "Nothing was erased. Tick" in said
    assert "name every flag" in said
    done = factories.post(author, f"/attempts/{attempt}/erase", {"sure": "y"})

    said = words(author.get(done.location).text)
    assert "Your work is erased" in said
    assert "name every flag" not in said
    assert bench.work(attempt).state is WorkState.DRAFT
