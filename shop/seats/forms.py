"""What a company types to order seats."""

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from accounts.rules import normal_name
from core.fields import WholeNumberField
from payments.invoicing import takes_transfers
from payments.values import Invoicing
from shop.models import Order
from shop.seats.rules import MOST_SEATS

CARD, TRANSFER = "card", "transfer"
WAYS = {
    CARD: "By card, or as the payment page offers",
    TRANSFER: "By bank transfer: the seats are ready when the money has arrived",
}


class SeatsForm(FlaskForm):
    """How many seats, what the invoice is to say, and of a guest the address."""

    seats = WholeNumberField(
        "Number of seats",
        validators=[
            InputRequired("Enter how many seats you want"),
            NumberRange(1, MOST_SEATS, f"Order between 1 and {MOST_SEATS} seats at a time"),
        ],
    )
    company = StringField(
        "Company or clinic",
        filters=[normal_name],
        validators=[DataRequired("Enter the name for the invoice"), Length(max=120)],
    )
    order_reference = StringField("Your order number", filters=[normal_name], validators=[Length(max=80)])
    email = EmailField("Email address", validators=[DataRequired("Enter your email address")])
    way = RadioField("How do you pay?", default=CARD)

    def __init__(self, currency: str, before: Order | None, is_guest: bool) -> None:
        super().__init__(data=_typed(before))
        if not is_guest:
            del self.email
        self.way.choices = WAYS if takes_transfers(currency) else {CARD: WAYS[CARD]}

    @property
    def invoicing(self) -> Invoicing:
        return Invoicing(self.company.data or "", self.order_reference.data or "", self.way.data == TRANSFER)


def _typed(before: Order | None) -> dict[str, object]:
    """What the form begins with: what was typed into an order that is not paid yet."""
    if before is None:
        return {"seats": 5}
    return {
        "seats": before.quantity, "company": before.company, "order_reference": before.order_reference,
        "way": TRANSFER if before.by_transfer else CARD, "email": before.email,
    }  # fmt: skip
