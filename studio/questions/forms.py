"""Forms of the way in."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from studio.questions.formats import IMPORTERS

FORMATS = {"": "Found by itself", **{key: each.label for key, each in IMPORTERS.items()}}


class BringForm(FlaskForm):
    """Bring questions as a file, or paste them."""

    file = FileField("File")
    text = TextAreaField("Or paste the questions")
    format = SelectField("Format", choices=FORMATS)


class KeepForm(FlaskForm):
    """Name the file that the questions become."""

    name = StringField("Name of the file", validators=[InputRequired("Enter a name")])
