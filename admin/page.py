"""A page of the admin: its part of the navigation, and dates as the admin reads them; and a list as a file."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response as File
from flask import request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from accounts.rules import safe_next
from admin.navigation import sections
from core.audit import record
from core.clock import day_in, time_in
from core.database import transaction
from core.spreadsheet import csv_file
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


def way_back(endpoint: str) -> str:
    """The list from which somebody came, with its search and filters: what `next` says where it is an address of that
    list, else the whole list."""
    whole = url_for(endpoint)
    asked = safe_next(request.values.get("next"), whole)
    return asked if asked.partition("?")[0] == whole else whole


def exported(
    name: str, noun: str, cells: Iterable[Sequence[object]], about: Mapping[str, object], subject: str = ""
) -> File:
    """A list as a file for a spreadsheet, whose lines are in `cells`. The trail keeps who took it, and what of it.

    `noun` is one of its rows, as the trail names it; `subject` what the entry is about, if not the whole list.
    """
    with transaction():
        record(f"{noun}.export", subject or name, dict(about), actor_id=signed_in().user_id)
    return csv_file(name, cells)
