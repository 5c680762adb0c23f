"""What a learner writes when they ask for their money back."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

LONGEST = 1_000  # characters


class AskForm(FlaskForm):
    """Ask for the money of an order."""

    text = TextAreaField(
        "Why would you like your money back?",
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired("Write a sentence about why"),
            Length(max=LONGEST, message=f"Write at most {LONGEST} characters"),
        ],
    )
