"""The way in: brought, looked at, kept once as a draft of the course."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import db, transaction
from courses.models import CourseInstructor
from courses.roles import CourseRole
from studio.drafts.models import DraftSave
from studio.drafts.services import drafts_in
from tests import factories

BRING = "/studio/courses/anatomy/questions/import"
TEXT = "::one:: Which? {=b ~c}\n\n::two:: <b>So</b> {=d =%50%e}\n\nWords."


@pytest.fixture
def mara(app: Flask) -> FlaskClient:
    """An editor of the course `anatomy`."""
    course, person = (
        factories.make_course("anatomy"),
        factories.make_user("mara@example.org", "Mara", "instructor"),
    )
    with transaction() as session:
        session.add(CourseInstructor(course_id=course.id, user_id=person.id, role=CourseRole.EDITOR))
    return factories.sign_in(app.test_client(), person)


def post(client: FlaskClient, address: str, **fields: object) -> tuple[int, str]:
    """The status, and where it leads or what it shows."""
    answer = client.post(address, data={"csrf_token": factories.csrf(client), "format": "", **fields})
    return answer.status_code, answer.location or answer.text


def texts() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(draft.path, draft.text) for draft in drafts_in("anatomy")]


def test_what_is_brought_is_looked_at_and_then_kept_once(mara: FlaskClient) -> None:
    status, place = post(mara, BRING, file=(io.BytesIO(TEXT.encode()), "Wall quiz.gift"))
    assert status == 303
    page = mara.get(place).text
    for words in (
        "2 questions understood",
        "read as GIFT: 1 was refused",
        "Line 5",
        "“e” with 50 %",
        "wall-quiz",
    ):
        assert words in page
    assert texts() == []

    for _ in range(2):
        assert post(mara, place, name="wall-quiz")[0] == 303
    ((path, text),) = texts()
    assert path == "courses/anatomy/questions/wall-quiz.md"
    assert "## two {text}\n**So**\n\n= d\n" in text
    assert db.session.query(DraftSave).count() == 1
    assert path in mara.get(place).text

    again = post(mara, BRING, text=TEXT)[1]
    other = post(mara, BRING, text="::three:: Who? {=b}")[1]
    assert post(mara, again, name="wall-quiz")[0] == 303
    assert "other questions under this name" in post(mara, other, name="wall-quiz")[1]
    assert post(mara, other, name="Wall quiz")[0] == 422
    assert len(texts()) == 1


@pytest.mark.parametrize(("text", "words"), [("", "no text to read"), ("Words.", "none of Moodle XML")])
def test_what_cannot_be_read_is_said_at_the_field(mara: FlaskClient, text: str, words: str) -> None:
    status, page = post(mara, BRING, text=text)
    assert (status, words in page) == (422, True)


def test_an_import_belongs_to_its_course_and_to_those_who_write_there(app: Flask, mara: FlaskClient) -> None:
    place = post(mara, BRING, text=TEXT)[1]
    course, ben = (
        factories.make_course("histology"),
        factories.make_user("ben@example.org", "Ben", "instructor"),
    )
    with transaction() as session:
        session.add(CourseInstructor(course_id=course.id, user_id=ben.id, role=CourseRole.OWNER))
    other = factories.sign_in(app.test_client(), ben)
    assert other.get(BRING).status_code == 404
    assert other.get(place.replace("anatomy", "histology")).status_code == 404
    assert post(other, place, name="wall-quiz")[0] == 404


def test_a_file_of_questions_is_taken_in_each_format_and_what_it_cannot_hold_is_said(
    mara: FlaskClient,
) -> None:
    text = "## one {choice}\nWhich?\n\n- [x] b\n- [ ] c\n\n## two {order}\nSort.\n\n1. b\n2. c\n"
    post(mara, post(mara, BRING, text=text)[1], name="wall-quiz")
    address = BRING.replace("import", "export")
    assert "questions/wall-quiz" in mara.get(address).text

    page = mara.get(f"{address}?of=questions/wall-quiz").text
    assert "GIFT has no “order”" in page
    for form, count in (("gift", "1 of 2"), ("moodle", "2 of 2"), ("text", "2 of 2")):
        assert count in page
        taken = mara.get(f"{address}?of=questions/wall-quiz&format={form}")
        assert "wall-quiz." in taken.headers["Content-Disposition"]
        assert "Which?" in taken.text
    assert taken.text == text
    assert mara.get(f"{address}?of=quizzes/none").status_code == 404
