"""The form that changes something for one learner. Dates are days and times of the school's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from core.fields import WholeNumberField
from core.school import current_school
from marking.allowances.services import MOST_EXTRA, Change
from quizzes.models import Quiz

WHOLE_COURSE = "0"
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]  # of a browser, and as one types it without its calendar


class AccommodationForm(FlaskForm):
    """What is changed, and in what. `filled_from` is the stamp of what stood in the form when it was opened."""

    filled_from = HiddenField()
    quiz = SelectField("In")
    extra_time = WholeNumberField(
        "Extra time, in percent",
        validators=[
            InputRequired("Write a number; 0 for none."),
            NumberRange(0, 400, "Write a number from 0 to 400."),
        ],
    )
    extra_attempts = WholeNumberField(
        "Extra attempts",
        validators=[
            InputRequired("Write a number; 0 for none."),
            NumberRange(0, MOST_EXTRA, f"Write a number from 0 to {MOST_EXTRA}."),
        ],
    )
    opens = DateTimeLocalField("Opens", format=FORMATS, validators=[Optional()])
    closes = DateTimeLocalField("Closes", format=FORMATS, validators=[Optional()])

    def offer(self, quizzes: list[Quiz]) -> "AccommodationForm":
        """Let the form choose among these quizzes, or all of the course."""
        self.quiz.choices = [(WHOLE_COURSE, "All of the course"), *((str(q.id), q.title) for q in quizzes)]
        return self

    @property
    def quiz_id(self) -> int | None:
        return None if self.quiz.data == WHOLE_COURSE else int(self.quiz.data)

    @property
    def change(self) -> Change:
        return Change(
            self.extra_time.data or 0,
            self.extra_attempts.data or 0,
            _moment(self.opens.data),
            _moment(self.closes.data),
        )


def _moment(local: datetime | None) -> datetime | None:
    return local.replace(tzinfo=ZoneInfo(current_school().time_zone)) if local else None


def local(moment: datetime | None) -> datetime | None:
    """A moment as the school's clock shows it, for the form."""
    zone = ZoneInfo(current_school().time_zone)
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None
