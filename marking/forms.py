"""What the forms of authors and markers hold."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired

from marking.drafts import CONFIRM
from marking.judging import Judgement
from marking.scheme import scheme_of
from marking.services import items_to_mark
from quizzes.presentation import clean
from quizzes.reads import asked

LONGEST_COMMENT = 5_000  # characters
LONGEST_LEVEL = 3  # digits


class HandInForm(FlaskForm):
    """The summary before handing in."""

    confirmed = BooleanField(
        "This names no client and shows no photograph of one", validators=[InputRequired(CONFIRM)]
    )


class ButtonForm(FlaskForm):
    """Nothing but a button, and its token."""


def read_judgement(attempt_id: str, form: Mapping[str, str]) -> Judgement:
    """What a marker's form says; a level that the rubric does not have is none."""
    levels: dict[int, list[int | None]] = {}
    comments: dict[int, list[str]] = {}
    for item in items_to_mark(attempt_id):
        position, criteria = item.position, scheme_of(asked(item.revision_id).question).criteria
        levels[position] = [
            _level(form.get(f"l{position}-{place}", ""), row.levels) for place, row in enumerate(criteria)
        ]
        comments[position] = [
            _words(form.get(f"c{position}-{place}", "")) for place, _ in enumerate(criteria)
        ]
    return Judgement(levels, comments, _words(form.get("words", "")))


def _level(text: str, levels: Sequence[object]) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_LEVEL
    return int(text) if is_number and int(text) < len(levels) else None


def _words(text: str) -> str:
    return clean(text)[:LONGEST_COMMENT].strip()
