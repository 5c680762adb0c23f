"""What a page puts into the slots of a lesson: questions, private answers, tools, video."""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from quizzes.checks import CheckGiven, check_html


@dataclass(frozen=True)
class Written:
    """What a reader wrote into a slot before: a text, or an answer's JSON to the question as `revision_id` asked it."""

    text: str
    revision_id: int


@dataclass(frozen=True)
class Desk:
    """What the slots of one page share. `edition` changes with each publication (see quizzes.checks)."""

    lesson_url: str
    csrf: str
    edition: Hashable


def fill_slot(part: dict[str, Any], desk: Desk, written: Written | None) -> Markup:
    """The HTML of one slot for one reader."""
    return _FILLERS.get(part["kind"], _later)(part, desk, written)


def empty_slot(part: dict[str, Any]) -> Markup:
    """The slot in a preview, where nobody is known and nothing can be kept."""
    return Markup(render_template("lessons/_slot_closed.html", part=part, prompt=_prompt(part)))  # noqa: S704 - a template of ours


def _check(part: dict[str, Any], desk: Desk, written: Written | None) -> Markup:
    given = CheckGiven(written.revision_id, json.loads(written.text)) if written else None
    return check_html(
        part["name"], f"{desk.lesson_url}/checks/{part['name']}", desk.csrf, given, desk.edition
    )


def _reflect(part: dict[str, Any], desk: Desk, written: Written | None) -> Markup:
    page = render_template(
        "lessons/_reflect.html",
        part=part,
        prompt=_prompt(part),
        action=f"{desk.lesson_url}/reflections/{part['name']}",
        csrf=desk.csrf,
        text=written.text if written else "",
    )
    return Markup(page)  # noqa: S704 - a template of ours


def _later(part: dict[str, Any], _desk: Desk, _written: Written | None) -> Markup:
    """A video, which nothing plays yet, or a tool that is not published."""
    return empty_slot(part)


def _prompt(part: dict[str, Any]) -> Markup:
    return Markup(part.get("html", ""))  # noqa: S704 - stored by the renderer


_FILLERS = {"check": _check, "reflect": _reflect}
