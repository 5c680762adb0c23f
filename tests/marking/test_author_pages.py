"""What authors see of their works, without JavaScript."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from courses.services import find_step
from marking.models import WorkVersion
from progress.services import remember_place
from tests import factories
from tests.marking.bench import FULL, NOON, TEXT, Bench
from tests.marking.doors import field_of
from tests.quizzes.visiting import words
from tests.quizzes.world import count_of


@pytest.fixture
def bench(safe: Bench) -> Bench:
    return safe


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


def test_the_dashboard_goes_on_with_what_can_be_done_while_a_work_waits(
    bench: Bench, author: FlaskClient
) -> None:
    first, second = factories.steps_of(bench.course)[:2]
    attempt = bench.handed_in()
    said = author.get("/dashboard").text
    assert continues_at(said) == f"/learn/{bench.course.slug}/{first.slug}"
    assert "handed in. A mail tells you when the mark is here" in words(said)

    factories.complete(bench.user, first)
    said = author.get("/dashboard").text

    assert "Continue</a>" not in said
    assert "With a marker" in words(said)
    assert "Waits for a mark" in words(said)
    assert f'href="/learn/{bench.course.slug}/quizzes/{second.slug}">See your work' in said
    bench.claim(bench.first, attempt)
    bench.send_back(bench.first, attempt)
    assert continues_at(author.get("/dashboard").text) == f"/learn/{bench.course.slug}/quizzes/{second.slug}"


def continues_at(page: str) -> str:
    found = re.search(r'btn-lg" href="([^"]+)"><svg(?:(?!</svg>).)*</svg>Continue</a>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_course_goes_on_past_what_is_with_a_marker(bench: Bench, author: FlaskClient) -> None:
    first, second = factories.steps_of(bench.course)[:2]
    bench.handed_in()
    with transaction():
        remember_place(bench.user.id, find_step(second.id), "")

    assert f"Continue: {first.title}" in words(author.get(f"/learn/{bench.course.slug}").text)

    factories.complete(bench.user, first)
    assert f"With a marker: {second.title}" in words(author.get(f"/learn/{bench.course.slug}").text)


def test_another_course_stands_before_one_that_only_waits(bench: Bench, author: FlaskClient) -> None:
    other = factories.make_course(title="Another one")
    factories.enroll(bench.user, other)
    factories.complete(bench.user, factories.steps_of(bench.course)[0])
    bench.handed_in()

    assert continues_at(author.get("/dashboard").text).startswith(f"/learn/{other.slug}/")


def test_another_attempt_begins_with_the_text_that_did_not_pass(bench: Bench, author: FlaskClient) -> None:
    attempt = bench.start()
    bench.write(attempt, "First words.")
    bench.bring(attempt)
    bench.hand_in(attempt)
    bench.claim(bench.first, attempt)
    bench.send_back(bench.first, attempt)
    bench.write(attempt, "Second words.")
    bench.hand_in(attempt)
    bench.give(bench.first, attempt, [0, 0, 0, 0, 0])

    again = bench.start()

    page = author.get(f"/attempts/{again}").text
    assert "Second words." in page
    assert "This begins with the text of your last attempt" in page
    assert "plan.pdf" not in page
    bench.write(again, "Third words.")
    assert "This begins with the text" not in author.get(f"/attempts/{again}").text
    bench.erase(again)
    assert bench.draft(again) == ""
    assert "Second words." in author.get(f"/attempts/{attempt}").text


def test_a_returned_work_is_not_called_the_text_of_the_last_attempt(
    bench: Bench, author: FlaskClient
) -> None:
    bench.claim_and_give(bench.first, bench.handed_in(), [0, 0, 0, 0, 0])
    again = bench.start()
    bench.hand_in(again)
    bench.claim(bench.first, again)
    bench.send_back(bench.first, again)

    page = words(author.get(f"/attempts/{again}").text)

    assert "I name every flag" in page
    assert "This begins with the text of your last attempt" not in page


def test_a_refused_start_says_why_and_when_to_come_again(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    bench = Bench(cool_down=24, closes="2026-11-22 18:00")
    author = factories.sign_in(app.test_client(), bench.user)
    attempt = bench.handed_in()
    assert "Let the last attempt settle" not in words(author.get(url(bench)).text)

    bench.claim_and_give(bench.first, attempt, [0, 0, 0, 0, 0])

    said = words(author.get(url(bench)).text)
    assert "Let the last attempt settle before the next. Come back from 22 Nov" in said
    assert "Not passed" in said
    clock(NOON + timedelta(hours=31))
    factories.sign_in(author, bench.user)
    assert "This assignment has closed." in words(author.get(url(bench)).text)


def test_an_assignment_that_is_not_open_yet_says_from_when(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    bench = Bench(opens="2026-11-25 18:00")
    author = factories.sign_in(app.test_client(), bench.user)

    assert "is not open yet. Come back from 25 Nov" in words(author.get(url(bench)).text)


def test_another_attempt_after_one_that_passed_begins_empty(bench: Bench) -> None:
    bench.claim_and_give(bench.first, bench.handed_in(), FULL)

    assert bench.draft(bench.start()) == ""
