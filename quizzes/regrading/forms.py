"""What somebody fills in who grades a question anew."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from quizzes.regrading.rules import Cause

LONGEST = 300  # characters


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class RegradeForm(FlaskForm):
    """What to do, and why."""

    cause = RadioField("What to do", validators=[InputRequired("Choose what to do")])
    reason = TextAreaField(
        "Reason, as learners will read it",
        filters=[_one_line],
        validators=[
            DataRequired("Give the reason: the learners read it"),
            Length(max=LONGEST, message=f"Keep the reason to {LONGEST} characters"),
        ],
    )

    def offer(self, choices: dict[Cause, str]) -> None:
        """What may be chosen here."""
        self.cause.choices = [(cause.value, words) for cause, words in choices.items()]
