"""The pages of the statistics, as an instructor meets them without JavaScript."""

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analysis.figures import NOBODY, Advice
from analysis.pages import hints
from core.database import db, transaction
from quizzes.models import Quiz
from quizzes.quiz_settings import QuizSettings
from tests import factories
from tests.analysis.classroom import CaseRoom, Classroom, some
from tests.analysis.test_advice import SOUND
from tests.analysis.test_services import OTHER, publish
from tests.counting import statements
from tests.quizzes.visiting import words
from tests.quizzes.world import TWO

FORMULA = TWO.replace("Which is right?", "=1+1, and which is right?")
SURE = {"certainty": True, "pass_mark": 0}


def browser(app: Flask, user: Any) -> FlaskClient:
    return factories.sign_in(app.test_client(), user)


def teacher(room: Classroom, app: Flask) -> FlaskClient:
    return browser(app, room.teacher())


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def rows_of(client: FlaskClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return list(csv.reader(io.StringIO(answer.text)))


def of_course(room: Classroom) -> str:
    return f"/studio/courses/{room.course.slug}/statistics"


def test_a_course_lists_its_quizzes_with_their_figures(room: Classroom, app: Flask) -> None:
    room.crowd(some(6, 12, lambda right: (right, right)))
    room.compute()

    page = words(read(teacher(room, app), of_course(room)))

    assert "What you remember Quiz 12 50% 52% 50% 1.00 Up to date" in page


def test_where_there_is_nothing_to_pass_nobody_is_said_to_have_passed(app: Flask) -> None:
    room = Classroom(pass_mark=0)
    room.crowd(some(6, 12, lambda right: (right, right)))
    room.compute()
    reader = teacher(room, app)

    assert "What you remember Quiz 12 50% 52% 1.00 Up to date" in words(read(reader, of_course(room)))
    page = words(read(reader, room.url))
    assert "passed at once" not in page
    assert "there is no pass mark" in page
    assert rows_of(reader, f"{of_course(room)}.csv")[1][2:4] == ["12", ""]


def test_before_anything_was_handed_in_the_pages_say_so(room: Classroom, app: Flask) -> None:
    client = teacher(room, app)

    assert "Nobody has handed in" in read(client, of_course(room))
    assert "Nobody has handed it in yet" in read(client, room.url)


def test_results_that_wait_to_be_counted_are_announced(room: Classroom, app: Flask) -> None:
    client = teacher(room, app)
    room.crowd([(True, True)])
    assert "are being counted" in read(client, room.url)
    room.compute()
    room.crowd([(True, True)])

    assert "Newer results wait" in read(client, room.url)
    assert "Newer results wait" in read(client, of_course(room))


def test_few_learners_are_said_in_words(room: Classroom, app: Flask) -> None:
    room.crowd([(True, False)] * 9)
    room.compute()
    client = teacher(room, app)

    page = words(read(client, room.url))

    assert "Too few learners so far: 9. From ten on there are figures." in page
    assert "too few" in page
    assert "Too few answers so far: 9." in words(read(client, f"{room.url}/questions/first"))


def test_a_quiz_shows_advice_first_then_figures_charts_and_questions(room: Classroom, app: Flask) -> None:
    room.crowd(some(10, 40, lambda right: (not right, right)))
    room.compute()

    html = read(teacher(room, app), room.url)
    page = words(html)

    assert page.index("What to look at") < page.index("Learners 40") < page.index("Questions")
    assert "Stronger learners do worse" not in page.split("Learners 40")[1]
    assert "Which is right?" in page
    assert 'role="img"' in html
    assert "50 to 59% 40" in page  # the chart as a table


def test_the_gravest_advice_stands_first() -> None:
    levels = ("info", "bad", "warn")
    questions = [replace(SOUND, question_id=level, advice=(Advice(level, "Look."),)) for level in levels]

    found = hints(replace(NOBODY, n=40, alpha=0.8, length=10.0), questions, lambda name: f"/{name}")

    assert [hint.advice.level for hint in found] == ["bad", "warn", "info", "info"]
    assert [hint.url for hint in found] == ["/bad", "/warn", "", "/info"]


def test_the_table_of_questions_is_sorted_by_links(room: Classroom, app: Flask) -> None:
    room.crowd(some(4, 10, lambda right: (right, True)))
    room.compute()
    client = teacher(room, app)

    def order(wish: str) -> list[str]:
        text = words(read(client, f"{room.url}?sort={wish}").split("<tbody>")[-1])
        return sorted(("Which is right?", "And which here?"), key=text.index)

    assert order("facility") == ["Which is right?", "And which here?"]
    assert order("-facility") == ["And which here?", "Which is right?"]
    assert order("nonsense") == ["Which is right?", "And which here?"]
    assert 'aria-sort="descending"' in read(client, f"{room.url}?sort=-facility")


def test_a_question_shows_its_key_and_who_chose_what(room: Classroom, app: Flask) -> None:
    room.crowd(some(7, 12, lambda right: (right, right)))
    room.compute()

    page = words(read(teacher(room, app), f"{room.url}/questions/first"))

    assert "A This Key 7 B That 5" in page
    assert "Option A (key)" in page
    assert "Option B" in page


def test_a_question_whose_options_changed_says_which_ones_its_figures_are_of(
    room: Classroom, app: Flask
) -> None:
    room.crowd([(True, True)] * 10)
    publish(OTHER)
    room.compute()
    client = teacher(room, app)

    before = read(client, f"{room.url}/questions/first")
    assert "as it was before its options changed" in before
    assert "None" not in words(before)

    room.crowd([(True, True)] * 10)
    room.compute()
    after = words(read(client, f"{room.url}/questions/first"))

    assert "10 answers to earlier options left out" in after
    assert "C None 0" in after


def test_calibration_is_drawn_where_certainty_was_asked(app: Flask) -> None:
    from quizzes.marks import Certainty

    room = Classroom(**SURE)
    room.crowd(some(5, 12, lambda right: (right, True)), Certainty.HIGH)
    room.compute()
    client = teacher(room, app)

    page = words(read(client, room.url))

    assert "Sure, and right" in page
    assert "24 answers given as certain" in page
    assert "Sure and wrong: of 24 answers given as certain, 71 in 100 are right." in page
    assert "Sure, and right" in read(client, f"{room.url}/questions/first")


def test_of_few_who_were_certain_nothing_is_told(app: Flask) -> None:
    from quizzes.marks import Certainty

    room = Classroom(**SURE)
    room.crowd([(True, False)] * 9, Certainty.HIGH)
    room.compute()

    assert "Sure, and right" not in read(teacher(room, app), f"{room.url}/questions/first")


@pytest.mark.parametrize(
    ("answers", "is_good", "told"),
    [
        (
            (60, 60),
            True,
            "misleading or wrongly keyed. 2 of 2 questions have enough answers to judge; each needs ten.",
        ),
        (
            (60, 9),
            False,
            "1 of 2 questions has enough answers to judge; each needs ten. Nothing stands out in those",
        ),
        ((9, 9), False, "None of 2 questions has enough answers to judge; each needs ten."),
    ],
)
def test_that_nothing_stands_out_is_said_of_what_can_be_judged(
    room: Classroom,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    answers: tuple[int, ...],
    is_good: bool,
    told: str,
) -> None:
    room.crowd(some(6, 12, lambda right: (right, right)))
    room.compute()
    monkeypatch.setattr("analysis.views.reads.questions_of", lambda _: [replace(SOUND, n=n) for n in answers])
    monkeypatch.setattr("analysis.pages.advise_quiz", lambda _: [])

    page = read(teacher(room, app), room.url)

    assert told in words(page)
    assert ('class="notice ok"' in page) is is_good


def test_no_learner_is_named(room: Classroom, app: Flask) -> None:
    room.crowd(some(7, 12, lambda right: (right, True)))
    room.compute()
    client = teacher(room, app)

    for address in (of_course(room), room.url, f"{room.url}/questions/first", f"{room.url}.csv"):
        text = client.get(address).text
        assert "Nora" not in text
        assert "@example.org" not in text


def test_files_hold_the_figures_and_no_formulas(app: Flask) -> None:
    room = Classroom(FORMULA)
    room.crowd(some(5, 10, lambda right: (right, not right)))
    room.compute()
    client = teacher(room, app)

    courses = rows_of(client, f"{of_course(room)}.csv")
    questions = rows_of(client, f"{room.url}.csv")
    options = rows_of(client, f"{room.url}/questions/first.csv")

    assert courses[1][:5] == ["What you remember", "quiz", "10", "0", "0.5"]
    assert [row[2] for row in questions[1:]] == ["'=1+1, and which is right?", "And which here?"]
    assert questions[1][5] == "0.5"
    assert options[0] == ["Option", "Lower third", "Middle third", "Upper third"]
    assert options[1][0] == "Option A (key)"


def test_a_file_of_few_learners_holds_no_figures(room: Classroom, app: Flask) -> None:
    room.crowd([(True, True)] * 3)
    room.compute()
    client = teacher(room, app)

    assert rows_of(client, f"{of_course(room)}.csv")[1][2:] == ["3", "", "", "", "", ""]
    assert rows_of(client, f"{room.url}.csv")[1][4:11] == [""] * 7
    refused = client.get(f"{room.url}/questions/first.csv")
    assert refused.status_code == 404
    assert "Too few answers so far: there is a file from ten answers on." in refused.text


def test_a_case_shows_how_many_took_each_branch(case_room: CaseRoom, app: Flask) -> None:
    for _ in range(9):
        case_room.play(case_room.learner(), 0, 0)
    case_room.play(case_room.learner(), 2)
    case_room.compute()
    client = teacher(case_room, app)

    page = words(read(client, case_room.url))
    rows = rows_of(client, f"{case_room.url}.csv")

    assert "10 plays of this edition. Passed: 9 (90%). Stopped as unsafe: 1 (10%)." in page
    assert "She sits down 10 visits" in page
    assert "Ask what happened 9 (90%) +20 History" in page
    assert "Peel at once Unsafe 1 (10%)" in page
    assert "How the plays ended End Plays Plan 9 (90%) Red flag Unsafe 1 (10%)" in page
    assert rows[3] == ["1", "10", "She sits down", "Peel at once", "Red flag", "unsafe", "1"]


def test_a_case_shows_how_often_its_plays_referred(case_room: CaseRoom, app: Flask) -> None:
    with transaction() as session:
        quiz = session.get_one(Quiz, case_room.quiz.id)
        text = factories.CASE.replace("{+20 trust+20}", "{+20 refer trust+20}")
        factories.publish_case(quiz, text, QuizSettings.from_json(quiz.settings))
    for _ in range(9):
        case_room.play(case_room.learner(), 0, 0)
    case_room.play(case_room.learner(), 1, 1)
    case_room.compute()
    client = teacher(case_room, app)

    page = words(read(client, case_room.url))
    rows = rows_of(client, f"{case_room.url}.csv")

    assert "Referred, where a choice refers: 9 of 10 visits (90%)." in page
    assert "Ask what happened Referral 9 (90%)" in page
    assert rows[1][3:] == ["Ask what happened", "History", "referral", "9"]


def test_an_edition_of_a_case_that_nobody_played_is_not_there(case_room: CaseRoom, app: Flask) -> None:
    case_room.play(case_room.learner(), 0, 0)
    case_room.compute()
    client = teacher(case_room, app)

    assert client.get(f"{case_room.url}?edition=1").status_code == 200
    assert client.get(f"{case_room.url}?edition=2").status_code == 404


def test_an_instructor_of_another_course_and_a_learner_stay_outside(room: Classroom, app: Flask) -> None:
    other = browser(app, factories.make_user("", "Otto Other", "instructor"))
    admin = browser(app, factories.make_user("", "Ada Admin", "admin"))
    learner = browser(app, factories.make_user())

    for address in (of_course(room), room.url, f"{of_course(room)}.csv", f"{room.url}.csv"):
        assert other.get(address).status_code == 404
        assert admin.get(address).status_code == 200
        assert learner.get(address).status_code == 403


def test_what_is_not_there_is_a_404(room: Classroom, app: Flask) -> None:
    client = teacher(room, app)

    assert client.get("/studio/courses/none/statistics").status_code == 404
    assert client.get(room.url.replace("quiz-2", "quiz-9")).status_code == 404
    assert client.get(f"{room.url}/questions/first").status_code == 404


def test_a_page_asks_as_little_of_many_attempts_as_of_few(room: Classroom, app: Flask) -> None:
    client = teacher(room, app)
    addresses = (of_course(room), room.url, f"{room.url}/questions/first")
    counted = []
    for _ in range(2):
        room.crowd(some(6, 11, lambda right: (right, True)))
        room.compute()
        for address in addresses:
            read(client, address)
        with statements(db.engine) as sent:
            for address in addresses:
                read(client, address)
        counted.append(len(sent))

    assert counted[0] == counted[1] <= 15
