"""What authors see of their works, without JavaScript."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marking.models import WorkVersion
from tests import factories
from tests.marking.bench import FULL, NOON, TEXT, Bench
from tests.marking.doors import field_of
from tests.quizzes.visiting import words
from tests.quizzes.world import count_of


@pytest.fixture
def bench(app: Flask, clock: Callable[[datetime], None]) -> Bench:
    clock(NOON)
    return Bench(pass_mark=50)


def url(bench: Bench) -> str:
    return f"/learn/{bench.course.slug}/quizzes/{bench.step.slug}"


def test_a_work_from_its_first_page_to_the_receipt(bench: Bench, author: FlaskClient) -> None:
    first = author.get(url(bench)).text
    assert "Write the plan of one page." in words(first)
    assert "Must not be 0" in words(first)
    attempt = factories.post(author, f"{url(bench)}/start").location
    draft = author.get(attempt).text

    sent = factories.post(author, f"{attempt}?q=1", {"item1": "1", field_of(draft): TEXT, "go": "hand-in"})
    assert sent.location == f"{attempt}/hand-in"
    shown = words(author.get(sent.location).text)
    assert "My plan I name every flag" in shown
    assert "9 words; 5 to 40 are asked for" in shown
    refused = factories.post(author, f"{attempt}/hand-in")
    assert refused.status_code == 422
    assert "Confirm that your work names no client" in words(refused.text)
    factories.post(author, f"{attempt}/hand-in", {"confirmed": "y"})

    assert "Handed in" in words(author.get(attempt).text)
    assert author.get(f"{attempt}/hand-in").location == attempt
    assert count_of(WorkVersion) == 1


def test_the_script_of_an_author_is_text(bench: Bench, author: FlaskClient, tutor: FlaskClient) -> None:
    attempt = bench.handed_in("<script>alert(1)</script>")

    for client, address in ((author, f"/attempts/{attempt}"), (tutor, f"/studio/marking/{attempt}")):
        page = client.get(address).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_the_state_is_said_in_words(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.handed_in()
    assert "Handed in" in words(author.get(f"/attempts/{attempt}").text)
    bench.claim(bench.first, attempt)
    page = words(author.get(f"/attempts/{attempt}").text)
    assert "Being marked by a tutor" in page
    assert "Tea" not in page
    assert "being marked by a tutor" in words(author.get("/dashboard").text)
    bench.send_back(bench.first, attempt)
    assert "Returned for revision" in words(author.get(f"/attempts/{attempt}").text)
    assert "returned for revision" in words(author.get("/dashboard").text)
    bench.hand_in(attempt)
    bench.give(bench.first, attempt, FULL, "Well done.")
    page = words(author.get(f"/attempts/{attempt}").text)
    assert "Passed" in page
    assert "Well done." in page
    assert "named and timed" in page
    assert "Version 1" in page
    assert "Name the speed." in page
    assert "Look again." in page
