"""What managers and holders of seats may type and choose."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from accounts.rules import normal_email
from core.errors import InvalidInput
from core.web import Reader
from teams.rules import Share

LONGEST = 100_000  # characters of a list, bytes of a file
TOO_LONG = "This list is too long. Bring it in two parts."
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
        pasted = (self.addresses.data or "").rstrip()
        brought = _decoded(_read(self.file)) if self.file.data else ""
        return f"{pasted}\n{brought}" if pasted else brought

    def validate_addresses(self, field: TextAreaField) -> None:
        if not (field.data or "").strip() and not self.file.data:
            raise ValidationError("Paste the addresses, or choose a file")
        if len(field.data or "") > LONGEST:
            raise ValidationError(TOO_LONG)

    def validate_file(self, field: FileField) -> None:
        brought = _read(field) if field.data else None
        if brought is None:
            return
        if len(brought) > LONGEST:
            raise ValidationError(TOO_LONG)
        if b"\0" in brought:  # A workbook, or text that is not UTF-8.
            raise ValidationError(
                "This file cannot be read as text. Save it as CSV (UTF-8), and choose that file."
            )
        if not _decoded(brought).strip():
            raise ValidationError("There is nothing in this file.")


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


def _read(field: FileField) -> bytes:
    """The file from its beginning, and of a long one a byte more than may be."""
    field.data.seek(0)
    brought: bytes = field.data.read(LONGEST + 1)
    return brought


def _decoded(brought: bytes) -> str:
    """The text of a file from whatever program wrote it."""
    try:
        return brought.decode("utf-8-sig")
    except UnicodeDecodeError:
        return brought.decode("latin-1")
