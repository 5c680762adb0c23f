"""Fields of forms that speak the house's words."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange

from core.fields import NO_NUMBER, WholeNumberField


class Jars(Form):
    number = WholeNumberField(validators=[NumberRange(1, 9, "Between 1 and 9")])


@pytest.mark.parametrize(
    ("typed", "errors"), [("5", []), ("five", [NO_NUMBER]), ("5.5", [NO_NUMBER]), ("10", ["Between 1 and 9"])]
)
def test_what_is_no_whole_number_is_told_in_words(typed: str, errors: list[str]) -> None:
    form = Jars(MultiDict({"number": typed}))

    form.validate()

    assert list(form.number.errors)[:1] == errors
