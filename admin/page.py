"""A page of the admin: its part of the navigation, and dates as the admin reads them."""

from functools import partial
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from admin.navigation import sections
from core.clock import day_in, time_in
from core.web import render, signed_in

Answer = str | tuple[str, int] | Response


def page(template: str, tab: str, form: FlaskForm | None = None, **context: Any) -> Answer:
    """The page; with a form that came back with errors it is a 422."""
    zone = signed_in().time_zone
    html = render(
        f"admin/{template}.html",
        nav="admin",
        tab=tab,
        sections=sections(),
        form=form,
        day=partial(day_in, zone),
        moment=partial(time_in, zone),
        **context,
    )
    return (html, 422) if form and form.errors else html
