"""What managers and holders of seats may type and choose."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from accounts.rules import normal_email
from core.errors import InvalidInput
from core.web import Reader
from teams.rules import Share

LONGEST = 100_000  # characters of a list
CHOICES = {
    Share.NOTHING.value: "Nothing: only that the seat is taken",
    Share.PROGRESS.value: "My name, how far I am, and when I am done",
    Share.CERTIFICATE.value: "My name, how far I am, and my certificate with its last day",
}


class ButtonForm(FlaskForm):
    """A form that is nothing but its button (and its token)."""


class InviteForm(FlaskForm):
    """Whom to invite: pasted, or as a file."""

    addresses = TextAreaField("Email addresses")
    file = FileField("Or a CSV file")

    @property
    def text(self) -> str:
        """What was pasted, and what is in the file."""
        brought = self.file.data.read(LONGEST + 1) if self.file.data else b""
        return f"{self.addresses.data or ''}\n{_decoded(brought)}"

    def validate_addresses(self, field: TextAreaField) -> None:
        if not (field.data or "").strip() and not self.file.data:
            raise ValidationError("Paste the addresses, or choose a file")
        if len(field.data or "") > LONGEST:
            raise ValidationError("This list is too long. Bring it in two parts.")


class AddressForm(FlaskForm):
    """One address that an invitation goes to."""

    email = EmailField("Email address", validators=[InputRequired("Enter an email address")])

    def validate_email(self, field: EmailField) -> None:
        try:
            field.data = normal_email(field.data or "")
        except InvalidInput as error:
            raise ValidationError(error.sentence) from error


class SharesForm(FlaskForm):
    """What the managers of a team see of one seat's holder."""

    shares = RadioField("What may your team see?", choices=CHOICES, default=Share.NOTHING.value)

    @property
    def choice(self) -> Share:
        return Share(self.shares.data)


class JoinForm(SharesForm):
    """And, of whoever is signed in with another address than the one invited, that they mean it."""

    anyway = BooleanField(
        validators=[InputRequired("Tick this box, or sign in with the address that was invited")]
    )

    def __init__(self, invited: str, person: Reader | None, team: str) -> None:
        super().__init__()
        if person is None or person.email == invited:
            del self.anyway
        else:
            self.anyway.label.text = (
                f"Yes, take it with {person.email}. {team} sees that an account of another address has it."
            )


def _decoded(brought: bytes) -> str:
    """The text of a file from whatever program wrote it."""
    try:
        return brought.decode("utf-8-sig")
    except UnicodeDecodeError:
        return brought.decode("latin-1")
