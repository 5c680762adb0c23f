"""Practice tools in a bundle: their rows, which lessons link them, and what is wrong with a text."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import db
from courses.models import Course
from lessons.models import Lesson, Tool, ToolLink
from publishing import exporting, services
from sources.models import Source
from tests.publishing.sample import edited, sample
from tests.publishing.test_services import publish_sample, replaced, row, sync

SHEET = "courses/barriers/tools/wall-sheet.md"
BRICKS = "courses/barriers/lessons/bricks.md"
MORTAR = "courses/barriers/lessons/mortar.md"


def links() -> set[tuple[str, str]]:
    db.session.rollback()
    query = select(Lesson.slug, ToolLink.tool).join(Lesson, Lesson.id == ToolLink.lesson_id)
    return set(db.session.execute(query))


def test_a_tool_is_stored_as_its_page_shows_it(app: Flask) -> None:
    text = "summary: For walls.\npaced: true\n---\n\nName: ____ [@madison2003 early]. Call {{emergency_number}}.\n"
    sync(edited(SHEET, "---\n\nDraw it.\n", text))

    tool = row(Tool)

    assert (tool.slug, tool.course, tool.title, tool.summary) == (
        "wall-sheet",
        "barriers",
        "Wall sheet",
        "For walls.",
    )
    assert (str(tool.reviewed), tool.paced) == ("2026-10-01", True)
    assert 'class="blank"' in tool.html
    assert "Call {{emergency_number}}." in tool.html
    assert tool.cited == [{"key": "madison2003", "certainties": ["early"]}]


def test_lessons_that_link_a_tool_are_known_by_slot_and_by_plain_link(app: Flask) -> None:
    publish_sample()
    assert links() == {("bricks", "wall-sheet")}

    files = edited(MORTAR, "needs lipids.", "needs lipids: [the sheet](../tools/wall-sheet.md).")
    sync(files)
    assert links() == {("bricks", "wall-sheet"), ("mortar", "wall-sheet")}
    sync(replaced(files, BRICKS, "[[tool: wall-sheet]]", "sheet"))
    assert links() == {("mortar", "wall-sheet")}


def test_a_new_title_redraws_the_lessons_that_show_it(app: Flask) -> None:
    publish_sample()
    version = row(Course).version

    sync(edited(SHEET, "title: Wall sheet", "title: Sheet of walls"))

    assert row(Tool).title == "Sheet of walls"
    assert row(Course).version == version + 1


def test_a_tool_taken_out_of_its_course_is_gone_and_one_of_a_course_elsewhere_stays(app: Flask) -> None:
    publish_sample()
    without = {path: data for path, data in sample().items() if path != SHEET}
    sync({"glossary.md": sample()["glossary.md"]})
    assert row(Tool).slug == "wall-sheet"

    sync(replaced(without, BRICKS, "[[tool: wall-sheet]]", "sheet"))

    assert db.session.scalars(select(Tool)).all() == []
    assert links() == set()


def test_a_course_takes_its_tools_along_when_it_is_renamed_and_may_drop_them(app: Flask) -> None:
    publish_sample()
    path = "courses/walls/course.md"
    files = {name.replace("courses/barriers/", "courses/walls/"): data for name, data in sample().items()}
    files = replaced(files, path, "order: strict", "order: strict\nformerly: barriers")
    files = replaced(files, "articles/why-walls.md", "[barriers]", "[walls]")
    without = replaced(files, BRICKS.replace("barriers", "walls"), "[[tool: wall-sheet]]", "sheet")
    del without[SHEET.replace("barriers", "walls")]

    sync(without)

    assert db.session.scalars(select(Tool)).all() == []


def test_a_tool_that_returns_has_its_text_again(app: Flask) -> None:
    publish_sample()
    html = row(Tool).html
    without = {name: data for name, data in sample().items() if name != SHEET}
    sync(replaced(without, BRICKS, "[[tool: wall-sheet]]", "sheet"))

    sync(sample())

    assert row(Tool).html == html != ""
    assert links() == {("bricks", "wall-sheet")}


def test_publishing_what_is_published_already_touches_no_tool(app: Flask) -> None:
    publish_sample()
    before = (row(Tool).id, row(Course).version, links())

    sync(sample())

    assert (row(Tool).id, row(Course).version, links()) == before


def test_a_round_trip_changes_no_byte_of_a_tool(app: Flask, tmp_path) -> None:
    bundle = sample()
    bundle[SHEET] = b"\xef\xbb\xbf" + bundle[SHEET].replace(b"\n", b"\r\n")
    sync(bundle)

    exporting.write(tmp_path / "out", exporting.all_files())

    assert services.read_folder(tmp_path / "out")[SHEET] == bundle[SHEET]


def test_a_source_stays_while_a_tool_cites_it(app: Flask) -> None:
    files = edited(SHEET, "Draw it.", "Draw it [@wall2001].")
    bibliography = files["references.bib"]
    files["references.bib"] += bibliography.replace(b"madison2003", b"wall2001")
    sync(files)

    sync({"references.bib": bibliography})
    assert {source.key for source in db.session.scalars(select(Source))} == {"madison2003", "wall2001"}
    sync(sample())
    db.session.rollback()
    assert {source.key for source in db.session.scalars(select(Source))} == {"madison2003"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Draw it.", "Call {{number}}.", "there is no placeholder {{number}}"),
        ("Draw it.", "Call {{school.", "a placeholder that does not begin or end"),
        ("Draw it.", "[[check: brick-shape]]", "a check within a text of the tool"),
        ("Draw it.", '![Wall](media/wall.svg "A wall.")', "a figure within a text of the tool"),
        ("Draw it.", "Draw it [@nobody].", "there is no source “nobody”"),
        ("title: Wall sheet", "titel: Wall sheet", "titel: there is no such key"),
        ("reviewed: 2026-10-01", "paced: perhaps", "paced:"),
    ],
)
def test_what_is_wrong_with_a_tool_is_said_with_its_line(before: str, after: str, said: str) -> None:
    problems = services.check(edited(SHEET, before, after))

    assert [problem.file for problem in problems if said in problem.message] == [SHEET], problems
