"""What the pages for bundles take."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class ZipForm(FlaskForm):
    """Bring a zip."""

    file = FileField("Zip file", validators=[FileRequired("Choose a zip file")])
