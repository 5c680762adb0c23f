"""Forms of the admin: only the fields named here can be written."""

import re
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import CheckboxInput

from accounts.rules import normal_email
from core.clock import now
from core.errors import InvalidInput
from core.school import EDITABLE, current_school, require_readable

HOST = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
ZONES = {zone: zone for zone in sorted(available_timezones())}
TEXTS = tuple(name for name in EDITABLE if name != "logo")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _lines(text: str | None) -> str:
    return "\n".join(map(str.strip, (text or "").strip().splitlines()))


class ButtonForm(FlaskForm):
    """A form that is nothing but its button (and its token)."""


class PlanForm(FlaskForm):
    """A plan to be put on sale. Without a number of payments it is a membership."""

    title = StringField(
        "Name", filters=[_one_line], validators=[DataRequired("Enter a name for the plan"), Length(max=120)]
    )
    courses = SelectMultipleField(
        "Courses", validators=[InputRequired("Choose at least one course")], option_widget=CheckboxInput()
    )
    amount = StringField("Each payment", validators=[InputRequired("Enter what each payment is")])
    rhythm = SelectField("Paid each", choices={"month": "Month", "year": "Year"}, default="month")
    instalments = IntegerField(
        "Number of payments",
        validators=[
            Optional(),
            NumberRange(2, 36, "Enter a number from 2 to 36, or nothing for a membership"),
        ],
    )

    def __init__(self, courses: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.courses.choices = courses


class EnrollForm(FlaskForm):
    """Let somebody into a course."""

    email = EmailField("Email address", validators=[InputRequired("Enter the learner's email address")])
    course = SelectField("Course", validators=[InputRequired("Choose a course")])
    note = StringField(
        "Reason",
        filters=[_one_line],
        validators=[DataRequired("Enter why you let them in"), Length(max=200)],
    )
    last_day = DateField("Last day", validators=[Optional()])

    def __init__(self, courses: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.course.choices = {"": "Choose a course", **dict(courses)}

    def validate_email(self, field: EmailField) -> None:
        _as_address(field)

    def validate_last_day(self, field: DateField) -> None:
        today = now().astimezone(ZoneInfo(current_school().time_zone)).date()
        if field.data is not None and field.data < today:
            raise ValidationError("Choose a day that is not over yet, or leave it empty")


class SchoolForm(FlaskForm):
    """What the school says of itself. Fields are named as in core.school.School."""

    name = StringField(
        "Name", filters=[_one_line], validators=[InputRequired("Enter the school's name"), Length(max=80)]
    )
    logo = FileField("Logo")
    drop_logo = BooleanField("Take the logo away and show the drawn mark")
    colour_primary = StringField("Main colour", filters=[_one_line, str.lower])
    colour_accent = StringField("Second colour", filters=[_one_line, str.lower])
    legal_name = StringField("Legal name", filters=[_one_line], validators=[Length(max=200)])
    legal_address = TextAreaField("Legal address", filters=[_lines], validators=[Length(max=500)])
    support_email = EmailField("Support address")
    time_zone = SelectField("Time zone", choices=ZONES)
    currency = StringField(
        "Currency",
        filters=[_one_line, str.upper],
        validators=[Regexp(r"^[A-Z]{3}$", message="Write the currency as three letters")],
    )
    refund_days = IntegerField(
        "Refund promise: days", validators=[InputRequired("Enter a number of days"), NumberRange(0, 365)]
    )
    refund_max_progress = IntegerField(
        "Refund promise: greatest progress, in percent",
        validators=[InputRequired("Enter a number from 0 to 100"), NumberRange(0, 100)],
    )
    review_retention = IntegerField(
        "Share to be recalled, in percent",
        validators=[InputRequired("Enter a number from 80 to 95"), NumberRange(80, 95)],
    )
    country = StringField("Country", filters=[_one_line], validators=[Length(max=80)])
    emergency_number = StringField("Emergency number", filters=[_one_line], validators=[Length(max=40)])
    crisis_line = StringField("Crisis line", filters=[_one_line], validators=[Length(max=120)])
    certificate_host = StringField("Certificate host", filters=[_one_line, str.lower])

    def validate_colour_primary(self, field: Field) -> None:
        _as_colour(field)

    def validate_colour_accent(self, field: Field) -> None:
        _as_colour(field)

    def validate_support_email(self, field: Field) -> None:
        if (field.data or "").strip():
            _as_address(field)

    def validate_certificate_host(self, field: Field) -> None:
        if field.data and not re.match(HOST, field.data):
            raise ValidationError("Write the host alone, such as certificates.example.org")

    def values(self) -> dict[str, Any]:
        """The settings by name, without the logo."""
        return {name: self.data[name] for name in TEXTS}


def _as_address(field: Field) -> None:
    try:
        field.data = normal_email(field.data or "")
    except InvalidInput as problem:
        raise ValidationError(problem.sentence) from problem


def _as_colour(field: Field) -> None:
    try:
        require_readable(field.data, field.name)
    except InvalidInput as problem:
        raise ValidationError(problem.sentence) from problem
