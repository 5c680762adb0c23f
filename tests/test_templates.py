"""Every template: it compiles, it is a whole page, and nothing in it goes round the rules of the house."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from tests import servers

TEMPLATES = servers.ROOT / "templates"
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
WEB = [name for name in ALL if name.endswith(".html") and not name.startswith("email/")]
SHELLS = {"base.html", "app.html"}
PAGES = [name for name in WEB if not Path(name).name.startswith("_") and name not in SHELLS]
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
TOKEN = re.compile(r"csrf|form\.hidden_tag|form\.csrf_token")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The product's own environment, without a database."""
    from app import create_app
    from tests.conftest import make_config

    app: Flask = create_app(make_config(tmp_path_factory.mktemp("instance")))
    return app.jinja_env


@pytest.mark.parametrize("name", ALL)
def test_every_template_compiles_and_finds_its_parts(house: Environment, name: str) -> None:
    house.get_template(name)

    for part in meta.find_referenced_templates(house.parse(source(name))):
        assert part is None or (TEMPLATES / part).is_file()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_and_one_first_heading(house: Environment, name: str) -> None:
    assert any("title" in blocks(house, each) for each in lineage(house, name))
    assert headings(house, name) == 1


@pytest.mark.parametrize("name", WEB)
def test_nothing_is_called_safe_and_nothing_stands_inline(name: str) -> None:
    text = source(name)

    assert not re.search(r"\|\s*safe\b", text)
    assert not re.search(r"{%-?\s*autoescape", text)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("name", WEB)
def test_every_form_that_changes_something_carries_its_token(name: str) -> None:
    posting = [
        form for form in FORM.findall(source(name)) if re.search(r'method="post"', form[:400], re.IGNORECASE)
    ]

    assert all(TOKEN.search(form) for form in posting)


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def blocks(house: Environment, name: str) -> set[str]:
    return {block.name for block in house.parse(source(name)).find_all(nodes.Block)}


def lineage(house: Environment, name: str) -> list[str]:
    """The template and what it extends, up to but without the shells."""
    parent = house.parse(source(name)).find(nodes.Extends)
    above = parent.template.as_const() if parent else None
    return [name, *(lineage(house, above) if above and above not in SHELLS else [])]


def headings(house: Environment, name: str) -> int:
    """How many first headings a page's own markup, its parents', its parts' and the macros it calls hold."""
    texts = [source(each) for each in lineage(house, name)]
    texts += [source(part) for text in texts for part in re.findall(r'{%-?\s*include "([^"]+)"', text)]
    found = sum(len(re.findall(r"<h1\b", text)) + sum(map(text.count, heading_calls(text))) for text in texts)
    return found or sum(len(re.findall(r"m\.empty\([^%]*, 1\)", text)) for text in texts)


def heading_calls(text: str) -> list[str]:
    """The calls that bring a first heading, as they are written: `frame.top(`."""
    return [
        f"{alias}.{macro}("
        for file, alias in re.findall(r'{%-?\s*import "([^"]+)" as (\w+)', text)
        for macro, body in re.findall(
            r"{%-?\s*macro (\w+)\(.*?%}(.*?){%-?\s*endmacro", source(file), re.DOTALL
        )
        if "<h1" in body
    ]
