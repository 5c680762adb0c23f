"""The settings of a course, and courses that are begun: drafts, prices by permission, owners."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import db, transaction
from courses.services import find_course, role_in
from publishing import services as publishing
from studio.drafts.services import published_text, save, text_of
from tests import factories
from tests.publishing.sample import sample

COURSE = "courses/barriers/course.md"
PAGE = "/studio/courses/barriers/settings"


def _signed_in(app: Flask, name: str, *roles: str) -> FlaskClient:
    with transaction():
        publishing.sync(sample())
    user = factories.make_user(f"{name}@example.org", name, "instructor", *roles)
    factories.teach(user, find_course("barriers"))
    return factories.sign_in(app.test_client(), user)


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    return _signed_in(app, "mara")


def _fields(page: str) -> dict[str, object]:
    """What a browser would send of the form as it stands."""
    form = page[page.index('name="number"') - 500 : page.rindex("</form>")]
    sent: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(
        r'<textarea[^>]+name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL
    ):
        sent[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]+name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'selected value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return {key: value for key, value in sent.items() if key != "csrf_token"}


def _text(path: str = COURSE) -> tuple[int, str]:
    found = text_of(path)
    db.session.rollback()
    return found


def test_the_form_as_it_stands_changes_nothing_and_a_title_changes_its_line(owner):
    fields, before = _fields(owner.get(PAGE).text), _text()

    assert factories.post(owner, PAGE, fields).status_code == 303
    assert _text()[1] == before[1]
    assert factories.post(owner, PAGE, {**fields, "number": _text()[0], "title": "Walls"}).status_code == 303
    assert _text()[1] == before[1].replace("title: Barriers", "title: Walls")
    assert published_text(COURSE)[1] == before[1]


@pytest.mark.parametrize(("roles", "status", "price"), [((), 403, "12.50"), (("finance",), 303, "99.00")])
def test_a_price_is_changed_only_by_who_looks_after_the_money(app, roles, status, price):
    client = _signed_in(app, "mara", *roles)
    fields = _fields(client.get(PAGE).text)

    answer = factories.post(client, PAGE, {**fields, "price": "99.00", "currency": "EUR", "prices": ""})

    assert answer.status_code == status
    assert f'price: "{price}"' in _text()[1]


def test_a_fault_is_named_and_what_was_entered_stays(owner):
    fields = _fields(owner.get(PAGE).text)

    answer = factories.post(owner, PAGE, {**fields, "enroll_from": "soon", "question-7": "Why?"})

    assert answer.status_code == 422
    assert "“soon” is no date" in unescape(answer.text)
    assert 'value="Why?"' in answer.text
    assert _text()[0] == 0


def test_settings_from_an_overtaken_text_are_shown_and_not_saved(owner):
    fields = _fields(owner.get(PAGE).text)
    with transaction():
        save(COURSE, text_of(COURSE)[1] + "More.\n", 0, 1)

    answer = factories.post(owner, PAGE, {**fields, "title": "Walls"})

    assert answer.status_code == 409
    assert 'value="Walls"' in answer.text
    assert _text() == (1, published_text(COURSE)[1] + "More.\n")


def test_who_begins_a_course_sees_it_alone_and_owns_it_once_it_is_published(app, owner):
    begun = {"title": "Walls", "collection": "Foundations", "language": "en", "authors": "ada", "origin": ""}
    other = factories.sign_in(app.test_client(), factories.make_user("ben@example.org", "Ben", "instructor"))

    assert factories.post(owner, "/studio/courses/new", begun).location == "/studio/courses/walls"
    assert ">Walls</a>" in owner.get("/studio").text
    assert owner.get("/studio/courses/walls/settings").status_code == 200
    assert other.get("/studio/courses/walls").status_code == 404
    assert factories.post(other, "/studio/courses/new", begun).status_code == 422


def test_a_duplicate_can_be_published_and_belongs_to_who_made_it(app, owner):
    made = {"title": "Barriers again", "origin": "barriers"}
    assert factories.post(owner, "/studio/courses/new", made).status_code == 303

    path = "courses/barriers-again/course.md"
    with transaction():
        publishing.sync({**sample(), path: text_of(path)[1].encode()})

    course = find_course("barriers-again")
    mara = factories.make_user("x@example.org").id - 1
    assert role_in(mara, course.id) == "owner"
    db.session.rollback()
    assert "Not published yet" not in owner.get("/studio").text
