"""What is changed for one learner, and questions for another attempt: granted once, seen by few."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certificates.models import Certificate
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.web import Reader
from courses.models import Step
from marking import queue
from marking.allowances import services
from marking.allowances.services import Change
from marking.services import Marker
from quizzes.models import Accommodation, AttemptRequest, Quiz
from tests import factories
from tests.marking.bench import NOON, Bench
from tests.marking.school import School
from tests.quizzes.visiting import words
from tests.quizzes.world import World, at_once, count_of

NOTHING = [0, 0, 0, 0, 0]


@pytest.fixture
def used(school: School) -> School:
    school.submit(school.start())
    return school


@pytest.fixture
def learner(app: Flask, school: School) -> FlaskClient:
    return factories.sign_in(app.test_client(), school.user)


@pytest.fixture
def tutor(app: Flask, school: School) -> FlaskClient:
    return factories.sign_in(app.test_client(), school.tutor)


# ---- questions for another attempt


def test_a_granted_question_gives_one_attempt_more_and_a_mail(used: School) -> None:
    used.answer(used.ask(), True)

    used.submit(used.start())
    with pytest.raises(Conflict, match="All 2 attempts"):
        used.start()
    assert [mail.kind for mail in factories.mails(used.user.email)] == ["attempt_request"]


def test_a_refused_question_needs_a_sentence_and_gives_nothing(used: School) -> None:
    request = used.ask()
    with pytest.raises(InvalidInput, match="sentence for the learner"):
        used.answer(request, False, " ")

    used.answer(request, False, "Read module 2 first.")

    assert count_of(Accommodation) == 0
    with pytest.raises(Conflict, match="The one attempt"):
        used.start()


def test_a_question_is_asked_once_and_answered_once(app: Flask, used: School) -> None:
    db.session.rollback()
    ids = at_once(app, 5, used.ask)

    assert len(set(ids)) == 1
    answers = at_once(app, 5, lambda: used.answer(ids[0], True))  # type: ignore[arg-type]
    assert sorted(type(each).__name__ for each in answers) == ["Conflict"] * 4 + ["NoneType"]
    assert db.session.scalars(select(Accommodation.extra_attempts)).one() == 1


def test_who_has_an_attempt_left_asks_for_none(school: School) -> None:
    with pytest.raises(Conflict, match="attempt left"):
        school.ask()
    school.submit(school.start())
    with pytest.raises(InvalidInput, match="why"):
        school.ask("  ")


def test_nobody_asks_for_another_starting_point(app: Flask) -> None:
    school = School(attempts=1, pass_mark=0, baseline="the-quiz-after")
    school.submit(school.start())

    with pytest.raises(Conflict, match="starting point"):
        school.ask()

    assert count_of(AttemptRequest) == 0


def test_who_waits_for_a_mark_asks_for_no_attempt_yet(app: Flask, client: FlaskClient) -> None:
    """A name in the queue of questions beside a nameless work would say whose it is."""
    bench = Bench(attempts=1)
    attempt = bench.handed_in()
    with pytest.raises(Conflict, match="with a marker"), transaction():
        services.ask(bench.user.id, bench.quiz, bench.step.id, "I was ill.")
    page = (
        factories.sign_in(client, bench.user)
        .get(f"/learn/{bench.course.slug}/quizzes/{bench.step.slug}")
        .text
    )
    assert "Your last attempt is with a marker" in page
    assert "Say in a sentence or two why" not in page

    bench.claim_and_give(bench.first, attempt, NOTHING)

    with transaction():
        assert services.ask(bench.user.id, bench.quiz, bench.step.id, "I was ill.").state == "open"


def test_an_open_question_leaves_the_queue_while_a_work_waits(app: Flask) -> None:
    """An attempt that was granted elsewhere is handed in while its learner still asks for one."""
    bench = Bench(attempts=1)
    bench.claim_and_give(bench.first, bench.handed_in(), NOTHING)
    with transaction():
        services.ask(bench.user.id, bench.quiz, bench.step.id, "I was ill.")
    assert asked_of(bench.first) == ["Ada Learner"]
    assert queue.waiting_count(bench.first) == 1
    with transaction():
        wanted = Change(extra_attempts=1)
        services.change(bench.first, bench.user.id, bench.course.id, bench.quiz.id, wanted)
    attempt = bench.start()
    assert asked_of(bench.first) == ["Ada Learner"]

    bench.hand_in(attempt)

    assert asked_of(bench.first) == []
    assert queue.waiting_count(bench.first) == 1  # the work
    bench.claim_and_give(bench.first, attempt, NOTHING)
    assert asked_of(bench.first) == ["Ada Learner"]


def asked_of(marker: Marker) -> list[str]:
    """Whose questions the queue shows."""
    reader = Reader(marker.user_id, 1, "Tea", "tea@example.org", frozenset(), "Europe/Berlin", "en")
    db.session.rollback()
    return [asked.who for asked in queue.requests_of(marker, reader)]


def test_nobody_counts_a_question_of_their_own(school: School) -> None:
    factories.teach(school.user, school.course)
    school.submit(school.start())
    school.ask()

    assert queue.waiting_count(Marker(school.user.id, False)) == 0
    assert queue.waiting_count(school.marker) == 1


def test_two_granted_questions_add_up(used: School) -> None:
    used.answer(used.ask(), True)
    used.submit(used.start())
    used.answer(used.ask(), True)

    assert db.session.scalars(select(Accommodation.extra_attempts)).one() == 2


def test_a_question_of_another_course_does_not_exist(used: School) -> None:
    stranger = factories.make_user("", "Sam", "instructor")
    request = used.ask()

    with pytest.raises(NotFound), transaction():
        services.answer(Marker(stranger.id, False), request, True, "")
    with pytest.raises(NotFound), transaction():
        services.answer(Marker(used.user.id, True), request, True, "")


def test_a_question_goes_from_the_first_page_to_the_queue_and_back(
    used: School, learner: FlaskClient, tutor: FlaskClient
) -> None:
    assert "Ask for another attempt" in words(learner.get(used.url).text)
    asked = factories.post(learner, f"{used.url}/ask", {"reason": "I was <b>ill</b>."})
    page = learner.get(asked.location).text
    assert "An instructor answers" in words(page)
    assert f"{used.url}/ask" not in page
    queue = tutor.get("/studio/marking").text
    assert "I was &lt;b&gt;ill" in queue
    request = db.session.scalars(select(AttemptRequest.id)).one()
    db.session.rollback()

    factories.post(tutor, f"/studio/requests/{request}", {"go": "refuse", "answer": "Rest first."})

    page = words(learner.get(used.url).text)
    assert "Another attempt was not granted. Rest first." in page
    assert "Ask for another attempt" in page
    assert "Nobody asks" in words(tutor.get("/studio/marking").text)


# ---- accommodations


def test_each_change_is_one_row_and_stands_in_the_audit_trail(school: School) -> None:
    first = school.change(extra_time=50)
    second = school.change(extra_time=10, extra_attempts=1)

    assert first == second
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "marking.accommodate")).all()
    assert [(entry.actor_id, entry.subject) for entry in entries] == [
        (school.tutor.id, f"user:{school.user.id}")
    ] * 2
    assert [entry.detail["extra_time"] for entry in entries] == [50, 10]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "Change something"),
        ({"opens_at": NOON, "closes_at": NOON - timedelta(hours=1)}, "end lies before"),
    ],
)
def test_nothing_and_a_wrong_window_are_refused(
    school: School, changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        school.change(**changed)


def test_only_learners_and_quizzes_of_the_course_are_changed(school: School) -> None:
    stranger, elsewhere = factories.make_user(), World()

    for user_id, quiz_id in ((stranger.id, None), (school.user.id, elsewhere.quiz.id)):
        with pytest.raises(NotFound), transaction():
            services.change(school.marker, user_id, school.course.id, quiz_id, Change(extra_time=10))


def test_an_instructor_finds_a_learner_and_gives_more_time(
    school: School, learner: FlaskClient, tutor: FlaskClient
) -> None:
    found = tutor.get(f"{school.desk}?q=learn").text
    assert school.user.email in found
    form = f"{school.desk}/{school.user.id}"
    wrong = factories.post(tutor, form, {"quiz": "0", "extra_time": "999", "extra_attempts": "0"})
    assert (wrong.status_code, "from 0 to 400" in wrong.text) == (422, True)
    given = {
        "quiz": str(school.quiz.id), "extra_time": "25", "extra_attempts": "1", "closes": "2026-12-24T18:00",
    }  # fmt: skip

    assert factories.post(tutor, form, given).status_code == 303

    assert "25 percent more time, 1 further attempt, until 24 December 2026, 18:00" in words(
        tutor.get(school.desk).text
    )
    assert "For you: 25 percent more time, 1 further attempt" in words(learner.get(school.url).text)
    shown = tutor.get(f"{form}?quiz={school.quiz.id}").text
    assert 'value="25"' in shown
    assert 'value="2026-12-24T18:00"' in shown
    row = db.session.scalars(select(Accommodation.id)).one()
    db.session.rollback()
    factories.post(tutor, f"{school.desk}/{row}/end")
    assert "For you" not in words(learner.get(school.url).text)


@pytest.mark.parametrize("place", ["case", "taken out"])
def test_a_change_where_no_new_one_could_be_made_is_changed_and_not_spread_over_the_course(
    app: Flask, school: School, tutor: FlaskClient, place: str
) -> None:
    """What a granted attempt leaves at a case, or at a step that was taken out since."""
    row = school.change(extra_attempts=1)
    with transaction() as session:
        if place == "case":
            session.get_one(Quiz, school.quiz.id).kind = "case"
        else:
            session.get_one(Step, school.step.id).retired_at = NOON
    form = f"{school.desk}/{school.user.id}?quiz={school.quiz.id}"
    shown = tutor.get(form).text
    assert f'<option selected value="{school.quiz.id}">' in shown

    given = {"quiz": str(school.quiz.id), "extra_time": "0", "extra_attempts": "2"}
    given["filled_from"] = filled_from(shown)
    assert factories.post(tutor, form, given).status_code == 303

    rows = db.session.execute(select(Accommodation.id, Accommodation.quiz_id, Accommodation.extra_attempts))
    assert [tuple(each) for each in rows] == [(row, school.quiz.id, 2)]


def changed() -> tuple[int, ...]:
    """The only accommodation: percent of more time, further attempts."""
    db.session.rollback()
    return tuple(db.session.execute(select(Accommodation.extra_time, Accommodation.extra_attempts)).one())


def filled_from(page: str) -> str:
    found = re.search(r'name="filled_from" type="hidden" value="([^"]*)"', page)
    assert found
    return found[1]


def test_what_is_changed_already_is_not_overwritten_by_a_form_that_does_not_show_it(
    school: School, tutor: FlaskClient
) -> None:
    school.change(extra_time=25, extra_attempts=1, closes_at=datetime(2026, 12, 24, 18, tzinfo=UTC))
    form = f"{school.desk}/{school.user.id}"
    opened = filled_from(tutor.get(form).text)
    given = {"quiz": str(school.quiz.id), "extra_time": "0", "extra_attempts": "2", "filled_from": opened}

    refused = factories.post(tutor, form, given)

    assert refused.status_code == 422
    assert "25 percent more time, 1 further attempt, until 24 December 2026, 18:00" in words(refused.text)
    assert f'href="{form}?quiz={school.quiz.id}"' in refused.text
    assert re.search(r'id="extra_attempts"[^>]* value="2"', refused.text)  # what was typed
    assert changed() == (25, 1)
    shown = tutor.get(f"{form}?quiz={school.quiz.id}").text
    saved = factories.post(tutor, form, {**given, "extra_time": "25", "filled_from": filled_from(shown)})
    assert saved.status_code == 303
    assert changed() == (25, 2)


def test_an_attempt_that_was_granted_meanwhile_is_not_taken_back_by_an_older_form(
    used: School, tutor: FlaskClient
) -> None:
    used.change(extra_time=25)
    form = f"{used.desk}/{used.user.id}?quiz={used.quiz.id}"
    opened = filled_from(tutor.get(form).text)
    used.answer(used.ask(), True)
    given = {"quiz": str(used.quiz.id), "extra_time": "50", "extra_attempts": "0", "filled_from": opened}

    assert factories.post(tutor, form, given).status_code == 422

    assert changed() == (25, 1)


def test_a_change_that_is_saved_twice_is_saved_once(school: School, tutor: FlaskClient) -> None:
    form = f"{school.desk}/{school.user.id}"
    given = {"quiz": str(school.quiz.id), "extra_time": "25", "extra_attempts": "0", "filled_from": ""}
    given["closes"] = "2026-12-24T18:00"

    assert [factories.post(tutor, form, given).status_code for _ in range(2)] == [303, 303]


def test_a_link_to_a_change_that_was_ended_leads_to_no_other_one(school: School, tutor: FlaskClient) -> None:
    elsewhere = World()

    gone = tutor.get(f"{school.desk}/{school.user.id}?quiz={elsewhere.quiz.id}")

    assert gone.status_code == 404
    assert "It may have been ended" in words(gone.text)


def test_nobody_else_sees_what_is_changed(app: Flask, school: School) -> None:
    school.change(extra_time=25)
    other, stranger = factories.make_user(), factories.make_user("", "Sam", "instructor")
    factories.enroll(other, school.course)

    assert "For you" not in factories.sign_in(app.test_client(), other).get(school.url).text
    assert factories.sign_in(app.test_client(), stranger).get(school.desk).status_code == 404
    assert factories.sign_in(app.test_client(), other).get(school.desk).status_code == 403


def test_what_is_changed_stands_on_no_public_page_and_in_no_file(app: Flask, school: School) -> None:
    school.change(quiz=False, extra_time=37, extra_attempts=41)
    school.submit(school.start())
    for step in factories.steps_of(school.course):
        factories.complete(school.user, step)
    number = db.session.scalars(select(Certificate.id).filter_by(user_id=school.user.id)).one()
    admin = factories.sign_in(app.test_client(), factories.make_user("", "Ida", "admin"))
    statistics = f"/studio/courses/{school.course.slug}/statistics"
    files = (
        f"{statistics}.csv",
        f"/studio/courses/{school.course.slug}/quizzes/{school.step.slug}/statistics.csv",
    )

    assert not told(app.test_client().get(f"/certificates/{number}").text)
    for address in ("/admin/enrollments.csv", "/admin/enrollments", "/admin/orders.csv", statistics, *files):
        seen = admin.get(address)
        assert seen.status_code == 200, address
        assert not told(seen.text), address
    own = factories.sign_in(app.test_client(), school.user)
    assert told(own.get(school.url).text)  # the learner's own, where it matters
    for address in ("/transcript", "/account", "/dashboard"):
        assert not told(own.get(address).text), address


def told(page: str) -> bool:
    return any(sign in words(page) for sign in ("37 percent more", "37 percent", "41 further", "extra_time"))
