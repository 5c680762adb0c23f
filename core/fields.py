"""Fields of forms that say in the house's words what is wrong with what was typed."""

from wtforms import IntegerField

NO_NUMBER = "Enter a whole number, in figures"


class WholeNumberField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(NO_NUMBER) from problem
