"""What a page puts into the slots of a lesson: questions, private answers, tools, video."""

import json
from typing import Any

from flask import render_template
from markupsafe import Markup

from quizzes.checks import check_html


def fill_slot(part: dict[str, Any], lesson_url: str, csrf: str, written: str | None) -> Markup:
    """The HTML of one slot for one reader. `written` is what they wrote there before: a text, or an answer's JSON."""
    return _FILLERS[part["kind"]](part, lesson_url, csrf, written)


def empty_slot(part: dict[str, Any]) -> Markup:
    """The slot in a preview, where nobody is known and nothing can be kept."""
    return Markup(render_template("lessons/_slot_closed.html", part=part, prompt=_prompt(part)))  # noqa: S704 - a template of ours


def _check(part: dict[str, Any], lesson_url: str, csrf: str, written: str | None) -> Markup:
    answer = json.loads(written) if written else None
    return check_html(part["name"], f"{lesson_url}/checks/{part['name']}", csrf, answer)


def _reflect(part: dict[str, Any], lesson_url: str, csrf: str, written: str | None) -> Markup:
    action = f"{lesson_url}/reflections/{part['name']}"
    page = render_template(
        "lessons/_reflect.html", part=part, prompt=_prompt(part), action=action, csrf=csrf, text=written or ""
    )
    return Markup(page)  # noqa: S704 - a template of ours


def _prompt(part: dict[str, Any]) -> Markup:
    return Markup(part.get("html", ""))  # noqa: S704 - stored by the renderer


_FILLERS = {"check": _check, "reflect": _reflect}
