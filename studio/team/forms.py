"""The form by which somebody begins to teach a course."""

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField
from wtforms.validators import InputRequired

from courses.roles import CourseRole
from studio.team.rules import MEANINGS

CHOICES = {role.value: f"{role.value.capitalize()}: {words}" for role, words in MEANINGS.items()}


class MemberForm(FlaskForm):
    """Who, and in which role."""

    email = EmailField("Email address", validators=[InputRequired("Enter the address of an instructor")])
    role = SelectField("Role", choices=CHOICES, default=CourseRole.EDITOR.value)
