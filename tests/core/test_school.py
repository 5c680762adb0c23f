"""The school's settings: cached by version, seen by every process, and refused where they cannot be read."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from core import config as configuration
from core.colour import contrast
from core.database import db, transaction
from core.errors import InvalidInput
from core.school import (
    DARK_PAPER,
    LIGHT_PAPER,
    School,
    change_school,
    current_school,
    fill_places,
    require_readable,
    stylesheet,
)
from tests.counting import statements


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    from core import school

    school._kept.clear()
    yield
    school._kept.clear()


def name_it(name: str, **values: object) -> None:
    with transaction():
        change_school({"name": name, **values})


def fresh_name() -> str:
    """The name as the next request sees it."""
    g.pop("school", None)
    return current_school().name


def test_a_school_that_was_never_named_has_its_defaults(app: Flask) -> None:
    assert current_school() == School()


def test_a_change_is_seen_and_counted(app: Flask) -> None:
    name_it("Dermis Academy", refund_days=30)
    name_it("Dermis")

    assert fresh_name() == "Dermis"
    assert current_school().refund_days == 30
    assert current_school().version == 2


def test_another_process_sees_the_change_at_its_next_request(
    app: Flask, config: configuration.Config
) -> None:
    from app import create_app
    from core import school

    other = create_app(config)
    name_it("Before")
    with other.app_context():
        assert current_school().name == "Before"
    theirs = dict(school._kept)
    name_it("After")
    school._kept.clear()
    school._kept.update(theirs)  # What the other process still holds.

    with other.app_context():
        assert current_school().name == "After"
        db.session.remove()
        db.engine.dispose()


def test_a_request_costs_one_tiny_statement_while_nothing_changes(app: Flask) -> None:
    name_it("Dermis")
    fresh_name()

    with statements() as sent:
        fresh_name()
        current_school()

    assert len(sent) == 1
    assert "version" in sent[0]


def test_a_change_that_was_rolled_back_is_never_seen(app: Flask) -> None:
    """Also when its pages, mails or a later change with the same version came in between."""

    def change_and_fail() -> None:
        with transaction():
            change_school({"name": "Never"})
            assert fresh_name() in ("Never", "Stratum")  # A mail of this transaction may ask.
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    name_it("Dermis")

    assert fresh_name() == "Dermis"


def test_what_is_no_setting_is_not_written(app: Flask) -> None:
    """V23"""
    with transaction():
        change_school({"name": "Dermis", "id": 7, "version": 99, "nonsense": 1})

    assert fresh_name() == "Dermis"
    assert current_school().version == 1


def test_a_school_without_a_name_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidInput) as refusal, transaction():
        change_school({"name": "  "})

    assert refusal.value.field == "name"
    assert fresh_name() == "Stratum"


@pytest.mark.parametrize("field", ["colour_primary", "colour_accent"])
@pytest.mark.parametrize("colour", ["#e8c0b0", "#ffffff", "#ffff00", "#8fb8a5"])
def test_a_faint_colour_is_refused_with_the_nearest_that_passes(app: Flask, field: str, colour: str) -> None:
    with pytest.raises(InvalidInput) as refusal, transaction():
        change_school({field: colour})

    assert refusal.value.field == field
    nearest = re.findall(r"#[0-9a-f]{6}", refusal.value.sentence)[-1]
    assert nearest != colour
    assert contrast(nearest, LIGHT_PAPER) >= 4.5
    require_readable(nearest, field)


@pytest.mark.parametrize("colour", ["red", "#fff", "#9c3d28}body{display:none", ""])
def test_what_is_no_colour_is_refused(app: Flask, colour: str) -> None:
    """Nothing but a colour reaches the stylesheet."""
    with pytest.raises(InvalidInput), transaction():
        change_school({"colour_primary": colour})


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_the_stylesheet_is_readable_in_both_themes(primary: int, accent: int) -> None:
    school = School(colour_primary=f"#{primary:06x}", colour_accent=f"#{accent:06x}")

    light, dark, chosen = stylesheet(school).strip().splitlines()

    for line, paper in ((light, LIGHT_PAPER), (dark, DARK_PAPER), (chosen, DARK_PAPER)):
        for token in ("--clay:", "--sage:"):
            assert contrast(line.partition(token)[2][:7], paper) >= 4.5


def test_two_changes_at_once_lose_none(app: Flask) -> None:
    from tests.crowd import at_once

    name_it("Dermis")
    fields = ["legal_name", "legal_address", "support_email", "country", "crisis_line", "emergency_number"]

    def change(i: int) -> None:
        with transaction():
            change_school({fields[i]: "given"})

    assert at_once(app, len(fields), change) == [None] * len(fields)
    fresh_name()
    assert [getattr(current_school(), field) for field in fields] == ["given"] * len(fields)
    assert current_school().version == 1 + len(fields)


def test_the_schools_words_stand_in_the_places_of_a_text_and_are_words() -> None:
    html = '<p title="{{school}}">{{school}} at {{link}}, not {{other}}; {{ school }} {{{{school}}}}</p>'

    filled = fill_places(html, {"school": "<b>A & B</b> {{link}}", "link": Markup('<a href="/">us</a>')})

    name = "&lt;b&gt;A &amp; B&lt;/b&gt; {{link}}"
    assert filled == (
        f'<p title="{{{{school}}}}">{name} at <a href="/">us</a>, '
        f"not {{{{other}}}}; {{{{ school }}}} {{{{{name}}}}}</p>"
    )
