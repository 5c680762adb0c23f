"""Files that come in beside what the studio changed: neither is lost, and all of it comes or nothing."""

from pathlib import Path

import pytest
from flask import Flask

from core.database import transaction
from core.errors import Conflict
from publishing import services
from publishing.archive import read_zip, write_zip
from publishing.commands import content
from publishing.entries import Side
from publishing.exporting import all_files, course_files
from publishing.services import BrokenBundle
from publishing.syncing import Arrival, look_at, prepare, take_over
from publishing.three_way import Fate
from tests.conftest import make_config
from tests.publishing.sample import edited, sample
from tests.publishing.test_commands import run, write

BRICKS = "courses/barriers/lessons/bricks.md"
MORTAR = "courses/barriers/lessons/mortar.md"
BIB = "references.bib"
OTHER = """
@book{other2001,
  author = {Other, A.},
  title = {Other},
  publisher = {X},
  year = {2001},
  note = {textbook}
}
"""


def bring(files: dict[str, bytes], is_part: bool = False, choose: Side | None = None) -> Arrival:
    arrival = look_at(files, is_part, choose)
    edition = prepare(arrival)
    with transaction():
        take_over(arrival, edition)
    return arrival


def publish_in_studio(*changes: tuple[str, str, str]) -> None:
    """Publish changed texts without files that came in."""
    files = all_files()
    for path, before, after in changes:
        assert before.encode() in files[path]
        files[path] = files[path].replace(before.encode(), after.encode())
    with transaction():
        services.sync(files)


def fates(arrival: Arrival) -> dict[str, Fate]:
    return {change.path: change.fate for change in arrival.changes if change.fate is not Fate.UNCHANGED}


@pytest.fixture
def school(app: Flask) -> Flask:
    """The sample came in from files."""
    bring(sample())
    return app


def test_neither_the_studios_nor_the_files_changes_are_lost(school: Flask) -> None:
    publish_in_studio((BRICKS, "Skin has", "All skin has"), (MORTAR, "lipids", "many lipids"))
    files = edited(BRICKS, "Where did you", "When did you") | {"media/wall.md": b"Three bricks.\n"}
    first = bring(files)
    stands = all_files()
    again = bring(files)
    expected = {BRICKS: Fate.MERGED, MORTAR: Fate.KEPT, "media/wall.md": Fate.CHANGED}
    assert fates(first) == expected
    assert first.summary == f"0 added, 1 changed, {len(sample()) - 3} unchanged, 1 merged, 1 kept"
    assert b"All skin has" in stands[BRICKS]
    assert b"When did you" in stands[BRICKS]
    assert (b"many lipids" in stands[MORTAR], stands["media/wall.md"]) == (True, b"Three bricks.\n")
    assert fates(again) == {BRICKS: Fate.KEPT, MORTAR: Fate.KEPT}
    assert all_files() == stands


def test_a_conflict_changes_nothing_until_it_is_settled(school: Flask, tmp_path: Path) -> None:
    publish_in_studio((MORTAR, "lipids", "fats"))
    folder = write(tmp_path / "in", edited(MORTAR, "lipids", "oils") | {"media/wall.md": b"Three.\n"})
    before = all_files()
    looked = run(school, content, "sync", folder, "--dry-run")
    refused = run(school, content, "sync", folder)
    assert looked.output.splitlines() == [
        f"conflict  {MORTAR}",
        "changed   media/wall.md",
        f"0 added, 1 changed, {len(before) - 2} unchanged, 1 conflict",
    ]
    assert (refused.exit_code, refused.output.splitlines()[0]) == (1, f"conflict  {MORTAR}")
    assert "--theirs" in refused.output
    assert all_files() == before
    taken = run(school, content, "sync", folder, "--theirs")
    assert taken.exit_code == 0
    assert b"oils" in all_files()[MORTAR]


def test_what_was_kept_once_is_not_asked_again(school: Flask) -> None:
    publish_in_studio((MORTAR, "lipids", "fats"))
    files = edited(MORTAR, "lipids", "oils")
    bring(files, choose=Side.OURS)
    assert fates(bring(files)) == {MORTAR: Fate.KEPT}
    assert b"fats" in all_files()[MORTAR]


def test_who_was_overtaken_is_told_and_changes_nothing(school: Flask) -> None:
    late = look_at(edited(MORTAR, "lipids", "oils"))
    edition = prepare(late)
    bring(sample() | {"media/wall.md": b"Three.\n"})
    with pytest.raises(Conflict, match="meanwhile"), transaction():
        take_over(late, edition)
    assert b"oils" not in all_files()[MORTAR]


def test_what_leans_on_something_that_leaves_is_a_fault(school: Flask) -> None:
    publish_in_studio((MORTAR, "The barrier", "See [the article](/articles/why-walls). The barrier"))
    files = edited(BRICKS, "## The wall", "## A wall") | {"articles/why-walls.md": b"---\n---\n"}
    with pytest.raises(BrokenBundle):
        bring(files)


def test_a_part_adds_to_what_is_shared_and_leaves_the_rest(school: Flask) -> None:
    part = {BIB: (sample()[BIB].decode().partition("@")[0] + OTHER.lstrip()).encode()}
    bring(part, is_part=True)
    assert all_files() == sample() | {BIB: sample()[BIB] + OTHER.encode()}


def test_a_course_comes_out_elsewhere_as_it_went_in(
    school: Flask, sqlite_template: Path, tmp_path: Path
) -> None:
    from app import create_app

    bring(
        sample()
        | {
            BIB: sample()[BIB] + OTHER.encode(),
            "glossary.md": sample()["glossary.md"] + b"\nZinc\n: A metal.\n",
        }
    )
    course = course_files("barriers")
    zipped = write_zip(course.files)
    (tmp_path / "elsewhere.db").write_bytes(sqlite_template.read_bytes())
    elsewhere = create_app(make_config(tmp_path / "other", DATABASE_URL=f"sqlite:///{tmp_path}/elsewhere.db"))
    with elsewhere.app_context():
        bring(read_zip(zipped), is_part=True)
        assert write_zip(course_files("barriers").files) == zipped == write_zip(all_files())
    assert course.leads_away == ()
    assert b"other2001" not in course.files[BIB]
    assert b"Zinc" not in course.files["glossary.md"]
    assert course.files.keys() == sample().keys() - {"articles/why-walls.md", "legal/terms/2026-11-21.md"}
