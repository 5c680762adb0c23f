"""Bringing a zip in by the browser: looked at first, taken over once, by whom it belongs to."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import storage
from core.database import db
from courses.services import find_course
from publishing.archive import read_zip, write_zip
from publishing.exporting import all_files, course_files
from studio.transfer.jobs import purge
from studio.transfer.models import BroughtZip
from tests import factories
from tests.conftest import NOON, Clock
from tests.publishing.sample import edited, sample
from tests.publishing.test_syncing import bring, publish_in_studio

MORTAR = "courses/barriers/lessons/mortar.md"


@pytest.fixture
def owner(app: Flask, clock: Clock) -> FlaskClient:
    """An owner of the one course that came in from files."""
    bring(sample())
    person = factories.make_user("mara@example.org", "Mara", "instructor")
    factories.teach(person, find_course("barriers"))
    return factories.sign_in(app.test_client(), person)


def upload(client: FlaskClient, files: dict[str, bytes]) -> Any:
    return factories.post(client, "/studio/import", {"file": (BytesIO(write_zip(files)), "barriers.zip")})


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1][:64]


def only(path: str, before: str, after: str) -> dict[str, bytes]:
    """The course's own zip with one place changed."""
    return course_files("barriers").files | {path: edited(path, before, after)[path]}


def test_a_course_is_taken_out_changed_and_taken_over(owner: FlaskClient) -> None:
    out = owner.get("/studio/courses/barriers/export.zip")
    files = read_zip(out.data)
    files[MORTAR] = files[MORTAR].replace(b"lipids", b"oils")
    answer = upload(owner, files)
    plan = owner.get(answer.location).text
    taken = factories.post(owner, f"{answer.location}/take", {"seen": seen(plan)})
    again = factories.post(owner, f"{answer.location}/take", {"seen": seen(plan)})
    assert f"0 added, 1 changed, {len(files) - 1} unchanged" in plan
    assert (taken.status_code, again.status_code) == (303, 404)
    assert all_files() == sample() | {MORTAR: files[MORTAR]}


def test_a_conflict_asks_whose_text_stands(owner: FlaskClient) -> None:
    files = only(MORTAR, "lipids", "oils")
    publish_in_studio((MORTAR, "lipids", "fats"))
    where = upload(owner, files).location
    plan = owner.get(where).text
    open_ = factories.post(owner, f"{where}/take", {"seen": seen(plan)})
    taken = factories.post(owner, f"{where}/take", {"seen": seen(plan), f"side:{MORTAR}": "theirs"})
    assert (open_.status_code, taken.status_code) == (409, 303)
    assert "Choose whose text stands" in open_.text
    assert "The barrier needs oils." in plan.split("The zip’s text")[1]
    assert b"oils" in all_files()[MORTAR]


def test_what_was_published_since_the_look_is_looked_at_again(owner: FlaskClient) -> None:
    where = upload(owner, only(MORTAR, "lipids", "oils")).location
    plan = owner.get(where).text
    publish_in_studio((MORTAR, "The barrier", "Any barrier"))
    late = factories.post(owner, f"{where}/take", {"seen": seen(plan)})
    assert late.status_code == 409
    assert "published meanwhile" in late.text
    assert b"oils" not in all_files()[MORTAR]


def test_what_is_not_theirs_is_named_and_nothing_is_taken(owner: FlaskClient) -> None:
    files = only(MORTAR, "lipids", "oils") | {"authors/ada.md": sample()["authors/ada.md"] + b"More.\n"}
    where = upload(owner, files).location
    plan = owner.get(where).text
    refused = factories.post(owner, f"{where}/take", {"seen": seen(plan)})
    assert "It belongs to the school and stands already" in plan
    assert refused.status_code == 409
    assert all_files() == sample()


def test_faults_of_what_would_stand_are_named_and_nothing_is_taken(owner: FlaskClient) -> None:
    where = upload(owner, only(MORTAR, "lipids", "lipids [@nobody]")).location
    faulty = factories.post(owner, f"{where}/take", {"seen": seen(owner.get(where).text)})
    assert faulty.status_code == 409
    assert "there is no source “nobody”" in faulty.text
    assert all_files() == sample()


@pytest.mark.parametrize(
    ("files", "words"),
    [({"../up.md": b"x"}, "outside of the bundle"), ({"notes.txt": b"x"}, "no place in a bundle")],
)
def test_a_zip_that_is_no_bundle_is_refused_with_the_reason(
    owner: FlaskClient, files: dict[str, bytes], words: str
) -> None:
    answer = upload(owner, files)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_zip_is_its_bringers_alone_and_ends_after_a_day(
    app: Flask, owner: FlaskClient, clock: Clock
) -> None:
    where = upload(owner, sample()).location
    admin = factories.sign_in(app.test_client(), factories.make_user("root@example.org", "Root", "admin"))
    assert (owner.get(where).status_code, admin.get(where).status_code) == (200, 404)
    assert "barriers.zip</a>" in owner.get("/studio/import").text
    row = db.session.scalars(select(BroughtZip)).one()
    key = row.storage_key
    db.session.rollback()
    clock(NOON.replace(day=NOON.day + 1))
    purge()
    assert db.session.scalars(select(BroughtZip)).all() == []
    assert not storage.media().exists(key)


def test_who_owns_no_course_brings_nothing_and_takes_nothing_out(app: Flask, owner: FlaskClient) -> None:
    editor = factories.make_user("ed@example.org", "Ed", "instructor")
    factories.teach(editor, find_course("barriers"), "assistant")
    other = factories.sign_in(app.test_client(), editor)
    places = ("/studio/import", "/studio/courses/barriers/export", "/studio/courses/barriers/export.zip")
    assert [other.get(place).status_code for place in places] == [404, 404, 404]
