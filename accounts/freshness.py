"""Doors that ask for a fresh sign-in: whoever signed in long ago proves who they are, and comes back as they were.

docs/staff.md says which doors do.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from accounts.access import fresh_first

KEPT = "typed"  # in the session: the page of a form, and what was typed into it
MOST = 1_500  # characters; the session is a cookie
View = Callable[..., Any]


def fresh(form_page: str = "") -> Callable[[View], View]:
    """Let in only who proved lately who they are; it stands next to `@allow`.

    The others come back to the page of the form, with what they typed: `form_page` is its endpoint, by default this
    very address.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def door(*args: Any, **kwargs: Any) -> Any:
            return _prove_first(form_page, kwargs) or view(*args, **kwargs)

        door.is_fresh = True  # type: ignore[attr-defined]
        return door

    return mark


def sent_or_typed() -> MultiDict[str, str] | None:
    """What a form behind `@fresh` is filled from: what is being sent, or what was typed before proving, given once.

    None where there is neither, and the form shows its defaults.
    """
    if request.method == "POST":
        return request.form
    page, fields = session.get(KEPT) or ("", [])
    if page != request.path:
        return None
    session.pop(KEPT)
    return MultiDict([(name, text) for name, text in fields])


def _prove_first(form_page: str, values: dict[str, Any]) -> Response | None:
    page = _address(form_page, values) if form_page else request.full_path.rstrip("?")
    stale = fresh_first(page)
    if stale and request.method == "POST":
        _keep_typed(urlsplit(page).path)
    return stale


def _address(endpoint: str, values: dict[str, Any]) -> str:
    """The address of the form's page: what it is about is named there as it is here."""
    rule = next(iter(current_app.url_map.iter_rules(endpoint)))
    return url_for(endpoint, **{name: values[name] for name in rule.arguments})


def _keep_typed(page: str) -> None:
    fields = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    if sum(len(name) + len(text) for name, text in fields) <= MOST:
        session[KEPT] = [page, fields]
