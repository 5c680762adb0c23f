"""The guard of whoever sees as somebody else: nothing is written, what is private stays closed, a bar says so.

docs/staff.md says what is guaranteed.
"""

import re
from contextlib import suppress

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as WerkzeugResponse

from accounts import sights
from core import web
from core.database import take_writes, transaction
from core.errors import Forbidden

bp = Blueprint("seeing", __name__, url_prefix="/seeing")
READING = ("GET", "HEAD", "OPTIONS")
NOTHING_CHANGES = (
    "You look at the school with somebody else’s eyes, so nothing can be changed, and nothing was. "
    "Stop looking first: the button is on top of every page."
)
PRIVATE = "This page belongs to the person alone. Who looks with their eyes does not see it."
IS_OVER = (
    "The half hour in which you saw the school with somebody else’s eyes is over: you are yourself again."
)
_AFTER_SKIP = re.compile(rb'(<a class="skip"[^>]*>[^<]*</a>)')


def init_app(app: Flask) -> None:
    """Stand at the door of every page; the rooms' policies are asked before."""
    app.before_request(guard)
    app.after_request(show_bar)


@bp.post("/stop")
@web.allow(web.SIGNED_IN)
def stop() -> WerkzeugResponse:
    """See as oneself again, and go back to where the person stands in the admin."""
    own = web.signed_in()
    take_writes()
    with transaction():
        person_id = sights.end(own.sign_in_id)
    if person_id is None:
        return redirect("/dashboard", 303)
    return redirect(url_for("admin_people.show", user_id=person_id), 303)


def guard() -> None:
    """Refuse what would write, and pages that are the person's alone. Raises Forbidden."""
    if request.endpoint in (None, "static", "seeing.stop"):
        return
    is_private = getattr(current_app.view_functions[request.endpoint], "is_private", False)
    writes = request.method not in READING
    person = web.reader() if writes or is_private else g.get("reader")
    if person is None:
        return
    if g.get("sight_is_over"):
        _be_oneself(person, writes)
    elif person.seen_by and (writes or is_private):
        raise Forbidden(NOTHING_CHANGES if writes else PRIVATE)


def show_bar(response: Response) -> Response:
    """Put the bar on top of every page, also of those that come ready-made and those that tell of an error."""
    person: web.Reader | None = g.get("reader")
    if person and person.seen_by and response.mimetype == "text/html" and not response.is_streamed:
        bar = render_template("accounts/_seeing.html", person=person, minutes=g.sight_minutes)
        response.data = _AFTER_SKIP.sub(lambda found: found[0] + bar.encode(), response.data, count=1)
    return response


def _be_oneself(person: web.Reader, writes: bool) -> None:
    """The time was over: this is the first page since, so nothing that was sent from an older one is carried out."""
    with suppress(OperationalError), transaction():
        sights.end(person.sign_in_id)
    if writes:
        raise Forbidden(f"{IS_OVER} Nothing was changed.")
    flash(IS_OVER, "info")
