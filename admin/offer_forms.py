"""Forms of codes and bundles: only the fields named here can be written."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from core.errors import InvalidInput
from core.fields import WholeNumberField
from core.money import Money, read_money
from shop.bundles.drafts import Draft as BundleDraft
from shop.bundles.models import Bundle
from shop.coupons.drafts import Draft
from shop.coupons.models import Coupon
from shop.coupons.rules import LONGEST_CODE, Reduction

MOMENT = "%Y-%m-%dT%H:%M"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def read_price(text: str) -> Money:
    """`459.00 EUR` or `EUR 459.00`. Raises InvalidInput."""
    words = sorted(text.split(), key=lambda word: word.isalpha())
    if len(words) != 2 or not (words[1].isascii() and words[1].isalpha() and len(words[1]) == 3):
        raise InvalidInput(f"{text!r} is not an amount with its currency. Write it as 459.00 EUR.")
    return read_money(words[0], words[1].upper())


def _price(field: StringField) -> Money:
    try:
        return read_price(field.data or "")
    except InvalidInput as problem:
        raise ValidationError(problem.sentence) from problem


class CodeForm(FlaskForm):
    """A code. One of `percent` and `amount` is filled; moments are in the zone of the one who writes."""

    code = StringField(
        "Code", filters=[_one_line], validators=[DataRequired("Enter the code"), Length(max=LONGEST_CODE)]
    )
    percent = WholeNumberField("Percent", validators=[Optional(), NumberRange(1, 100)])
    amount = StringField("Or an amount", filters=[_one_line])
    courses = SelectMultipleField("Only for these courses", coerce=int)
    starts_at = DateTimeLocalField("Holds from", format=MOMENT, validators=[Optional()])
    ends_at = DateTimeLocalField("Holds until", format=MOMENT, validators=[Optional()])
    max_uses = WholeNumberField("Most uses in all", validators=[Optional(), NumberRange(1, 10**6)])
    max_per_person = WholeNumberField(
        "Most uses by one person", validators=[Optional(), NumberRange(1, 1000)]
    )
    is_active = BooleanField("It can be used", default=True)
    note = StringField("Note", filters=[_one_line], validators=[Length(max=200)])

    def __init__(self, courses: list[tuple[int, str]], zone: str, **values: Any) -> None:
        super().__init__(**values)
        self.courses.choices = courses
        self._zone = ZoneInfo(zone)

    def validate_amount(self, field: StringField) -> None:
        if (self.percent.data is None) == (not field.data):
            raise ValidationError("Fill in either a percentage or an amount")
        if field.data and _price(field).is_free:
            raise ValidationError("Enter an amount above nothing")

    def validate_ends_at(self, field: DateTimeLocalField) -> None:
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError("It must end after it begins")

    def draft(self) -> Draft:
        """What the form says."""
        amount = read_price(self.amount.data) if self.amount.data else None
        return Draft(
            code=self.code.data or "",
            reduction=Reduction(self.percent.data, amount, frozenset(self.courses.data or ())),
            starts_at=self._moment(self.starts_at.data),
            ends_at=self._moment(self.ends_at.data),
            max_uses=self.max_uses.data,
            max_per_person=self.max_per_person.data,
            is_active=self.is_active.data,
            note=self.note.data or "",
        )

    def _moment(self, local: datetime | None) -> datetime | None:
        return local.replace(tzinfo=self._zone) if local else None


def values_of_code(coupon: Coupon, zone: str) -> dict[str, Any]:
    """What the form of this code shows at first."""
    names = ("code", "percent", "max_uses", "max_per_person", "is_active", "note")
    moments = {"starts_at": coupon.starts_at, "ends_at": coupon.ends_at}
    amount = coupon.reduction.amount
    return {
        **{name: getattr(coupon, name) for name in names},
        **{name: at and at.astimezone(ZoneInfo(zone)) for name, at in moments.items()},
        "amount": f"{amount.amount} {amount.currency}" if amount else "",
        "courses": sorted(coupon.reduction.course_ids),
    }


class BundleForm(FlaskForm):
    """A bundle. The address of one that is there cannot be written."""

    slug = StringField(
        "Address",
        filters=[_one_line, str.lower],
        validators=[DataRequired("Enter the address"), Length(max=80)],
    )
    title = StringField(
        "Title", filters=[_one_line], validators=[DataRequired("Enter the title"), Length(max=120)]
    )
    summary = StringField("Summary", filters=[_one_line], validators=[Length(max=300)])
    courses = SelectMultipleField(
        "Courses", coerce=int, validators=[InputRequired("Choose two courses or more")]
    )
    prices = TextAreaField("Prices", validators=[DataRequired("Enter a price")])
    is_active = BooleanField("It is on sale", default=True)

    def __init__(self, courses: list[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.courses.choices = courses

    def validate_prices(self, field: TextAreaField) -> None:
        try:
            self._prices()
        except InvalidInput as problem:
            raise ValidationError(problem.sentence) from problem

    def draft(self) -> BundleDraft:
        """What the form says."""
        return BundleDraft(
            slug=self.slug.data or "",
            title=self.title.data or "",
            summary=self.summary.data or "",
            course_ids=self.courses.data or (),
            prices=self._prices(),
            is_active=self.is_active.data,
        )

    def _prices(self) -> list[Money]:
        return [read_price(line) for line in (self.prices.data or "").splitlines() if line.strip()]


def values_of_bundle(bundle: Bundle) -> dict[str, Any]:
    """What the form of this bundle shows at first."""
    prices = [f"{row.price.amount} {row.currency}" for row in bundle.prices]
    return {
        "slug": bundle.slug,
        "title": bundle.title,
        "summary": bundle.summary,
        "courses": [member.course_id for member in bundle.members],
        "prices": "\n".join(prices),
        "is_active": bundle.is_active,
    }
