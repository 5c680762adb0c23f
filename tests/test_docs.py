"""The documents say what is so: their commands exist, every variable is described, links lead somewhere."""

import re
from pathlib import Path

import pytest
from flask import Flask

from core.config import VARIABLES
from tests import servers
from tests.test_architecture import name, tracked

ROOT = servers.ROOT
DOCUMENTS = sorted(
    path for path in tracked("*.md") if name(path).startswith("docs/") or "/" not in name(path)
)
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
HEADINGS = ("## Context", "## Decision", "## Consequences")
TEXTS = (
    ".py",
    ".md",
    ".html",
    ".txt",
    ".toml",
    ".lock",
    ".css",
    ".js",
    ".yml",
    ".yaml",
    ".json",
    ".cfg",
    ".sh",
    ".bib",
)
# Names of registries' hosts and of folders of one machine are put together here, so that they stand nowhere.
FOREIGN = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "/ro" + "ot/",
    "/wo" + "rk/",
    "/ho" + "me/",
)


def ids(paths: list[Path]) -> list[str]:
    return [name(path) for path in paths]


def test_the_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", read("README.md"), re.MULTILINE))

    assert {first or second for first, second in named} <= targets
    assert {"run", "serve", "test", "bench", "help"} <= targets


def test_every_target_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()

    public = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()

    assert [target for target in public if not re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids(DOCUMENTS))
def test_commands_that_documents_name_exist(app_commands: set[str], document: Path) -> None:
    named = re.findall(r"flask stratum ((?:[a-z]+ ?)+)", document.read_text())

    for words in (text.split() for text in named):
        assert any(" ".join(words[:length]) in app_commands for length in (1, 2)), words


def test_every_command_has_help_with_an_example(app_commands: set[str]) -> None:
    assert {
        "content check",
        "content sync",
        "content export",
        "user create",
        "user role",
        "enroll",
    } <= app_commands


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_documented(variable: str) -> None:
    assert f"| `{variable}` |" in read("docs/configuration.md")


@pytest.mark.parametrize("page", DECISIONS, ids=ids(DECISIONS))
def test_a_decision_page_has_its_headings(page: Path) -> None:
    text = page.read_text()

    assert re.match(r"# \d+\. \S", text)
    assert "Status: " in text
    assert [heading for heading in HEADINGS if heading not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=ids(DOCUMENTS))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)", _without_code(document.read_text()))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    texts = [path for path in tracked() if path.suffix in TEXTS or path.name in ("Makefile", "run")]

    assert [(name(path), word) for path in texts for word in FOREIGN if word in path.read_text()] == []


@pytest.fixture(scope="module")
def app_commands(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The operator's commands as words, each with its example."""
    import click

    from app import create_app
    from tests.conftest import make_config

    app: Flask = create_app(make_config(tmp_path_factory.mktemp("instance")))
    group = app.cli.commands["stratum"]
    assert isinstance(group, click.Group)
    found = set()
    for word, command in group.commands.items():
        inner = (
            {f"{word} {sub}": each for sub, each in command.commands.items()}
            if isinstance(command, click.Group)
            else {}
        )
        for words, each in (inner or {word: command}).items():
            assert f"Example: flask stratum {words}" in (each.help or ""), words
            found.add(words)
    return found


def read(path: str) -> str:
    return (ROOT / path).read_text()


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
