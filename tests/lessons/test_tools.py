"""Practice tools: who may open one, what its page says, and where lessons and courses lead to it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.database import transaction
from core.school import change_school
from courses.models import CourseInstructor
from enrollment.models import Enrollment, EnrollmentState
from lessons.models import Tool
from lessons.services import find_lesson
from tests.counting import statements
from tests.factories import complete, enroll, make_course, make_tool, make_user, sign_in, steps_of

LINK = {"kind": "tool", "name": "diary", "html": "", "title": "", "inline": True}


@pytest.fixture
def skin(app: Flask) -> Any:
    """A course of two modules that open one after the other; the second lesson links the tool."""
    course = make_course("skin", ("lesson", "lesson"), order="modules")
    make_tool("diary", "skin", "skin/lessons/lesson-2")
    return course


def signed_in(app: Flask, *courses: Any, role: str = "") -> FlaskClient:
    person = make_user("", "Ada Learner", *([role] if role else []))
    for course in courses:
        enroll(person, course)
    client = sign_in(app.test_client(), person)
    client.person = person
    return client


def put_into_lesson(lesson: str, **slot: Any) -> None:
    with transaction():
        find_lesson(lesson).parts = ["<p>Use ", {**LINK, **slot}, ".</p>"]


@pytest.mark.parametrize("path", ["/tools/diary", "/tools/diary.pdf"])
def test_a_tool_opens_with_the_lesson_that_links_it(app: Flask, skin: Any, path: str) -> None:
    visitor, outsider, learner = app.test_client(), signed_in(app), signed_in(app, skin)

    closed = [client.get(path) for client in (visitor, outsider, learner)]
    complete(learner.person, steps_of(skin)[0])

    assert [answer.location for answer in closed] == [
        f"/login?next=%2Ftools%2F{path.rpartition('/')[2]}", "/courses/skin", "/learn/skin/lesson-1",
    ]  # fmt: skip
    assert learner.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/tools/diary", "/tools/diary.pdf"])
def test_a_tool_closes_with_the_course(app: Flask, skin: Any, path: str) -> None:
    learner = signed_in(app, skin)
    complete(learner.person, steps_of(skin)[0])
    assert learner.get(path).status_code == 200
    with transaction() as session:
        session.execute(update(Enrollment).values(state=EnrollmentState.REVOKED, end_reason="refund"))

    assert learner.get(path).location == "/courses/skin"


def test_the_doors_of_a_tool_cost_the_same_however_many_lessons_link_it(app: Flask) -> None:
    course = make_course("long", ("lesson " * 9,), order="strict")
    make_course("dear", ("lesson " * 9,), price_minor=900)
    ways = [f"{slug}/lessons/lesson-{n}" for slug in ("long", "dear") for n in range(2, 10)]
    make_tool("diary", "long", *ways)
    costs = {}
    for name, client, to in (
        ("outside", signed_in(app), "/courses/long"),
        ("early", signed_in(app, course), ""),
    ):
        client.get("/tools/diary")
        with statements() as sent:
            answer = client.get("/tools/diary")
        assert answer.location == (to or "/learn/long/lesson-1")
        costs[name] = sent

    # The sign-in, the tool, its ways, two for who teaches it, and for each course the person's place in it; who
    # stands outside a course is asked for an open order too.
    assert (len(costs["outside"]), len(costs["early"])) == (9, 8)


def test_a_learner_opens_a_tool_in_six_statements(app: Flask, skin: Any) -> None:
    learner = signed_in(app, skin)
    complete(learner.person, steps_of(skin)[0])
    learner.get("/tools/diary")

    with statements() as sent:
        assert learner.get("/tools/diary").status_code == 200

    assert len(sent) <= 6, sent


def test_who_is_led_away_is_told_about_the_tool(app: Flask, skin: Any) -> None:
    outsider = signed_in(app)

    outsider.get("/tools/diary")

    assert "Diary is part of the course." in outsider.get("/courses/skin").text


def test_a_tool_of_a_preview_lesson_opens_for_everybody(app: Flask, client: FlaskClient) -> None:
    make_course("open", ("lesson!",))
    make_tool("diary", "open", "open/lessons/lesson-1")

    page = client.get("/tools/diary")

    assert page.status_code == 200
    assert 'href="/courses/open/preview/lesson-1"' in page.text
    assert client.get("/tools/diary.pdf").data.startswith(b"%PDF")


def test_of_two_courses_one_is_enough_and_the_cheaper_is_offered(app: Flask, skin: Any) -> None:
    dear = make_course("dear", ("lesson",), price_minor=900)
    make_tool("card", "dear", "dear/lessons/lesson-1", "skin/lessons/lesson-1")

    assert signed_in(app, dear).get("/tools/card").status_code == 200
    assert signed_in(app).get("/tools/card").location == "/courses/skin"


def test_teachers_of_its_course_and_admins_open_it_always_and_no_other_teacher(app: Flask, skin: Any) -> None:
    make_tool("unlinked", "skin")
    own, other, admin = (signed_in(app, role=role) for role in ("instructor", "instructor", "admin"))
    with transaction() as session:
        session.add(CourseInstructor(course_id=skin.id, user_id=own.person.id))

    assert [each.get("/tools/diary").status_code for each in (own, other, admin)] == [200, 302, 200]
    assert [each.get("/tools/unlinked").status_code for each in (own, other, admin)] == [200, 404, 200]


def test_a_tool_that_is_not_there_is_a_404_for_everybody(app: Flask, client: FlaskClient, skin: Any) -> None:
    for path in ("/tools/none", "/tools/none.pdf"):
        assert client.get(path).status_code == 404
        assert signed_in(app, skin).get(path).status_code == 404


def test_a_step_that_was_taken_out_opens_nothing(app: Flask, skin: Any) -> None:
    from core.clock import now
    from courses.models import Step

    learner = signed_in(app, skin)
    first, second = steps_of(skin)
    complete(learner.person, first)
    with transaction() as session:
        session.get_one(Step, second.id).retired_at = now()

    assert learner.get("/tools/diary").status_code == 404


def test_the_page_speaks_with_the_schools_number_or_says_local(app: Flask) -> None:
    make_course("open", ("lesson!",))
    make_tool("diary", "open", "open/lessons/lesson-1")
    client = app.test_client()

    assert client.get("/tools/diary").text.count("your local emergency number") == 2
    with transaction():
        change_school({"emergency_number": "1 < 2"})

    page = client.get("/tools/diary").text
    assert page.count("1 &lt; 2") == 2
    assert "{{" not in page
    assert "Version of 21 November 2026" in page


def test_only_a_paced_tool_has_the_pacer(app: Flask, client: FlaskClient) -> None:
    make_course("open", ("lesson!",))
    make_tool("diary", "open", "open/lessons/lesson-1")
    make_tool("breath", "open", "open/lessons/lesson-1", paced=True)

    assert 'id="pacer"' not in client.get("/tools/diary").text
    page = client.get("/tools/breath").text
    assert 'href="#pacer"' in page
    assert 'href="#sheet"' in page
    assert "style=" not in page.partition('id="pacer"')[2].partition("</section>")[0]


def test_a_lesson_links_a_tool_by_its_title_and_a_missing_one_is_told(app: Flask, skin: Any) -> None:
    put_into_lesson("skin/lessons/lesson-1")
    put_into_lesson("skin/lessons/lesson-2", name="nowhere", inline=False)
    learner = signed_in(app, skin)
    complete(learner.person, steps_of(skin)[0])

    assert 'Use <a href="/tools/diary">Diary</a>.' in learner.get("/learn/skin/lesson-1").text.replace(
        "\n", ""
    )
    assert "A practice tool belongs here" in learner.get("/learn/skin/lesson-2").text


def test_a_tool_alone_on_its_line_is_a_notice_also_in_a_preview(app: Flask, client: FlaskClient) -> None:
    make_course("open", ("lesson!",))
    make_tool("diary", "open", "open/lessons/lesson-1")
    put_into_lesson("open/lessons/lesson-1", inline=False)

    assert (
        '<a href="/tools/diary">Diary</a>, a practice tool to print'
        in client.get("/courses/open/preview/lesson-1").text
    )


def test_a_course_lists_its_tools_once_each_in_the_order_of_its_lessons(app: Flask) -> None:
    course = make_course("skin", ("lesson lesson",))
    make_tool("zinc", "skin", "skin/lessons/lesson-1", "skin/lessons/lesson-2")
    make_tool("alum", "skin", "skin/lessons/lesson-2")
    make_tool("elsewhere", "skin")

    page = signed_in(app, course).get("/learn/skin").text

    assert page.index("/tools/zinc") < page.index("/tools/alum")
    assert (page.count("/tools/zinc"), page.count("/tools/elsewhere")) == (1, 0)
    assert "Practice tools" not in signed_in(app, make_course("bare")).get("/learn/bare").text


def test_a_title_with_signs_is_escaped(app: Flask, skin: Any) -> None:
    with transaction() as session:
        session.query(Tool).filter_by(slug="diary").update({"title": "<b>Diary"})
    put_into_lesson("skin/lessons/lesson-1")

    assert "&lt;b&gt;Diary</a>" in signed_in(app, skin).get("/learn/skin/lesson-1").text
