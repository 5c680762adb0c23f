"""Forms of this room. Those for Flask-Security's views are its own, with our words, rules and write door."""

from typing import Any
from zoneinfo import available_timezones

from flask import request
from flask_security.change_email import ChangeEmailForm
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    VerifyForm,
    email_required,
    password_required,
    unique_user_email,
    valid_user_email,
)
from flask_security.utils import hash_password
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from accounts import guesses
from accounts.rules import errand, normal_email, normal_name, normal_password, password_problem, safe_next
from accounts.security_settings import SETTINGS
from accounts.services import has_password
from accounts.writing import begin_writing
from core.errors import InvalidInput
from core.web import signed_in

ADDRESS, PASSWORD = "Email address", "Password"
LANGUAGES = [SelectChoice(value="en", label="English")]
TIME_ZONES = [SelectChoice(value=zone) for zone in sorted(available_timezones())]
# What is typed, not what is sent: a name of spaces alone would stand on a certificate as none.
NAMED = [
    DataRequired("Enter the name for your certificate"),
    Length(max=120, message="Keep the name to 120 characters"),
]


class WritesOnceValid:
    """Opens the transaction of the surrounding `writing()` as soon as there is something to write."""

    def validate(self, **kwargs: Any) -> bool:
        valid: bool = super().validate(**kwargs)  # type: ignore[misc]
        if valid:
            begin_writing()
        return valid


class KeepsNext:
    """Carries `next` along, where it stays on this site."""

    next: HiddenField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.next.data = safe_next(self.next.data or request.args.get("next"), default="")

    @property
    def errand(self) -> str:
        """What its reader came for, empty where it is nothing special."""
        return errand(self.next.data or "")


class SignInForm(WritesOnceValid, KeepsNext, LoginForm):
    email = EmailField(ADDRESS, validators=[email_required, EmailValidation()])
    password = PasswordField(PASSWORD, validators=[password_required])
    remember = BooleanField("Keep me signed in for 30 days of use")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # The library puts a link here; our page has its own.

    def validate(self, **kwargs: Any) -> bool:
        account = str(self.email.data or "")
        guesses.require_left("sign-in", account)
        valid = super().validate(**kwargs)
        if not valid and account and self.password.data and not self.user_authenticated:
            guesses.count_wrong("sign-in", account)
        return valid


class ProveForm(WritesOnceValid, KeepsNext, VerifyForm):
    password = PasswordField(PASSWORD, validators=[password_required])

    def validate(self, **kwargs: Any) -> bool:
        guesses.require_left("sign-in", self.user.email)
        valid = super().validate(**kwargs)
        if not valid and self.password.data:
            guesses.count_wrong("sign-in", self.user.email)
        return valid


class RegisterForm(WritesOnceValid, KeepsNext, RegisterFormV2):
    name = StringField("Name for your certificate", filters=[normal_name], validators=NAMED)
    email = EmailField(ADDRESS, validators=[email_required, EmailValidation(), unique_user_email])
    password = PasswordField(PASSWORD, validators=[password_required])


class ForgotForm(WritesOnceValid, KeepsNext, ForgotPasswordForm):
    next = HiddenField()
    email = EmailField(ADDRESS, validators=[email_required, EmailValidation(), valid_user_email])

    def validate(self, **kwargs: Any) -> bool:
        hash_password("as long as the library takes for an address that nobody has")
        return super().validate(**kwargs)


class ConfirmAgainForm(WritesOnceValid, KeepsNext, SendConfirmationForm):
    next = HiddenField()
    email = EmailField(ADDRESS, validators=[email_required, EmailValidation(), valid_user_email])


class ResetForm(WritesOnceValid, ResetPasswordForm):
    password = PasswordField("New password", validators=[password_required])
    password_confirm = None  # type: ignore[assignment]


class ChangeForm(WritesOnceValid, ChangePasswordForm):
    """A new password. Who has none yet is not asked for it: the door asks for a fresh sign-in instead."""

    password = PasswordField("Password now", validators=[password_required])
    new_password = PasswordField("New password", validators=[password_required])
    new_password_confirm = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_password = has_password(signed_in().user_id)
        if not self.has_password:
            self.password.validators = []

    def validate(self, **kwargs: Any) -> bool:
        account = signed_in().email
        guesses.require_left("sign-in", account)
        valid = super().validate(**kwargs)
        if SETTINGS["MSG_INVALID_PASSWORD"][0] in self.password.errors:
            guesses.count_wrong("sign-in", account)
        return valid


class NewAddressForm(WritesOnceValid, ChangeEmailForm):
    email = EmailField("New email address", validators=[email_required, EmailValidation(), unique_user_email])


class LinkForm(KeepsNext, FlaskForm):
    """Ask for a sign-in link."""

    email = EmailField(ADDRESS, validators=[InputRequired("Enter your email address")])
    next = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        try:
            field.data = normal_email(field.data or "")
        except InvalidInput as problem:
            raise ValidationError(problem.sentence) from problem


class WelcomeForm(FlaskForm):
    """What the owner of an account that was made for them says first."""

    name = StringField("Name for your certificate", filters=[normal_name], validators=NAMED)
    password = PasswordField(PASSWORD, validators=[InputRequired("Enter a password")])

    def __init__(self, email: str) -> None:
        super().__init__()
        self._email = email

    def validate_password(self, field: PasswordField) -> None:
        problem = password_problem(normal_password(field.data or ""), self.name.data or "", self._email)
        if problem:
            raise ValidationError(problem)


class CodeForm(FlaskForm):
    """A code of the authenticator, or a recovery code."""

    code = StringField("Code", validators=[InputRequired("Enter the code"), Length(max=40)])


class ProfileForm(FlaskForm):
    """What a person says of themselves."""

    name = StringField("Name for your certificate", filters=[normal_name], validators=NAMED)
    time_zone = SelectField("Time zone", choices=TIME_ZONES)
    language = SelectField("Language", choices=LANGUAGES)


class ButtonForm(FlaskForm):
    """A form that is nothing but its button (and its token)."""
