"""From a document to drafts, through the doors."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import db, transaction
from core.errors import NotFound
from core.storage import media
from courses.models import Course
from publishing import services as publishing
from publishing.models import ContentFile
from studio.documents import services
from studio.documents.models import DocumentImport
from studio.documents.outline_text import with_lessons
from studio.drafts.services import text_of
from tests import factories
from tests.conftest import NOON, Clock
from tests.publishing.sample import sample
from tests.studio.documents.paper import figure, p, word

DOOR = "/studio/courses/barriers/import"
PAPER = word(p("Bricks", "H1"), p("One."), p("Mortar &amp; more", "H1"), p(inside=figure(alt="Red")))


@pytest.fixture
def mara(app: Flask, client: FlaskClient, clock: Clock) -> FlaskClient:
    """The owner of a published course."""
    with transaction():
        publishing.sync(sample())
    person = factories.make_user("mara@example.org", "Mara", "instructor")
    factories.teach(person, db.session.scalars(select(Course).filter_by(slug="barriers")).one())
    return factories.sign_in(client, person)


def send(client: FlaskClient, path: str, **fields: object) -> str:
    data = {"csrf_token": factories.csrf(client), **fields}
    answer = client.post(path, data=data, content_type="multipart/form-data")
    return answer.location if answer.status_code == 303 else answer.text


def test_a_document_becomes_drafts_that_were_looked_over(mara: FlaskClient, clock: Clock) -> None:
    page = send(mara, DOOR, files=(BytesIO(PAPER), "My paper.docx"))
    shown = mara.get(page).text
    assert 'value="bricks-2"' in shown
    assert 'value="Mortar &amp; more"' in shown
    assert mara.get(f"{page}/pictures/0").mimetype == "image/png"

    confirmed = {
        "module": "walls",
        "keep-1": "1",
        "title-1": 'Mortar: "more"',
        "slug-1": "glue",
        "alt-0": "A red wall",
    }
    assert "another step" in send(mara, page, **{**confirmed, "slug-1": "bricks"})
    assert send(mara, page, **confirmed) == page

    text = text_of("courses/barriers/lessons/glue.md")[1]
    path = db.session.scalars(select(ContentFile.path).where(ContentFile.path.like("media/barriers/%"))).one()
    assert text == f'---\ntitle: "Mortar: \\"more\\""\nsummary: ""\n---\n\n![A red wall]({path})\n'
    assert "      - quizzes/wall-quiz\n      - lessons/glue\n" in text_of("courses/barriers/course.md")[1]
    assert "already" in mara.get(send(mara, page, **confirmed)).text
    assert text_of("courses/barriers/course.md")[0] == 1


def test_what_was_brought_is_the_persons_own_and_ends_after_a_day(mara: FlaskClient, clock: Clock) -> None:
    page = send(mara, DOOR, files=(BytesIO(PAPER), "My paper.docx"))
    key = services.pictures_of(page.rpartition("/")[2])[0].key
    other = factories.make_user("ben@example.org", "Ben", "instructor")
    factories.teach(other, db.session.scalars(select(Course).filter_by(slug="barriers")).one())

    assert factories.sign_in(mara.application.test_client(), other).get(page).status_code == 404

    clock(NOON + timedelta(days=1, seconds=1))
    with pytest.raises(NotFound):
        services.find_import(page.rpartition("/")[2], "barriers", 1)
    services.sweep()
    assert not media().exists(key)
    assert db.session.scalars(select(DocumentImport)).all() == []


def test_what_is_no_document_is_refused_with_a_sentence(mara: FlaskClient) -> None:
    assert "My paper: This is no Word document" in send(mara, DOOR, files=(BytesIO(b"x"), "My paper.docx"))
    assert "paste a text first" in send(mara, DOOR)


def test_lessons_are_put_under_their_module_and_no_other_line_changes() -> None:
    text = sample()["courses/barriers/course.md"].decode()

    changed = with_lessons(text, "doors", ["a", "b"])

    assert changed.replace("      - lessons/a\n      - lessons/b\n", "") == text
