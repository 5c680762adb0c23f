"""Drafts that become what learners see: all of it or nothing, with who, why and what kind of change."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import db, transaction
from core.errors import InvalidInput
from courses.services import find_course
from publishing import services as publishing
from publishing.changes import ChangeKind
from publishing.models import ContentFile, ContentRevision
from studio.drafts import services as drafts
from studio.drafts.services import find_draft
from studio.publication.services import PUBLISHED, read_change
from tests.factories import enroll, make_user, post, sign_in
from tests.publishing.sample import edited, sample
from tests.studio.conftest import teacher

PATH = "courses/barriers/lessons/bricks.md"
PUBLISH = f"/studio/texts/{PATH}/publish"
TEXT = sample()[PATH].decode()
CLEARER = {"kind": "clarification", "reason": "What a barrier keeps out."}


def save(text: str, made_from: int = 0, path: str = PATH) -> int:
    user = make_user()
    with transaction():
        return drafts.save(path, text, made_from, user.id).number


def newest() -> ContentRevision:
    db.session.rollback()
    query = select(ContentRevision).join(ContentFile, ContentRevision.file_id == ContentFile.id)
    return db.session.scalars(
        query.where(ContentFile.path == PATH).order_by(ContentRevision.id.desc())
    ).first()


def test_a_clarification_reaches_learners_and_says_so(app: Flask, mara: FlaskClient) -> None:
    learner = make_user("ada@example.org")
    enroll(learner, find_course("barriers"))
    save(TEXT.replace("Skin has", "All skin has"))
    answer = post(mara, PUBLISH, {"seen": f"1 {PATH}", **CLEARER})
    page = sign_in(app.test_client(), learner).get("/learn/barriers/bricks").text
    kept = newest()
    assert answer.status_code == 303
    assert "All skin has a" in page
    assert "What a barrier keeps out." in page
    assert (kept.number, kept.reason, kept.kind) == (2, CLEARER["reason"], ChangeKind.CLARIFICATION)
    assert kept.made_by is not None
    assert find_draft(PATH) is None


def test_a_fault_is_named_with_its_line_and_nothing_is_published(mara: FlaskClient) -> None:
    save(TEXT + "\nSee [@nobody2001].\n")
    asked = mara.get(PUBLISH).text
    answer = post(mara, PUBLISH, {"seen": f"1 {PATH}", **CLEARER})
    line = (TEXT + "\nSee").count("\n") + 1
    assert f"{PATH}, line {line}: there is no source “nobody2001”" in asked
    assert answer.status_code == 422
    assert newest().number == 1


def test_a_draft_that_was_saved_since_is_looked_over_first(mara: FlaskClient) -> None:
    save(TEXT + "One.\n")
    save(TEXT + "Two.\n", 1)
    assert post(mara, PUBLISH, {"seen": f"1 {PATH}", **CLEARER}).status_code == 409
    assert newest().number == 1


def test_what_was_published_meanwhile_is_merged_into_the_draft_first(mara: FlaskClient) -> None:
    save(TEXT + "One.\n")
    with transaction():
        publishing.sync(edited(PATH, "title: Bricks", "title: Walls"))
    assert post(mara, PUBLISH, {"seen": f"1 {PATH}", **CLEARER}).status_code == 409
    assert mara.get(PUBLISH).status_code == 303
    db.session.rollback()
    draft = find_draft(PATH)
    assert (draft.number, draft.base_revision) == (2, 2)
    assert draft.text == TEXT.replace("title: Bricks", "title: Walls") + "One.\n"
    assert mara.get(PUBLISH).status_code == 200


def test_a_merge_that_is_not_decided_is_not_published(mara: FlaskClient) -> None:
    save(TEXT + "<<<<<<< yours\nOne.\n=======\nTwo.\n>>>>>>> theirs\n")
    answer = post(mara, PUBLISH, {"seen": f"1 {PATH}", **CLEARER})
    assert answer.status_code == 422
    assert "Decide between them" in answer.text


def test_a_new_lesson_comes_with_the_outline_that_names_it(mara: FlaskClient) -> None:
    course = "courses/barriers/course.md"
    save("---\ntitle: Roof\n---\n\nA roof.\n", path="courses/barriers/lessons/roof.md")
    save(
        sample()[course].decode().replace("- lessons/bricks\n", "- lessons/bricks\n      - lessons/roof\n"),
        path=course,
    )
    answer = post(mara, "/studio/texts/courses/barriers/lessons/roof.md/publish", {})
    db.session.rollback()
    assert answer.status_code == 303
    assert mara.get("/learn/barriers/roof").status_code == 200
    assert find_draft(course) is None


def test_who_may_not_publish_finds_no_page(app: Flask, published: None) -> None:
    save(TEXT + "One.\n")
    assert teacher(app, "Rea", "reviewer").get(PUBLISH).status_code == 404


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "kind"),
        ({"kind": "minor", "reason": "x"}, "kind"),
        ({"kind": "material"}, "reason"),
        ({"kind": "clarification", "reason": " "}, "reason"),
        ({"kind": "typo", "reason": "x" * 301}, "reason"),
    ],
)
def test_the_writer_says_what_kind_of_change_it_is(form: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read_change(form, asks_kind=True)
    assert wrong.value.field == field


def test_a_slip_needs_no_words_and_what_is_new_no_kind() -> None:
    assert read_change({"kind": "typo"}, asks_kind=True).kind == ChangeKind.TYPO
    assert read_change({}, asks_kind=False) == PUBLISHED


def outline_with(*lessons: str) -> str:
    course = sample()["courses/barriers/course.md"].decode()
    lines = "".join(f"      - lessons/{each}\n" for each in lessons)
    return course.replace("- lessons/bricks\n", f"- lessons/bricks\n{lines}")


def test_what_is_new_and_not_taken_stays_a_draft_and_in_the_outline_s_draft(mara: FlaskClient) -> None:
    outline, roof, attic = (
        f"courses/barriers/{each}.md" for each in ("course", "lessons/roof", "lessons/attic")
    )
    save("---\ntitle: Roof\n---\n\nA roof.\n", path=roof)
    save("---\ntitle: Attic\n---\n\nUnder it.\n", path=attic)
    save(outline_with("roof", "attic"), path=outline)
    asked = mara.get(f"/studio/texts/{roof}/publish").text
    answer = post(mara, f"/studio/texts/{roof}/publish", {})
    db.session.rollback()
    kept = find_draft(outline)
    assert "Attic" in asked
    assert answer.status_code == 303
    assert mara.get("/learn/barriers/roof").status_code == 200
    assert mara.get("/learn/barriers/attic").status_code == 404
    assert find_draft(attic) is not None
    assert kept is not None
    assert kept.text == outline_with("roof", "attic")

    assert post(mara, f"/studio/texts/{outline}/publish", {"with": attic}).status_code == 303
    db.session.rollback()
    assert mara.get("/learn/barriers/attic").status_code == 200
    assert find_draft(outline) is None


def test_who_begins_a_course_writes_and_publishes_it_whole(app: Flask, published: None) -> None:
    iris = sign_in(app.test_client(), make_user("iris@example.org", "Iris", "instructor"))
    post(
        iris,
        "/studio/courses/new",
        {"title": "Touch", "collection": "Foundations", "language": "en", "authors": "ada", "origin": ""},
    )
    post(iris, "/studio/courses/touch/outline", {"number": "1", "deed": "add-module", "title": "One"})
    db.session.rollback()
    outline = find_draft("courses/touch/course.md")
    lesson = "courses/touch/lessons/hands.md"
    assert outline is not None
    save("---\ntitle: Hands\nsummary: Of hands.\n---\n\nHands are warm.\n", path=lesson)
    written = outline.text.replace("steps: []", "steps:\n      - lessons/hands")
    save(written, outline.number, path=outline.path)
    assert "Hands are warm." in iris.get("/studio/courses/touch/lessons/hands?view=preview").text

    answer = post(iris, f"/studio/texts/{outline.path}/publish", {"with": lesson})

    assert answer.status_code == 303, answer.text
    assert iris.get("/learn/touch/hands").status_code == 200
    assert "Touch" in iris.get("/studio").text
