"""Forms of the admin: only the fields named here can be written."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
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
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput

from accounts.rules import normal_email
from admin.refund_words import REASONS
from core.clock import now
from core.errors import InvalidInput
from core.fields import WholeNumberField
from core.money import Money, read_money
from core.school import EDITABLE, current_school, require_readable
from shop.disputes.pack import LONGEST_NOTE
from shop.refunds.rules import RefundReason
from shop.refunds.services import Wish
from shop.seats.rules import read_breaks

HOST = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
ZONES = {zone: zone for zone in sorted(available_timezones())}
TEXTS = tuple(name for name in EDITABLE if name != "logo")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _trimmed(text: str | None) -> str:
    return (text or "").strip()


def _lines(text: str | None) -> str:
    return "\n".join(map(str.strip, (text or "").strip().splitlines()))


class ButtonForm(FlaskForm):
    """A form that is nothing but its button (and its token)."""


class SeeAsForm(FlaskForm):
    """Look at the school with somebody's eyes."""

    reason = StringField(
        "Reason",
        filters=[_one_line],
        validators=[DataRequired("Enter why you look, such as what they asked"), Length(max=200)],
    )


class AddressForm(FlaskForm):
    """Put right the address that a guest mistyped."""

    email = EmailField("New email address", validators=[InputRequired("Enter the address that was meant")])
    reason = StringField(
        "Reason",
        filters=[_one_line],
        validators=[DataRequired("Enter how you know whose order it is"), Length(max=200)],
    )

    def validate_email(self, field: Field) -> None:
        _as_address(field)


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
    instalments = WholeNumberField(
        "Number of payments",
        validators=[
            Optional(),
            NumberRange(2, 36, "Enter a number from 2 to 36, or nothing for a membership"),
        ],
    )

    def __init__(self, courses: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.courses.choices = courses


class EndPlanForm(FlaskForm):
    """End a running plan: when, and why."""

    when = RadioField(
        "When",
        choices={"period": "With what is paid: access stays until then", "now": "At once: access ends now"},
        default="period",
    )
    why = StringField(
        "Reason",
        filters=[_one_line],
        validators=[DataRequired("Enter why, in a sentence for the buyer"), Length(max=300)],
    )


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


class SeatPricesForm(FlaskForm):
    """From how many seats on which price, a line for each."""

    breaks = TextAreaField("Price breaks", filters=[_lines], validators=[Length(max=2000)])

    def __init__(self, currency: str, **values: Any) -> None:
        super().__init__(**values)
        self.currency = currency

    def validate_breaks(self, field: TextAreaField) -> None:
        try:
            read_breaks(field.data or "", self.currency)
        except InvalidInput as error:
            raise ValidationError(error.sentence) from error


class CohortForm(FlaskForm):
    """A cohort's name, days and places; its course is chosen once."""

    course = SelectField("Course", validators=[InputRequired("Choose a course")])
    name = StringField(
        "Name",
        filters=[_one_line],
        validators=[InputRequired("Enter a name"), Length(max=80)],
    )
    starts_on = DateField("First day", validators=[InputRequired("Enter the first day")])
    ends_on = DateField("Last day", validators=[Optional()])
    opens_on = DateField("Takes members from", validators=[Optional()])
    closes_on = DateField("Takes members until", validators=[Optional()])
    places = WholeNumberField("Places", validators=[Optional(), NumberRange(1, 100_000)])

    def __init__(self, courses: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.course.choices = {"": "Choose a course", **dict(courses)}

    def validate_ends_on(self, field: Field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("The last day comes before the first. Enter a later one")

    def validate_closes_on(self, field: Field) -> None:
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError(
                "This day comes before the one from which members are taken. Enter a later one"
            )

    def values(self) -> dict[str, Any]:
        """The cohort's own columns."""
        names = ("name", "starts_on", "ends_on", "opens_on", "closes_on", "places")
        return {name: self.data[name] for name in names}


class MemberForm(FlaskForm):
    """Add somebody to a cohort by hand."""

    email = EmailField("Email address", validators=[InputRequired("Enter the learner's email address")])


class EntryForm(MemberForm):
    """And of somebody who is in the course already: whether it closes to them until the cohort begins."""

    entry = RadioField(
        "Until the group begins",
        choices={
            "open": "The course stays open to them. Steps that open after so many days count from their own beginning.",
            "closed": "The course closes to them, and opens again with the group. What they did is kept.",
        },
        default="open",
    )

    @property
    def stays_open(self) -> bool:
        return bool(self.entry.data == "open")


class EvidenceForm(FlaskForm):
    """Hand in what is known of a disputed order, with what somebody at the school adds."""

    note = TextAreaField(
        "What the bank should know besides",
        filters=[_lines],
        validators=[Length(max=LONGEST_NOTE, message=f"Write at most {LONGEST_NOTE:,} characters")],
    )


class BulkForm(FlaskForm):
    """Bring a file of people to enroll."""

    file = FileField("File", validators=[FileRequired("Choose a CSV file")])


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
    refund_days = WholeNumberField(
        "Refund promise: days", validators=[InputRequired("Enter a number of days"), NumberRange(0, 365)]
    )
    refund_max_progress = WholeNumberField(
        "Refund promise: greatest progress, in percent",
        validators=[InputRequired("Enter a number from 0 to 100"), NumberRange(0, 100)],
    )
    asks_consent = BooleanField("Ask buyers to agree to immediate access")
    taxes_by_stripe = BooleanField("Let Stripe work out the tax")
    asks_tax_number = BooleanField("Ask buyers for a tax number")
    pauses_disputed = BooleanField("Close a course to its buyer while the payment is disputed")
    review_retention = WholeNumberField(
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


def _where_chosen(form: "RefundForm", field: Field) -> None:
    """What stands in the field counts where seats are to go back; then the form says what is wrong with it."""
    field.errors = []
    if form.how.data != "seats":
        raise StopValidation


class RefundForm(FlaskForm):
    """How much goes back, and why; of an order of seats also how many that are free. It is sent twice: to see what
    follows, and `confirmed`."""

    how = RadioField("How much", choices={"all": "All of it", "part": "A part"}, default="all")
    amount = StringField("Amount", filters=[_trimmed])
    seats = WholeNumberField("Free seats", validators=[_where_chosen])
    ends_access = BooleanField("End access all the same")
    reason = SelectField("Why", choices={str(reason): text for reason, text in REASONS.items()})
    note = StringField("Note", filters=[_one_line], validators=[Length(max=200)])
    change = HiddenField()
    confirmed = HiddenField()

    def __init__(
        self, left: Money, in_all: Money, free: int, price: Callable[[int], Money], **values: Any
    ) -> None:
        super().__init__(**values)
        self.left, self.in_all, self.free, self.price = left, in_all, free, price
        self.how.choices = {"all": f"All of it, {left}", "part": "A part"}
        if free:
            self.how.choices |= {"seats": "Seats that are free, at the price that was paid for them"}
        else:
            del self.seats

    @property
    def is_changed(self) -> bool:
        """Whether what was typed is wanted back, to be typed otherwise."""
        return bool(self.change.data)

    @property
    def is_confirmed(self) -> bool:
        return bool(self.confirmed.data)

    def validate_amount(self, field: StringField) -> None:
        if self.how.data != "part":
            return
        try:
            amount = read_money(field.data or "", self.left.currency)
        except InvalidInput as problem:
            raise ValidationError(problem.sentence) from problem
        if not 0 < amount.minor <= self.left.minor:
            raise ValidationError(f"Write an amount up to {self.left}, which is what is left")

    def validate_seats(self, field: WholeNumberField) -> None:
        if not 1 <= self.returned <= self.free:
            raise ValidationError(f"Write a number from 1 to {self.free}, for so many are free")
        if self.price(self.returned).minor > self.left.minor:
            raise ValidationError(
                f"They cost {self.price(self.returned)}, and {self.left} is left of the order"
            )

    def validate_ends_access(self, field: BooleanField) -> None:
        if field.data and self.returned:
            raise ValidationError(
                "Clear this box: free seats end by themselves, and nobody loses access by them"
            )

    @property
    def returned(self) -> int:
        """How many seats are to go back."""
        return (self.seats.data or 0) if self.how.data == "seats" else 0

    def wish(self) -> Wish:
        """What the form asks for, once it is valid."""
        amounts = {
            "all": lambda: self.left,
            "part": lambda: read_money(self.amount.data or "", self.left.currency),
            "seats": lambda: self.price(self.returned),
        }
        amount = amounts[self.how.data]()
        ends_access = bool(amount != self.in_all and self.ends_access.data)
        reason, note = RefundReason(self.reason.data), self.note.data or ""
        return Wish(amount, reason, note, ends_access, seats=self.returned)


class DeclineForm(FlaskForm):
    """Why the school says no."""

    sentence = TextAreaField(
        "Your answer to the learner",
        filters=[_trimmed],
        validators=[DataRequired("Write why, in a sentence"), Length(max=1_000)],
    )


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
