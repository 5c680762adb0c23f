"""What a learner writes when they ask for their money back."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

LONGEST = 1_000  # characters


class AskForm(FlaskForm):
    """Ask for the money of an order. No reason is needed, so the text may be empty."""

    text = TextAreaField(
        "Why? You need not say",
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=LONGEST, message=f"Write at most {LONGEST} characters")],
    )
