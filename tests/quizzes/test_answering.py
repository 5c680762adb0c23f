"""Attempts that check answers one by one, offer hints, go forward only, or run out of time, in the browser's view."""

from datetime import timedelta

import pytest
from flask import Flask

from core.clock import set_now
from core.database import transaction
from core.errors import Conflict
from quizzes import answering
from tests import factories
from tests.conftest import NOON
from tests.quizzes.visiting import TWO, Visitor, words

pytestmark = pytest.mark.usefixtures("clock")

HINTED = TWO.replace("why: Whyfirst", "hint: Hintfirst\nwhy: Whyfirst")


def go(visitor: Visitor, attempt: str, position: int, option: int, button: str) -> str:
    """The page after a button was pressed with this option chosen."""
    item = visitor.items(attempt)[position - 1]
    fields = {**visitor.answer(item, option), "go": button}
    answer = factories.post(visitor.browser, f"{attempt}?q={position}", fields)
    return visitor.browser.get(str(answer.location)).text


def place_of(visitor: Visitor, attempt: str, question_id: str) -> int:
    return next(i.position for i in visitor.items(attempt) if i.asked.question.id == question_id)


def test_a_checked_answer_shows_its_key_and_is_final(app: Flask) -> None:
    visitor = Visitor(app, feedback="question")
    attempt = visitor.start()
    place = place_of(visitor, attempt, "first")

    page = words(go(visitor, attempt, place, 1, "check"))

    assert "Not right." in page
    assert "Ratthat" in page
    assert "Whyfirst" in page
    assert "Check answer" not in page
    item = visitor.items(attempt)[place - 1]
    factories.post(visitor.browser, f"{attempt}?q={place}", visitor.answer(item, 0))
    assert visitor.items(attempt)[place - 1].answer == {"ticked": [1]}


def test_a_wrong_answer_may_be_given_again_and_the_key_waits(app: Flask) -> None:
    visitor = Visitor(app, feedback="question", tries=2, try_penalty=40)
    attempt = visitor.start()
    place = place_of(visitor, attempt, "first")

    page = words(go(visitor, attempt, place, 1, "check"))
    assert "Not right yet. You have 1 try left." in page
    assert "Ratthat" not in page
    assert "Right." in words(go(visitor, attempt, place, 0, "check"))

    page = words(visitor.submit(attempt))
    assert "0.6 of 2 points" in page


def test_checking_the_same_wrong_answer_twice_costs_one_try(app: Flask) -> None:
    visitor = Visitor(app, feedback="question", tries=3)
    attempt = visitor.start()

    for _ in range(2):
        page = words(go(visitor, attempt, 1, 1, "check"))

    assert "You have 2 tries left." in page


def test_a_check_that_is_pressed_twice_leaves_the_last_try(app: Flask) -> None:
    visitor = Visitor(app, feedback="question", tries=2, shuffle="none")
    attempt = visitor.start()

    pages = [words(go(visitor, attempt, 1, 1, "check")) for _ in range(2)]

    for page in pages:
        assert "Not right yet. You have 1 try left." in page
        assert "Ratthat" not in page
    assert "Ratthat" in go(visitor, attempt, 1, 0, "check")


def test_where_nothing_is_checked_the_button_is_refused(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]

    answer = factories.post(visitor.browser, f"{attempt}?q=1", {**visitor.answer(item, 1), "go": "check"})

    assert answer.status_code == 409
    assert "after the attempt" in answer.text


def test_the_hint_is_shown_on_demand_and_costs_what_is_said(app: Flask) -> None:
    visitor = Visitor(app, HINTED, hints=True, hint_penalty=25)
    attempt = visitor.start()
    place = place_of(visitor, attempt, "first")
    page = visitor.browser.get(f"{attempt}?q={place}").text
    assert "Hintfirst" not in page
    assert "costs 25 percent" in page

    assert "Hintfirst" in go(visitor, attempt, place, 0, "hint")
    assert "0.75 of 2 points" in words(visitor.submit(attempt))


def test_without_a_way_back_a_question_that_was_left_stays(app: Flask) -> None:
    visitor = Visitor(app, back=False)
    attempt = visitor.start()

    assert "Question 2 of 2" in go(visitor, attempt, 1, 0, "next")

    page = visitor.browser.get(f"{attempt}?q=1").text
    assert "Question 2 of 2" in page
    assert "Whole paper" not in page
    item = visitor.items(attempt)[0]
    assert factories.post(visitor.browser, f"{attempt}?q=1", visitor.answer(item, 1)).status_code == 409
    assert visitor.items(attempt)[0].answer == {"ticked": [0]}


@pytest.mark.parametrize(
    ("button", "settings"), [("next", {"back": False}), ("check", {"feedback": "question"})]
)
def test_a_button_that_is_pressed_twice_leads_on(
    app: Flask, button: str, settings: dict[str, object]
) -> None:
    visitor = Visitor(app, **settings)
    attempt = visitor.start()
    fields = {**visitor.answer(visitor.items(attempt)[0], 1), "go": button}

    first, second = (factories.post(visitor.browser, f"{attempt}?q=1", fields) for _ in range(2))

    assert (second.status_code, second.location) == (303, first.location)
    assert visitor.items(attempt)[0].answer == {"ticked": [1]}


@pytest.mark.parametrize("button", ["check", "hint"])
def test_a_question_that_was_left_is_neither_checked_nor_helped(app: Flask, button: str) -> None:
    visitor = Visitor(app, HINTED, back=False, feedback="question", hints=True, shuffle="none")
    attempt = visitor.start()
    go(visitor, attempt, 1, 0, "next")

    deed = {"check": answering.check, "hint": answering.take_hint}[button]
    with pytest.raises(Conflict, match="goes forward only"), transaction():
        deed(visitor.user.id, attempt.rpartition("/")[2], 1)

    first = visitor.items(attempt)[0]
    assert (first.is_final, first.hinted) == (False, False)


def test_nothing_ahead_is_shown_where_there_is_no_way_back(app: Flask) -> None:
    visitor = Visitor(app, back=False)
    attempt = visitor.start()

    for address in (f"{attempt}?q=2", f"{attempt}?view=paper"):
        assert "Question 1 of 2" in visitor.browser.get(address).text


def test_the_clock_and_the_dashboard_say_what_is_left(app: Flask) -> None:
    visitor = Visitor(app, time_limit=30)
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    factories.post(visitor.browser, f"{attempt}?q=1", visitor.answer(item, 1))
    set_now(NOON + timedelta(minutes=18))

    assert "12 minutes left, until 12:30" in words(visitor.browser.get(attempt).text)
    assert "12 minutes left, 1 of 2 saved" in words(visitor.browser.get("/dashboard").text)


def test_whoever_opens_an_overdue_attempt_finds_its_result(app: Flask) -> None:
    visitor = Visitor(app, time_limit=30)
    attempt = visitor.start()
    visitor.answer_all(attempt)
    set_now(NOON + timedelta(minutes=31))

    page = words(visitor.browser.get(attempt).text)

    assert "Time ran out" in page
    assert "Passed." in page


def test_a_refused_start_says_when_to_come_again(app: Flask) -> None:
    visitor = Visitor(app, cool_down=24)
    visitor.submit(visitor.start())

    page = words(visitor.browser.get(visitor.url).text)

    assert "Come back from 22 November 2026, 12:00" in page
    assert factories.post(visitor.browser, f"{visitor.url}/start").status_code == 409


def test_an_exam_tells_ideas_and_lessons_but_no_item(app: Flask) -> None:
    visitor = Visitor(app, feedback="never")
    attempt = visitor.start()
    visitor.answer_all(attempt, 1)

    page = visitor.submit(attempt)

    assert "kept for others" in words(page)
    assert "Skin" in words(page)
    assert "Ratthat" not in page
    assert "Worth reading again" in page


def test_the_result_says_what_was_sure_and_wrong(app: Flask) -> None:
    visitor = Visitor(app, certainty=True)
    attempt = visitor.start()
    for position, option in ((1, 0), (2, 1)):
        item = visitor.items(attempt)[position - 1]
        fields = {**visitor.answer(item, option), f"sure{position}": "high"}
        factories.post(visitor.browser, f"{attempt}?q={position}", fields)

    page = words(visitor.submit(attempt))

    assert "You were sure and wrong on 1 question. Begin with this one: read its section again." in page
    assert "Certain: 1 of 2 right, too few to tell." in page


def test_the_result_can_be_printed(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.submit(attempt)

    assert "For printing" in visitor.browser.get(f"{attempt}/print").text


WRITTEN = """## written {essay points=2}
Why?

- A reason
- Another
"""


def test_what_a_person_marks_is_final_at_once_and_costs_no_try(app: Flask) -> None:
    visitor = Visitor(app, WRITTEN, feedback="question", tries=2)
    attempt = visitor.start()
    name = visitor.items(attempt)[0].layout.name
    sent = {"item1": "1", name: "Because.", "go": "check"}

    answer = factories.post(visitor.browser, f"{attempt}?q=1", sent)

    page = words(visitor.browser.get(str(answer.location)).text)
    assert "Not right" not in page
    assert "a person marks it" in page
    item = visitor.items(attempt)[0]
    assert (item.is_final, item.tried) == (True, ())


def test_an_answer_that_was_cleared_is_not_called_saved(app: Flask) -> None:
    visitor = Visitor(app, shuffle="none")
    attempt = visitor.start()
    visitor.answer_all(attempt)
    factories.post(visitor.browser, f"{attempt}?q=2", {"item2": "1"})

    assert "1 of 2 saved" in words(visitor.browser.get("/dashboard").text)
