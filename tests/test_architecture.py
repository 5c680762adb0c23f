"""The dull parts of the house, guarded: floors, room fronts, sizes, names, and who may make markup."""

import ast
import subprocess
from pathlib import Path

import pytest

from tests import servers

ROOT = servers.ROOT
ROOMS = (
    "core", "accounts", "payments", "sources", "courses", "enrollment", "shop", "progress", "certificates", "quizzes",
    "marking", "analysis", "lessons", "reviews", "articles", "teams", "publishing", "studio", "admin", "pages", "demo",
)  # fmt: skip
LONGEST = 450  # lines
MAKERS_OF_MARKUP = (
    "core/markup/", "core/icons.py", "quizzes/cases/map.py", "quizzes/cases/citations.py", "marking/public_text.py",
)  # fmt: skip
STORED_MARKUP = {  # what the renderer stored, taken out again
    "lessons/course_page.py", "lessons/course_views.py", "lessons/reading.py", "lessons/slots.py",
    "lessons/tools/pages.py",
    "quizzes/regrading/pages.py", "quizzes/result_paper.py",
    "quizzes/paper.py", "quizzes/reads.py", "quizzes/results.py", "quizzes/checks.py", "pages/views.py",
    "core/prerender.py", "core/school.py", "shop/legal.py", "quizzes/cases/reads.py", "courses/authors.py",
    "articles/pages.py", "pages/faq.py", "analysis/pages.py", "studio/editor/desk.py",
}  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    """The repository's files; all of a folder's where it is no repository."""
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = listed.stdout.split("\n") if listed.returncode == 0 else []
    found = [ROOT / name for name in names if name] or [
        path for pattern in patterns for path in ROOT.rglob(pattern) if ".venv" not in path.parts
    ]
    return [path for path in found if path.is_file()]


def of_rooms() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in ROOMS]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_floors_hold() -> None:
    ran = subprocess.run(
        [servers.executable("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_front_is_one_docstring(room: str) -> None:
    body = ast.parse((ROOT / room / "__init__.py").read_text()).body

    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)


def test_every_function_has_found_its_room() -> None:
    assert [name(path) for path in tracked("*.py") if path.name in ("utils.py", "helpers.py")] == []


def test_no_file_wants_to_be_two() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in of_rooms()}

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_markup_is_made_by_its_makers_alone() -> None:
    """`Markup(...)` calls text safe: the renderer and the icons may, others only what the renderer stored."""
    makers = {
        name(path)
        for path in of_rooms()
        if _calls_markup(path) and not name(path).startswith(MAKERS_OF_MARKUP)
    }

    assert makers <= STORED_MARKUP


def test_no_room_asks_the_time_but_the_clock() -> None:
    asking = [
        name(path)
        for path in of_rooms()
        if name(path) != "core/clock.py"
        and ("datetime.now(" in path.read_text() or "utcnow(" in path.read_text())
    ]

    assert asking == []


def _calls_markup(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "Markup" and call.args for call in calls)
