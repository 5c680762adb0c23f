"""The pages of a regrade: who may, what they see before it, what a learner sees after it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import set_now
from core.database import db, transaction
from courses.models import CourseInstructor
from quizzes.models import Attempt
from quizzes.regrading import previews, reads, running
from quizzes.regrading import services as regrading
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause
from tests import factories
from tests.conftest import NOON
from tests.quizzes.bells import answer_bells
from tests.quizzes.cohort import REASON, Cohort, passes_by_a_drop
from tests.quizzes.visiting import words
from tests.quizzes.world import count_of

pytestmark = pytest.mark.usefixtures("clock")

JSON = {"Accept": "application/json"}
FOUR = ((0, 0), (1, 0), (0, 1), (1, 1))


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    """Four learners, and one who still sits; their teacher finds the key of the first question wrong."""
    found = Cohort(*FOUR)
    with transaction() as session:
        session.add(CourseInstructor(course_id=found.course.id, user_id=found.teacher.id))
    found.open = found.start()
    found.mend_first()
    return found


@pytest.fixture
def teacher(app: Flask, cohort: Cohort) -> FlaskClient:
    return factories.sign_in(app.test_client(), cohort.teacher)


def address(cohort: Cohort, question: str = "first") -> str:
    return f"/studio/courses/{cohort.course.slug}/questions/{question}/regrade"


def fields(cause: str = "key") -> dict[str, Any]:
    return {"cause": cause, "reason": REASON}


def asks(cohort: Cohort, teacher: FlaskClient, cause: str = "key") -> str:
    """The address of a new preview."""
    answer = factories.post(teacher, address(cohort), fields(cause))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def applies(teacher: FlaskClient, preview: str, **options: Any) -> Any:
    return factories.post(teacher, f"{preview}/apply", **options)


def test_the_page_shows_the_key_as_it_is_and_what_attempts_are_graded_by(
    cohort: Cohort, teacher: FlaskClient
) -> None:
    page = words(teacher.get(address(cohort)).text)

    assert f"Studio {cohort.course.title} Grade anew: first" in page
    assert "This That Key" in page
    assert "Revision 2" in page
    assert "The present key can grade its answers. 4 attempts" in page


def test_the_preview_counts_and_lists_attempts_without_names(cohort: Cohort, teacher: FlaskClient) -> None:
    page = words(teacher.get(asks(cohort, teacher)).text)

    assert "Up 2 of 4 handed in Down 2 0 the same Attempts that pass by it 1" in page
    assert "What you remember 1 of 2, 50% 2 of 2, 100% This attempt passes" in page
    assert "2 of 2, 100% 1 of 2, 50% Below the pass mark; this attempt stays passed" in page
    assert "cohort1" not in page
    assert cohort.attempts[1] not in page  # It would lead nowhere: an attempt is its learner's alone.
    assert count_of(Regrade) == 0


def test_a_preview_needs_a_choice_and_a_reason(cohort: Cohort, teacher: FlaskClient) -> None:
    page = factories.post(teacher, address(cohort), {"reason": "  "}).text

    assert "Error: Grade anew" in page
    assert "Choose what to do" in page
    assert "Give the reason: the learners read it" in page


def test_applied_it_is_listed_with_its_figures(cohort: Cohort, teacher: FlaskClient) -> None:
    answer = applies(teacher, asks(cohort, teacher), follow_redirects=True)

    page = words(answer.text)
    assert "It is applied." in page
    assert (
        f"Key mended , 21 November 2026, 12:00 “{REASON}” 4 attempts: 2 up, 2 down, 0 the same; 1 passed by it."
        in page
    )
    assert "No attempt waits for the present key" in page


def test_an_applied_preview_says_so_and_offers_nothing(cohort: Cohort, teacher: FlaskClient) -> None:
    preview = asks(cohort, teacher)
    applies(teacher, preview)

    page = teacher.get(preview).text

    assert "Applied on 21 November 2026, 12:00" in words(page)
    assert "4 attempts: 2 up, 2 down, 0 the same; 1 passed by it." in page
    assert "Nothing is changed yet" not in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    statistics = f"/studio/courses/{cohort.course.slug}/quizzes/{cohort.step.slug}/statistics/questions/first"
    assert f'href="{statistics}"' in page


def test_a_preview_after_a_regrade_is_offered_again(cohort: Cohort, teacher: FlaskClient) -> None:
    applies(teacher, asks(cohort, teacher))
    set_now(NOON + timedelta(minutes=1))

    assert "Nothing is changed yet" in teacher.get(asks(cohort, teacher, "dropped")).text


def test_sent_twice_it_is_applied_once(cohort: Cohort, teacher: FlaskClient) -> None:
    preview = asks(cohort, teacher)

    for _ in range(2):
        assert applies(teacher, preview).location == address(cohort)

    assert count_of(Regrade) == 1


def test_what_was_published_since_the_preview_is_not_applied(cohort: Cohort, teacher: FlaskClient) -> None:
    stale = asks(cohort, teacher)
    cohort.publish("- [x] This\n- [ ] That", "- [x] This one\n- [ ] That one")

    answer = applies(teacher, stale, follow_redirects=True)

    assert "published again since the preview" in answer.text
    assert count_of(Regrade) == 0


def test_the_rest_of_a_large_one_is_left_to_the_worker(
    cohort: Cohort, teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "BATCH", 1)
    monkeypatch.setattr("quizzes.regrading.views.AT_ONCE", 2)

    answer = applies(teacher, asks(cohort, teacher), follow_redirects=True)

    assert "It is being applied." in answer.text
    assert "Being applied" in answer.text
    assert not running.carry_on(1)
    assert "Being applied" not in teacher.get(address(cohort)).text


def test_a_large_preview_says_that_it_is_being_computed_and_how_far_it_is(
    cohort: Cohort, teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "CHUNK", 3)

    preview = asks(cohort, teacher)

    page = words(teacher.get(preview).text)
    assert re.search(
        "It is being computed [23] attempts are looked at so far", page
    )  # one of three may be open
    assert "Look again" in page
    assert "Apply it" not in page
    assert applies(teacher, preview).status_code == 409
    assert count_of(Regrade) == 0
    assert teacher.get(preview, headers=JSON).json == {"state": "running", "confirmed": False}

    answer_bells()

    assert teacher.get(preview, headers=JSON).json == {"state": "whole", "confirmed": True}
    assert "Up 2 of 4 handed in" in words(teacher.get(preview).text)


def test_what_came_since_the_preview_leads_to_another_one(cohort: Cohort, teacher: FlaskClient) -> None:
    preview = asks(cohort, teacher)
    cohort.submit(cohort.open)

    answer = applies(teacher, preview, follow_redirects=True)

    page = words(answer.text)
    assert "1 attempt came or changed since you looked, and nothing was applied." in page
    assert "Up 2 of 5 handed in" in page
    assert count_of(Regrade) == 0


def test_few_that_came_since_the_preview_are_named_beside_the_figures(
    cohort: Cohort, teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "ONE_IN", 4)
    preview = asks(cohort, teacher)
    cohort.submit(cohort.open)

    page = words(applies(teacher, preview, follow_redirects=True).text)

    assert "5 attempts: 2 up, 2 down, 1 the same; 1 passed by it." in page
    assert "1 of them came or changed after the preview." in page


def test_a_preview_of_another_question_is_not_found(cohort: Cohort, teacher: FlaskClient) -> None:
    preview = asks(cohort, teacher).replace("/first/", "/second/")

    assert teacher.get(preview).status_code == 404
    assert applies(teacher, preview).status_code == 404


def test_a_dropped_question_says_so_and_offers_nothing(cohort: Cohort, teacher: FlaskClient) -> None:
    applies(teacher, asks(cohort, teacher, "dropped"))

    page = teacher.get(address(cohort)).text

    assert "This question was dropped." in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_course_that_does_not_ask_the_question_has_no_such_page(
    app: Flask, cohort: Cohort, teacher: FlaskClient
) -> None:
    other = factories.make_course()
    with transaction() as session:
        session.add(CourseInstructor(course_id=other.id, user_id=cohort.teacher.id))

    for path in (f"/studio/courses/{other.slug}/questions/first/regrade", address(cohort, "unknown")):
        assert teacher.get(path).status_code == 404
        assert factories.post(teacher, path, fields()).status_code == 404
    assert count_of(Regrade) == 0


def test_an_instructor_of_another_course_may_not(app: Flask, cohort: Cohort, teacher: FlaskClient) -> None:
    stranger = factories.sign_in(app.test_client(), factories.make_user("", "Stranger", "instructor"))
    preview = asks(cohort, teacher)

    for path in (address(cohort), f"{preview}/apply"):
        assert factories.post(stranger, path, fields()).status_code == 404
    assert stranger.get(preview).status_code == 404
    assert count_of(Regrade) == 0


# ---- what learners see


def result_of(app: Flask, cohort: Cohort, number: int) -> str:
    from accounts.models import User

    person = db.session.get_one(User, cohort.learners[number])
    browser = factories.sign_in(app.test_client(), person)
    return browser.get(f"/attempts/{cohort.attempts[number]}").text


def test_the_result_says_that_it_was_graded_anew_and_why(app: Flask, cohort: Cohort) -> None:
    cohort.regrade()

    page = words(result_of(app, cohort, 1))

    assert "Passed." in page
    assert (
        "This result was graded anew on 21 November 2026, 12:00, because the key of question 1 was mended. "
        f"The reason: “{REASON}”" in page
    )
    assert "Your pass stays." not in page


def test_a_pass_that_stays_is_said_beside_its_new_figures(app: Flask, cohort: Cohort) -> None:
    cohort.regrade()

    page = words(result_of(app, cohort, 0))

    assert "You needed 100 percent and have 50." in page
    assert f"“{REASON}” Your pass stays." in page
    assert "Passed" in page


@pytest.mark.parametrize(
    ("counts", "counting"), [("average", "the average of your attempts"), ("last", "the last attempt")]
)
def test_no_pass_is_said_to_stay_where_what_counts_never_passed(
    app: Flask, counts: str, counting: str
) -> None:
    cohort, attempt = passes_by_a_drop(counts)
    assert cohort.head(attempt).passed
    cohort.mend_first()
    cohort.regrade()

    page = words(factories.sign_in(app.test_client(), cohort.user).get(f"/attempts/{attempt}").text)

    assert "Not passed yet." in page
    assert f"“{REASON}” This attempt passed before; what counts is {counting}." in page
    assert "Your pass stays." not in page


def test_a_dropped_question_is_told_of_and_not_shown(app: Flask, cohort: Cohort) -> None:
    cohort.regrade(cause=Cause.DROPPED)

    page = words(result_of(app, cohort, 2))

    assert "because question 1 was dropped and counts no more." in page
    assert "Which is right?" not in page
    assert "before you handed in" not in page
    assert "0 of 1 points" in page


def test_what_was_dropped_before_the_submission_is_told_as_that(app: Flask, cohort: Cohort) -> None:
    cohort.regrade(cause=Cause.DROPPED)
    set_now(NOON + timedelta(minutes=1))
    cohort.submit(cohort.open)

    page = words(factories.sign_in(app.test_client(), cohort.user).get(f"/attempts/{cohort.open}").text)

    assert (
        f"Question 1 was dropped before you handed in, so it does not count. The reason: “{REASON}”" in page
    )
    assert "graded anew" not in page


def test_an_attempt_that_nothing_touched_says_nothing(app: Flask, cohort: Cohort) -> None:
    assert "graded anew" not in result_of(app, cohort, 0)
    assert db.session.get_one(Attempt, cohort.attempts[0]).passed
