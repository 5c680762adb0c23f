"""The lesson editor: what its page shows, what a save keeps, and that the preview is the page."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from studio.drafts.services import find_draft
from tests.factories import csrf, enroll, make_user, post, sign_in
from tests.publishing.sample import sample
from tests.studio.conftest import teacher

PATH = "courses/barriers/lessons/bricks.md"
EDITOR = "/studio/courses/barriers/lessons/bricks"
TEXT = sample()[PATH].decode()


def form_of(page: str) -> dict[str, str]:
    """The editor's fields as a browser would send them."""
    fields = {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("number", "head", "title", "practice_minutes", "reviewed")
    }
    for name in ("summary", "objectives", "body"):
        written = re.search(rf'name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[1]
        fields[name] = unescape(written).replace("\n", "\r\n")
    return fields | ({"preview": "1"} if 'value="1" checked' in page else {})


def draft_text() -> str:
    with transaction():
        draft = find_draft(PATH)
        return draft.text if draft else ""


def save(client: FlaskClient, fields: dict[str, str], **changes: str) -> int:
    return post(client, EDITOR, fields | changes).status_code


def test_a_form_that_changes_nothing_saves_the_bytes_that_were_there(mara: FlaskClient) -> None:
    fields = form_of(mara.get(EDITOR).text)
    assert save(mara, fields) == 303
    assert draft_text() == TEXT


def test_fields_and_text_are_saved_as_one_file(mara: FlaskClient) -> None:
    fields = form_of(mara.get(EDITOR).text)
    save(mara, fields, title="Walls", body=fields["body"].replace("Skin has", "All skin has"))
    assert draft_text() == TEXT.replace("title: Bricks", "title: Walls").replace("Skin has", "All skin has")
    assert form_of(mara.get(EDITOR).text)["number"] == "1"


def test_a_save_from_an_older_text_shows_both_and_one_that_holds_both(
    mara: FlaskClient, ben: FlaskClient
) -> None:
    old = form_of(mara.get(EDITOR).text)
    save(ben, old, title="Walls")
    answer = post(mara, EDITOR, old | {"body": old["body"].replace("Skin has", "All skin has")})
    merged = form_of(answer.text)
    assert answer.status_code == 409
    assert (merged["title"], merged["number"]) == ("Walls", "1")
    assert "All skin has" in merged["body"]
    assert "title: Walls" in draft_text()
    assert save(mara, merged) == 303


def test_a_script_that_saves_hears_the_number(mara: FlaskClient) -> None:
    fields = form_of(mara.get(EDITOR).text)
    data = {"Accept": "application/json"}
    first = post(mara, EDITOR, fields | {"title": "A"}, headers=data)
    late = post(mara, EDITOR, fields | {"title": "B"}, headers=data)
    assert (first.json["number"], late.status_code) == (1, 409)


def test_an_objective_without_an_id_keeps_the_writers_words(mara: FlaskClient) -> None:
    fields = form_of(mara.get(EDITOR).text)
    answer = post(mara, EDITOR, fields | {"objectives": "no id here", "body": "New words."})
    assert answer.status_code == 422
    assert form_of(answer.text)["objectives"] == "no id here"
    assert "New words." in answer.text


def test_who_opens_a_lesson_that_another_writes_reads_so(mara: FlaskClient, ben: FlaskClient) -> None:
    save(ben, form_of(ben.get(EDITOR).text), title="Walls")
    assert "<b>Ben</b> saved this lesson a short while ago" in mara.get(EDITOR).text
    assert "<b>Ben</b>" not in ben.get(EDITOR).text


def test_the_preview_is_the_page(app: Flask, mara: FlaskClient) -> None:
    learner = make_user("ada@example.org")
    from courses.services import find_course

    enroll(learner, find_course("barriers"))
    page = sign_in(app.test_client(), learner).get("/learn/barriers/bricks").text
    shown = mara.get(f"{EDITOR}?view=preview").text
    token = re.compile(r'name="csrf_token" value="[^"]*"')
    article, previewed = (
        token.sub(
            "", re.search(r'<header class="lesson-head.*?(?=<section class="lesson-refs)', each, re.DOTALL)[0]
        )
        for each in (page, shown)
    )
    assert " ".join(previewed.split()) == " ".join(article.split())


def test_a_live_preview_tells_what_is_wrong_beside_its_line(mara: FlaskClient) -> None:
    fields = form_of(mara.get(EDITOR).text)
    body = "One [@nobody2001].\n\n![](media/wall.svg)\n\n## A\n\n#### B\n\nThis will cure it [@madison2003 moderate].\n"
    told = post(mara, f"{EDITOR}/preview", fields | {"body": body}).json
    lines = [(each["line"], each["is_fault"]) for each in told["remarks"] if each["line"]]
    assert {(1, True), (3, True), (7, True), (9, False)} <= set(lines)
    assert "minutes" in told["figures"]
    assert draft_text() == ""


def test_the_toolbar_finds_sources_at_an_address_that_is_there(mara: FlaskClient) -> None:
    address = re.search(r'data-ed-sources="([^"]+)"', mara.get(EDITOR).text)
    assert address is not None
    assert mara.get(f"{address[1]}?q=").json["sources"]


def test_a_text_whose_front_matter_is_broken_is_edited_whole(mara: FlaskClient) -> None:
    fields = {"number": "0", "head": "", "body": "---\ntitle: [a\n---\nText.\n"}
    assert save(mara, fields) == 303
    page = mara.get(EDITOR).text
    assert "title: [a" in page
    assert "not YAML" in page
    assert mara.get(f"{EDITOR}?view=preview").status_code == 200


def test_pictures_of_the_lesson_are_shown(mara: FlaskClient) -> None:
    assert mara.get(f"{EDITOR}/media/dot.png").mimetype == "image/png"
    assert mara.get(f"{EDITOR}/media/none.png").status_code == 404


@pytest.mark.parametrize(("role", "reads", "writes"), [("reviewer", 200, 404), ("marker", 404, 404)])
def test_roles_say_who_reads_and_who_writes(
    app: Flask, published: None, role: str, reads: int, writes: int
) -> None:
    client = teacher(app, "Rea", role)
    assert client.get(EDITOR).status_code == reads
    fields = {"csrf_token": csrf(client), "number": "0", "head": "", "body": "x"}
    assert client.post(EDITOR, data=fields).status_code == writes


def test_a_lesson_that_nobody_began_has_no_editor(mara: FlaskClient) -> None:
    assert (
        post(mara, "/studio/courses/barriers/lessons/none", {"number": "0", "body": "x"}).status_code == 404
    )
