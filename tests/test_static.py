"""The look: addresses in stylesheets, contrast of the tokens, weight, and templates without inline code."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from core.colour import contrast

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.html") if p.parent.name != "email")
WASHES = ("clay", "sage", "honey", "brick", "lake")
INK = ("ink", "ink-2", "ink-3", *WASHES)
TEXT_PAIRS = [
    *((text, ground) for text in INK for ground in ("paper", "surface", "sunken")),
    *((text, f"{wash}-wash") for wash in WASHES for text in ("ink", "ink-2", wash)),
    *(("on-clay", ground) for ground in ("clay", "clay-deep")),
    *((text, ground) for text in ("on-plum", "on-plum-2", "blush") for ground in ("plum", "plum-2")),
    ("ink", "mark"),
]
CONTROL_PAIRS = [("line-2", "paper"), ("line-2", "surface"), ("focus", "paper"), ("focus", "surface")]
BLOCKS_A_PAGE = 2
BUDGET = 20 * 1024  # bytes of a page's stylesheets, compressed


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", css))


def _themes() -> dict[str, dict[str, str]]:
    light, by_system, by_choice = re.split(
        r"@media screen and \(prefers-color-scheme: dark\)|:root\[data-theme=\"dark\"\]",
        (STATIC / "css" / "tokens.css").read_text(),
    )
    first = _colours(light)
    return {
        "light": first,
        "dark by system": first | _colours(by_system),
        "dark by choice": first | _colours(by_choice),
    }


@pytest.mark.parametrize("theme", ["light", "dark by system", "dark by choice"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (CONTROL_PAIRS, 3.0)])
def test_tokens_can_be_read(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = _themes()[theme]

    faint = [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < least]

    assert faint == []


def test_dark_is_the_same_by_system_and_by_choice() -> None:
    themes = _themes()

    assert themes["dark by system"] == themes["dark by choice"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_addresses_in_stylesheets_carry_the_hash_of_their_file(sheet: Path) -> None:
    addresses = re.findall(r'url\("([^"?]+)\?v=([0-9a-f]+)"\)', sheet.read_text())

    stale = [
        address
        for address, mark in addresses
        if hashlib.sha256((sheet.parent / address).read_bytes()).hexdigest()[:10] != mark
    ]

    assert stale == []
    assert sheet.read_text().count("url(") == len(addresses)


def test_the_stylesheets_of_the_heaviest_page_stay_within_their_budget() -> None:
    blocks = sorted((_weight(sheet) for sheet in SHEETS if sheet.parent.name == "blocks"), reverse=True)
    for_all = [_weight(sheet) for sheet in SHEETS if sheet.parent.name != "blocks"]

    assert sum(for_all) + sum(blocks[:BLOCKS_A_PAGE]) < BUDGET


def _weight(sheet: Path) -> int:
    return len(gzip.compress(sheet.read_bytes()))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_no_inline_code_and_trust_no_text(template: Path) -> None:
    source = template.read_text()

    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|\|\s*safe\b", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_name_only_files_that_exist(template: Path) -> None:
    source = template.read_text()
    named = re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", source)
    for call, pattern in (("styles", "css/blocks/{}.css"), ("scripts", "js/{}.js")):
        for names in re.findall(rf"m\.{call}\(([^)]*)\)", source):
            named += [pattern.format(name) for name in re.findall(r"[\"']([\w-]+)[\"']", names)]

    assert [path for path in named if not (STATIC / path).is_file()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_page_links_at_most_four_stylesheets(template: Path) -> None:
    shared = 2  # tokens and base
    blocks = [
        len(re.findall(r"[\"'][\w-]+[\"']", names))
        for names in re.findall(r"m\.styles\(([^)]*)\)", template.read_text())
    ]

    assert sum(blocks) + shared <= 4
