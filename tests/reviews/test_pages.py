"""The pages of reviews as a browser without JavaScript meets them."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from courses.models import CourseInstructor
from reviews import services
from reviews.models import ReviewCard, ReviewEntry
from tests import factories
from tests.conftest import Clock
from tests.counting import statements
from tests.factories import post
from tests.quizzes.visiting import words
from tests.quizzes.world import count_of
from tests.reviews.world import Memory, days_later

SORTED = """## sorted {order}
Put them in order.

1. First
2. Then
"""


@pytest.fixture
def memory(app: Flask, clock: Clock) -> Memory:
    """A learner who missed the second question of a quiz yesterday."""
    made = Memory()
    made.attempt(True, False, True)
    days_later(clock, 1)
    return made


@pytest.fixture
def browser(client: FlaskClient, memory: Memory) -> FlaskClient:
    return factories.sign_in(client, memory.user)


def begin(browser: FlaskClient) -> str:
    assert post(browser, "/reviews/session").location == "/reviews/session"
    return browser.get("/reviews/session").text


def fields_of(page: str, answer: str = "") -> dict[str, str]:
    """The form of a question card, with the option chosen that reads so."""
    turn = re.search(r'name="turn" value="(\d+)"', page)
    assert turn
    found = {"turn": turn[1]}
    for name, value, label in re.findall(
        r'type="radio" id="[^"]+" name="(\w+)" value="(\w+)".*?</span><span>(.*?)</span>', page
    ):
        if answer and answer == re.sub(r"<[^>]+>", "", label):
            found[name] = value
    assert not answer or len(found) == 2, page
    return found


def card_id(memory: Memory, subject: str = "second") -> int:
    return memory.cards()[subject].id


def test_a_card_is_asked_with_the_reason_why_it_is_here(browser: FlaskClient, memory: Memory) -> None:
    page = words(begin(browser))

    assert "And which here?" in page
    assert "You missed it on 21 November in the module 2 quiz." in page
    assert "The last one" in page


def test_when_it_was_last_seen_is_told_in_days_of_the_calendar(
    browser: FlaskClient, memory: Memory, clock: Clock
) -> None:
    memory.answer("second")
    clock(datetime(2026, 11, 24, 8, tzinfo=UTC))

    assert "Last seen 2 days ago." in words(begin(factories.sign_in(browser, memory.user)))


def test_nothing_of_the_key_is_in_a_card_that_is_asked(browser: FlaskClient, memory: Memory) -> None:
    page = begin(browser)

    assert "Because" not in page
    assert "checked" not in page
    assert "Correct" not in page


def test_an_answer_leads_to_its_reasons_and_on_to_a_calm_end(browser: FlaskClient, memory: Memory) -> None:
    page = begin(browser)
    answer = post(browser, f"/reviews/cards/{card_id(memory)}", {**fields_of(page, "Here"), "sure": "yes"})

    told = words(browser.get(answer.location).text)
    assert "Right." in told
    assert "Returns in 2 days" in told
    assert "1 card reviewed, 1 recalled." in words(browser.get("/reviews/session").text)


def test_a_wrong_answer_and_an_unknown_one_come_back_tomorrow(browser: FlaskClient, memory: Memory) -> None:
    page = begin(browser)
    wrong = post(browser, f"/reviews/cards/{card_id(memory)}", fields_of(page, "There"))

    assert "Returns tomorrow" in words(browser.get(wrong.location).text)
    assert "What you did not recall comes back tomorrow" in words(browser.get("/reviews/session").text)


def test_who_does_not_know_may_say_so(browser: FlaskClient, memory: Memory) -> None:
    fields = fields_of(begin(browser)) | {"unknown": "1"}
    answer = post(browser, f"/reviews/cards/{card_id(memory)}", fields)

    assert "Not answered." in words(browser.get(answer.location).text)


def test_an_empty_answer_is_asked_for_again(browser: FlaskClient, memory: Memory) -> None:
    answer = post(browser, f"/reviews/cards/{card_id(memory)}", fields_of(begin(browser)))

    assert answer.status_code == 422
    assert "Choose an answer first" in answer.text
    assert count_of(ReviewEntry) == 0


def test_the_address_of_an_answer_opened_again_leads_to_the_card(
    browser: FlaskClient, memory: Memory
) -> None:
    post(browser, f"/reviews/cards/{card_id(memory)}", fields_of(begin(browser)))

    again = browser.get(f"/reviews/cards/{card_id(memory)}", follow_redirects=True)

    assert again.request.path == "/reviews/session"
    assert "And which here?" in again.text


def test_keys_are_told_where_they_choose(browser: FlaskClient, memory: Memory) -> None:
    assert "Keys: 1 to 2 choose, Enter checks" in words(begin(browser))


def test_a_question_without_options_tells_of_no_keys(client: FlaskClient, clock: Clock) -> None:
    memory = Memory(SORTED)
    memory.attempt(False)
    days_later(clock, 1)

    page = words(begin(factories.sign_in(client, memory.user)))

    assert "Put them in order." in page
    assert "Keys:" not in page


def test_sent_twice_it_is_told_once(browser: FlaskClient, memory: Memory) -> None:
    fields = fields_of(begin(browser), "Here")
    places = {post(browser, f"/reviews/cards/{card_id(memory)}", fields).location for _ in range(3)}

    assert len(places) == 1
    assert count_of(ReviewEntry) == 1


@pytest.mark.parametrize("fields", [{}, {"turn": "x"}, {"turn": "-5", "unknown": "1"}, {"turn": "99999999"}])
def test_a_form_that_somebody_made_up_changes_nothing(
    browser: FlaskClient, memory: Memory, fields: dict[str, str]
) -> None:
    begin(browser)
    answer = post(browser, f"/reviews/cards/{card_id(memory)}", fields)

    assert answer.status_code in (409, 422)
    assert count_of(ReviewEntry) == 0


def test_a_term_is_thought_of_turned_and_rated(browser: FlaskClient, memory: Memory, clock: Clock) -> None:
    memory.read_lesson()
    days_later(clock, 1)
    page = begin(factories.sign_in(browser, memory.user))
    post(browser, f"/reviews/cards/{card_id(memory)}/skip")
    front = browser.get("/reviews/session").text
    assert "Mast-cell" in front
    assert "What mast-cell is." not in front

    back = browser.get(f"/reviews/session?turned={card_id(memory, 'mast-cell')}").text
    assert "What mast-cell is." in back
    assert "It is a word of the lesson “Step 1”, which you completed on 22 November." in words(back)
    answer = post(browser, f"/reviews/cards/{card_id(memory, 'mast-cell')}", {"turn": "0", "rating": "3"})

    assert answer.location == "/reviews/session"
    assert "Cortisol" in browser.get("/reviews/session").text
    assert "And which here?" in page


def test_a_skipped_card_waits_for_the_next_session(browser: FlaskClient, memory: Memory) -> None:
    begin(browser)
    post(browser, f"/reviews/cards/{card_id(memory)}/skip")

    page = words(browser.get("/reviews/session").text)
    assert "Nothing more in this session" in page
    assert "1 more is due. They can wait." in page
    assert "And which here?" in begin(browser)


def test_a_card_is_removed_and_the_next_page_brings_it_back(browser: FlaskClient, memory: Memory) -> None:
    begin(browser)
    answer = post(browser, f"/reviews/cards/{card_id(memory)}/remove")
    page = browser.get(answer.location).text
    assert "The card is out of your reviews." in page
    assert memory.due() == []
    assert "Cards that you removed (1)" in words(browser.get("/reviews").text)

    post(browser, f"/reviews/cards/{card_id(memory)}/restore")

    assert memory.due() == ["second"]


def test_the_first_page_tells_what_is_due_what_comes_and_what_is_recalled(
    browser: FlaskClient, memory: Memory
) -> None:
    page = words(browser.get("/reviews").text)

    assert "1 card" in page
    assert "The share of reviews that you recall will stand here" in page
    memory.answer("second")
    page = words(browser.get("/reviews").text)
    assert "Nothing is due." in page
    assert "The next card comes back on 24 November." in page
    assert "1 of 1 reviews" in page
    assert "With fewer than 20 reviews the share still says little." in page


def test_who_has_no_card_is_told_how_one_comes(app: Flask, client: FlaskClient, clock: Clock) -> None:
    browser = factories.sign_in(client, factories.make_user())

    assert "Nothing to review yet" in browser.get("/reviews").text
    assert browser.get("/reviews/session").location == "/reviews"


def test_the_wished_retention_is_kept_and_an_impossible_one_refused(
    browser: FlaskClient, memory: Memory
) -> None:
    post(browser, "/reviews/retention", {"retention": "85"})
    assert services.retention_of(memory.user.id) == 85
    for wrong in ("", "x", "50"):
        assert post(browser, "/reviews/retention", {"retention": wrong}).status_code == 422
    assert services.retention_of(memory.user.id) == 85


def test_a_question_of_a_result_is_marked_by_its_form(browser: FlaskClient, memory: Memory) -> None:
    attempt = memory.attempt(True, True, True)
    answer = post(browser, "/reviews/cards", {"attempt": attempt, "position": "1"})

    assert answer.location == f"/attempts/{attempt}"
    assert "It comes back tomorrow" in browser.get(answer.location).text
    assert post(browser, "/reviews/cards", {"attempt": "nobodys", "position": "1"}).status_code == 404
    assert post(browser, "/reviews/cards", {}).status_code == 404


def test_the_form_of_a_mark_is_a_macro_for_other_rooms(app: Flask) -> None:
    with app.test_request_context():
        macros = app.jinja_env.get_template("reviews/_mark.html").module
        form = macros.mark("A1", 3, "Which?")  # type: ignore[attr-defined]

    assert 'name="attempt" value="A1"' in form
    assert 'name="position" value="3"' in form
    assert "Returns in your reviews" in macros.returns()  # type: ignore[attr-defined]


def test_nobody_sees_the_answers_of_another_person(app: Flask, browser: FlaskClient, memory: Memory) -> None:
    begin(browser)
    entry = memory.answer("second")
    entry_id = entry.id
    other = factories.sign_in(app.test_client(), factories.make_user())

    assert browser.get(f"/reviews/answers/{entry_id}").status_code == 200
    assert other.get(f"/reviews/answers/{entry_id}").status_code == 404
    assert post(other, f"/reviews/cards/{card_id(memory)}/remove").status_code == 404


def test_the_dashboard_tells_what_is_due_and_begins_with_one_button(
    browser: FlaskClient, memory: Memory
) -> None:
    page = browser.get("/dashboard").text
    assert "Due for review" in page
    assert "Missed on 21 November" in page
    assert 'action="/reviews/session"' in page
    memory.answer("second")

    page = browser.get("/dashboard").text
    assert "Nothing is due." in page
    assert 'action="/reviews/session"' not in page


def test_a_session_page_costs_the_same_however_many_cards_there_are(
    browser: FlaskClient, memory: Memory, clock: Clock
) -> None:
    begin(browser)
    browser.get("/reviews/session")
    with statements() as few:
        browser.get("/reviews/session")
    memory.read_lesson()
    days_later(clock, 3)
    begin(factories.sign_in(browser, memory.user))
    browser.get("/reviews/session")
    with statements() as many:
        browser.get("/reviews/session")

    assert len(many) == len(few) <= 8, many


def test_the_instructor_of_the_course_sees_what_is_forgotten_and_nobody_else(
    app: Flask, browser: FlaskClient, memory: Memory
) -> None:
    memory.answer("second")
    teacher, other = (factories.make_user("", "Tea", "instructor") for _ in range(2))
    with transaction() as session:
        session.add(CourseInstructor(course_id=memory.course.id, user_id=teacher.id))
    address = f"/studio/courses/{memory.course.slug}/reviews"

    page = words(factories.sign_in(app.test_client(), teacher).get(address).text)

    assert "And which here?" in page
    assert "too few" in page
    assert memory.user.name not in page
    assert factories.sign_in(app.test_client(), other).get(address).status_code == 404
    assert browser.get(address).status_code == 403


def test_a_question_that_left_while_it_was_shown_is_told_so(browser: FlaskClient, memory: Memory) -> None:
    page = begin(browser)
    fields, number = fields_of(page, "Here"), card_id(memory)
    with transaction() as session:
        session.get_one(ReviewCard, number).left_at = datetime.fromisoformat("2026-11-22T12:00:00+00:00")

    assert post(browser, f"/reviews/cards/{number}", fields).status_code == 404
    assert "Nothing more in this session" in words(browser.get("/reviews/session").text)


def test_the_page_reads_the_same_for_who_loads_it_again(browser: FlaskClient, memory: Memory) -> None:
    def order(page: str) -> list[Any]:
        return re.findall(r'name="\w+" value="(\w+)"', page)

    assert order(begin(browser)) == order(browser.get("/reviews/session").text)
