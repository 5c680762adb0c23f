"""The forms of a course's settings and of a new course."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from studio.settings.rules import CERTIFICATE, DAYS, LINES, MONEY, SLUGS, TEXTS, Settings
from studio.settings.services import Offers

WORDS = {"free": "All steps are open", "modules": "Module after module", "strict": "Step after step"}
MOST_QUESTIONS = 60
LONGEST = Length(max=300)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _lines(text: str | None) -> str:
    return "\n".join(filter(None, map(_line, (text or "").splitlines())))


def _text(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip("\n")


class NewForm(FlaskForm):
    """A course that is begun, from nothing or from another one."""

    title = StringField("Title", filters=[_line], validators=[InputRequired("Enter a title"), LONGEST])
    slug = StringField("Address", filters=[_line], validators=[Length(max=60)])
    origin = SelectField("Begin with", validate_choice=True)
    collection = StringField("Collection", filters=[_line], validators=[LONGEST])
    language = StringField("Language", filters=[_line], default="en", validators=[LONGEST])
    authors = SelectMultipleField("Authors", option_widget=CheckboxInput())

    def offer(self, found: Offers, origins: dict[str, str]) -> "NewForm":
        self.authors.choices = found.authors
        self.origin.choices = {"": "An empty course"} | origins
        return self


class SettingsForm(FlaskForm):
    """Everything in a course's text but its outline."""

    title = StringField("Title", filters=[_line], validators=[InputRequired("Enter a title"), LONGEST])
    subtitle = StringField("Subtitle", filters=[_line], validators=[LONGEST])
    collection = StringField("Collection", filters=[_line], validators=[LONGEST])
    language = StringField("Language", filters=[_line], validators=[LONGEST])
    level = StringField("Level", filters=[_line], validators=[LONGEST])
    cover = SelectField("Cover")
    outcomes = TextAreaField("What learners can do afterwards", filters=[_lines])
    audience = TextAreaField("Whom it is for", filters=[_lines])
    not_for = TextAreaField("Whom it is not for", filters=[_lines])
    authors = SelectMultipleField("Authors", option_widget=CheckboxInput())
    body = TextAreaField("Text of the sales page", filters=[_text])
    price = StringField("Price", filters=[_line], validators=[LONGEST])
    currency = StringField("Currency", filters=[_line], validators=[LONGEST])
    prices = TextAreaField("Prices in further currencies", filters=[_lines])
    order = SelectField("Order of the steps", choices={"": "Not said: all steps are open"} | WORDS)
    requires = SelectMultipleField("Courses to complete before", option_widget=CheckboxInput())
    access_months = StringField("Months of access", filters=[_line])
    enroll_from = StringField("First day on which learners are taken", filters=[_line])
    enroll_until = StringField("Last day on which learners are taken", filters=[_line])
    certified = BooleanField("This course issues a certificate")
    certificate_steps = TextAreaField("Steps that it takes", filters=[_lines])
    # `pass` is a word of the language.
    pass_mark = StringField("Pass mark in percent", filters=[_line])
    valid_months = StringField("Months for which it is valid", filters=[_line])
    category = StringField("Category", filters=[_line])

    def offer(self, found: Offers, there: Settings) -> "SettingsForm":
        """What can be chosen; what the text names already stays among it."""
        self.cover.choices = {"": "None"} | _kept([there["cover"]]) | found.covers
        self.authors.choices = _kept(there["authors"]) | found.authors
        self.requires.choices = _kept(there["requires"]) | found.courses
        return self

    def wished(self, there: Settings, may_price: bool) -> Settings:
        """What the form says, by the names of `settings_of`."""
        said: Settings = {key: self[key].data or "" for key in (*TEXTS, *DAYS, *LINES, "body")}
        said |= {key: _in_order(there[key], self[key].data or []) for key in SLUGS}
        said |= {key: self["pass_mark" if key == "pass" else key].data or "" for key in CERTIFICATE}
        said |= {
            "certified": bool(self.certified.data),
            "certificate_steps": (self.certificate_steps.data or "").splitlines(),
            "faq": _faq(),
            "opens": {
                module: (_sent(f"days-{module}"), _sent(f"date-{module}")) for module in there["opens"]
            },
        }
        return said | {key: self[key].data or "" for key in MONEY if may_price or key in request.form}


def data_of(there: Settings) -> dict[str, Any]:
    """What fills the form."""
    steps = "\n".join(there["certificate_steps"])
    return {**there, "certificate_steps": steps, "pass_mark": there["pass"]}


def _kept(values: list[str]) -> dict[str, str]:
    return {value: value for value in values if value}


def _in_order(there: list[str], chosen: list[str]) -> list[str]:
    """Those that stay, as they stood, and the new ones behind them."""
    return [one for one in there if one in chosen] + [one for one in chosen if one not in there]


def _sent(name: str) -> str:
    return _line(request.form.get(name))


def _faq() -> list[tuple[str, str]]:
    """The questions with their answers; a row without a question is none."""
    rows = (
        (_sent(f"question-{n}"), _text(request.form.get(f"answer-{n}")).strip())
        for n in range(MOST_QUESTIONS)
    )
    return [(question, answer) for question, answer in rows if question or answer]
