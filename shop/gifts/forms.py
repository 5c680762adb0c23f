"""What a giver types, and whoever claims."""

from datetime import date
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from accounts.rules import normal_email, normal_name
from core.clock import now
from core.errors import InvalidInput
from core.ids import crockford, read_crockford
from core.web import Reader
from shop.coupons.rules import LONGEST_CODE
from shop.gifts.models import Gift
from shop.gifts.rules import (
    KEY_LENGTH,
    LONGEST_MESSAGE,
    LONGEST_NAME,
    LONGEST_TYPED,
    key_of,
    sending_moment,
)
from shop.gifts.services import Recipient, Wrapping
from shop.models import Order
from shop.sales import Sale


class RecipientForm(FlaskForm):
    """To whom a gift goes, and on which day."""

    recipient_name = StringField(
        "Name of the person you give it to",
        filters=[normal_name],
        validators=[DataRequired("Enter the name of the person you give it to"), Length(max=LONGEST_NAME)],
    )
    recipient_email = EmailField(
        "Their email address", validators=[InputRequired("Enter the email address that the gift goes to")]
    )
    send_on = DateField("Day on which it is mailed", validators=[InputRequired("Choose the day")])

    def __init__(self, time_zone: str, **data: object) -> None:
        self.zone = ZoneInfo(time_zone)
        super().__init__(data={"send_on": self.today, **data})

    @property
    def today(self) -> date:
        return now().astimezone(self.zone).date()

    @property
    def recipient(self) -> Recipient:
        return Recipient(
            self.recipient_name.data or "", self.recipient_email.data or "", self.day,
            sending_moment(self.day, self.zone, now()),
        )  # fmt: skip

    @property
    def day(self) -> date:
        return self.send_on.data or self.today

    def validate_recipient_email(self, field: EmailField) -> None:
        try:
            field.data = normal_email(field.data or "")
        except InvalidInput as error:
            raise ValidationError(error.sentence) from error

    def validate_send_on(self, field: DateField) -> None:
        try:
            sending_moment(self.day, self.zone, now())
        except InvalidInput as error:
            raise ValidationError(error.sentence) from error


class GiftForm(RecipientForm):
    """A gift as it is ordered. `key` is the form's own, by which it is ordered once."""

    message = TextAreaField(
        "A message to them",
        filters=[lambda text: _plain(text or "")],
        validators=[Length(max=LONGEST_MESSAGE, message=f"At most {LONGEST_MESSAGE} characters")],
    )
    giver_name = StringField(
        "Your name, as they shall read it",
        filters=[normal_name],
        validators=[DataRequired("Enter your name as they shall read it"), Length(max=LONGEST_NAME)],
    )
    currency = SelectField("Currency")
    code = StringField(
        "Code", validators=[Length(max=LONGEST_CODE)], filters=[lambda text: (text or "").strip()]
    )
    consent = BooleanField()
    key = HiddenField()

    def __init__(
        self, sale: Sale, reader: Reader, consent: str, order: Order | None, gift: Gift | None
    ) -> None:
        typed = (
            _typed(order, gift)
            if order and gift
            else {"giver_name": reader.name, "key": crockford(KEY_LENGTH)}
        )
        super().__init__(reader.time_zone, **typed)
        self.currency.choices = [(currency, str(offer.price)) for currency, offer in sale.offers.items()]
        self.currency.data = self.currency.data or sale.first.price.currency
        self.consent.label.text = consent

    @property
    def wrapping(self) -> Wrapping:
        to = self.recipient
        return Wrapping(
            to.recipient_name, to.recipient_email, to.send_on, to.send_at, self.giver_name.data or "",
            self.message.data or "",
        )  # fmt: skip

    def validate_key(self, field: HiddenField) -> None:
        if read_crockford(field.data or "", KEY_LENGTH) != field.data:
            field.data = crockford(KEY_LENGTH)
            raise ValidationError("This form was changed on its way. Look it over, then send it again.")


class CodeForm(FlaskForm):
    """A code that somebody got."""

    code = StringField(
        "Code",
        validators=[InputRequired("Enter the code of your gift"), Length(max=LONGEST_TYPED)],
    )


class ButtonForm(FlaskForm):
    """A form that is nothing but its button (and its token)."""


def _typed(order: Order, gift: Gift) -> dict[str, object]:
    """What was typed into a form whose order waits for its payment."""
    return {
        "recipient_name": gift.recipient_name, "recipient_email": gift.recipient_email, "send_on": gift.send_on,
        "message": gift.message, "giver_name": gift.giver_name, "currency": order.currency,
        "code": order.coupon_code, "consent": bool(order.consent_version), "key": key_of(order.subject),
    }  # fmt: skip


def _plain(text: str) -> str:
    """Lines without what does not print; a name's rules hold in each."""
    return "\n".join(normal_name(line) for line in text.strip().splitlines())
