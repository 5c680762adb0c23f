"""Questions inside lessons: shown with their reasons once answered, and answered as often as one likes."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from core.errors import NotFound


def check_html(question_id: str, action_url: str, csrf: str, answer: dict[str, Any] | None) -> Markup:
    """The question as a form; once answered also what became of each option, and why."""
    return Markup("")


def answer_check(question_id: str, form: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, Any]]:
    """The revision that is asked now and the answer that a form holds. Raises NotFound."""
    raise NotFound("There is no such question.")
