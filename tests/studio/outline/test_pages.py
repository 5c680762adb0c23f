"""The page of a course's outline: its buttons save drafts, and a press on an old page does nothing."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import db, transaction
from publishing import services as publishing
from studio.drafts.services import find_draft, published_text, save, text_of
from studio.outline.rules import modules_of
from tests import factories
from tests.publishing.sample import sample

COURSE = "courses/barriers/course.md"
PAGE = "/studio/courses/barriers"


@pytest.fixture
def mara(app: Flask) -> FlaskClient:
    """The editor of the sample's course."""
    from courses.services import find_course

    with transaction():
        publishing.sync(sample())
    mara = factories.make_user("mara@example.org", "Mara", "instructor")
    factories.teach(mara, find_course("barriers"), "editor")
    return factories.sign_in(app.test_client(), mara)


def _steps() -> list[str]:
    """The slugs of the steps in the newest text, by module in one line each; an optional one in brackets."""
    modules = modules_of(text_of(COURSE)[1], "barriers")
    db.session.rollback()
    return [" ".join(one.slug if one.required else f"[{one.slug}]" for one in held.steps) for held in modules]


def _press(client: FlaskClient, deed: str, number: int = 0, **fields: object) -> int:
    return factories.post(client, f"{PAGE}/outline", {"deed": deed, "number": number, **fields}).status_code


def test_the_outline_shows_what_is_published_and_what_is_a_draft(mara):
    with transaction():
        path = "courses/barriers/lessons/bricks.md"
        save(path, text_of(path)[1].replace("title: ", "title: New "), 0, 1)

    page = mara.get(PAGE).text

    assert "New " in page
    assert ">Draft<" in page
    assert page.count(">Published<") >= 2


def test_a_press_saves_a_draft_and_leaves_what_is_published(mara):
    before = published_text(COURSE)
    first = modules_of(before[1], "barriers")[0]
    step = first.steps[0]
    db.session.rollback()

    assert _press(mara, "down", step=step.name) == 303
    assert _press(mara, "make-optional", 1, step=step.name) == 303
    assert _press(mara, "begin", 2, module=first.slug, title="The roof", kind="lesson") == 303

    assert f"[{step.slug}]" in " ".join(_steps())
    assert _steps()[0].split()[0] != step.slug
    assert _steps()[0].endswith("the-roof")
    assert text_of("courses/barriers/lessons/the-roof.md")[1] == "---\ntitle: The roof\n---\n\n"
    assert published_text(COURSE) == before


def test_what_is_taken_out_stands_below_and_goes_back(mara):
    first = modules_of(text_of(COURSE)[1], "barriers")[0]
    step = first.steps[0]
    db.session.rollback()

    _press(mara, "drop", step=step.name)
    assert "Not in the outline" in mara.get(PAGE).text
    _press(mara, "put-back", 1, step=step.name, module=first.slug)

    assert _steps()[0].endswith(step.slug)


def test_a_duplicate_has_a_text_of_its_own_and_no_id_twice(mara):
    name = "barriers/lessons/bricks"
    assert _press(mara, "duplicate", step=name) == 303

    copies = [one for line in _steps() for one in line.split() if "copy" in one]
    _, text = text_of(f"courses/barriers/lessons/{copies[0]}.md")
    assert "(copy)" in text
    assert "objectives" not in text


def test_a_page_that_was_overtaken_does_nothing_and_says_so(mara):
    with transaction():
        save(COURSE, text_of(COURSE)[1] + "More.\n", 0, 1)
    before = _steps()

    answer = factories.post(mara, f"{PAGE}/outline", {"deed": "add-module", "number": 0, "title": "Late"})

    assert answer.status_code == 409
    assert "Somebody changed the outline meanwhile" in answer.text
    assert re.search(r'name="number" value="1"', answer.text)
    assert _steps() == before


@pytest.mark.parametrize(("role", "reads", "writes"), [("reviewer", 200, 404), ("marker", 404, 404)])
def test_other_roles_read_it_or_know_nothing_of_it(app, mara, role, reads, writes):
    from courses.services import find_course

    other = factories.make_user("ben@example.org", "Ben", "instructor")
    factories.teach(other, find_course("barriers"), role)
    client = factories.sign_in(app.test_client(), other)

    assert client.get(PAGE).status_code == reads
    assert _press(client, "add-module", title="Mine") == writes
    assert find_draft(COURSE) is None
