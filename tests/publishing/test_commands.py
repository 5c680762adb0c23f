"""The operator's commands: what they print, and how they end."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from core.database import db
from core.errors import Conflict
from courses.models import Course
from publishing.commands import content
from tests.publishing.sample import edited, sample

CONTENT = Path(__file__).parents[2] / "content"


def write(folder: Path, files: dict[str, bytes]) -> str:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return str(folder)


def run(app: Flask, command, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(command, list(arguments))


def count(model, **names) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**names)) or 0


def test_check_tells_the_number_of_files_and_counts_advice(app: Flask, tmp_path):
    result = run(app, content, "check", write(tmp_path / "bundle", sample()))
    files, advice = result.output.splitlines()
    assert (result.exit_code, files) == (0, f"{len(sample())} files, no problems")
    assert re.fullmatch(r"\d+ points of advice by the editorial standard; --strict names each", advice)


def test_a_bundle_that_keeps_the_standard_hears_nothing_of_it(app: Flask, tmp_path, monkeypatch):
    monkeypatch.setattr("publishing.standards.house.advice", lambda manuscript: [])
    result = run(app, content, "check", "--strict", write(tmp_path / "bundle", sample()))
    assert (result.exit_code, result.output) == (0, f"{len(sample())} files, no problems\n")


def test_strict_names_each_point_of_advice_and_fails(app: Flask, tmp_path):
    result = run(app, content, "check", "--strict", write(tmp_path / "bundle", sample()))
    told = result.output.splitlines()
    assert result.exit_code == 1
    assert "courses/barriers/lessons/mortar.md:1: the summary has 0 words (Write 60 to 90 words.)" in told
    assert told[-2:] == [
        f"{len(sample())} files, no problems",
        f"{len(told) - 2} points of advice by the editorial standard",
    ]


def test_report_prints_the_bundle_in_figures(app: Flask, tmp_path):
    result = run(app, content, "report", write(tmp_path / "bundle", sample()))
    told = [line.split() for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert ["barriers/lessons/bricks", "19", "8", "3.1", "2", "1", "1", "0", "1", "0", "0", "0"] in told
    assert ["all", "2", "26", "9", "-", "2", "1", "1", "0", "1", "0", "0", "0"] in told
    assert ["barriers", "2", "26", "14", "0", "1", "1", "1"] in told
    assert ["barriers/quizzes/door-case", "1", "2", "1", "0", "70"] in told
    assert ["all", "4", "0", "1", "1", "0", "2"] in told
    assert "  2 in all, 2 asked somewhere" in result.output
    assert "  by kind: choice 1, truefalse 1" in result.output
    assert "  sources 1: cited 1, not cited 0" in result.output
    assert ["the", "longest", "2", "2", "50.0", "50.0", "+0.0"] in told
    assert "  right among 2 options, by place: 2 0" in result.output


def test_check_tells_every_fault_and_fails(app: Flask, tmp_path):
    files = edited("glossary.md", ": What holds", "What holds")
    result = run(app, content, "check", write(tmp_path / "bundle", files))
    assert result.exit_code == 1
    assert result.output.splitlines()[0].startswith(
        "glossary.md:1: “Barrier, skin barrier” has no definition"
    )
    assert result.output.splitlines()[-2] == "2 problems"


def test_sync_tells_what_it_did(app: Flask, tmp_path):
    folder = write(tmp_path / "bundle", sample())
    first = run(app, content, "sync", folder)
    write(tmp_path / "bundle", edited("media/wall.md", "Two", "Three"))
    second = run(app, content, "sync", folder)
    assert first.output.splitlines()[-1] == f"{len(sample())} added, 0 changed, 0 unchanged"
    assert second.output.splitlines() == [
        "changed   media/wall.md",
        f"0 added, 1 changed, {len(sample()) - 1} unchanged",
    ]


def test_a_sync_that_another_one_overtook_says_so_and_fails(app: Flask, tmp_path, monkeypatch):
    def overtaken(*_: object) -> None:
        raise Conflict("Another sync has just changed the same files. Run it again.")

    monkeypatch.setattr("publishing.services.publish", overtaken)
    result = run(app, content, "sync", write(tmp_path / "bundle", sample()))
    assert result.exit_code == 1
    assert result.output == "Another sync has just changed the same files. Run it again.\n"


def test_sync_of_a_broken_bundle_fails_and_writes_nothing(app: Flask, tmp_path):
    files = edited("references.bib", "  note = {narrative review},\n", "")
    result = run(app, content, "sync", write(tmp_path / "bundle", files))
    assert result.exit_code == 1
    assert "references.bib:1: madison2003 has no design of the study" in result.output
    assert count(Course) == 0


def test_export_writes_what_came_and_keeps_out_of_full_folders(app: Flask, tmp_path):
    run(app, content, "sync", write(tmp_path / "bundle", sample()))
    target = tmp_path / "out"
    first = run(app, content, "export", str(target))
    second = run(app, content, "export", str(target))
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert {
        p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()
    } == sample()


@pytest.mark.parametrize("name", ["check", "report", "sync", "export"])
def test_each_command_shows_an_example(app: Flask, name):
    assert f"Example: flask stratum content {name}" in run(app, content, name, "--help").output
