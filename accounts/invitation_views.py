"""The door of an invitation: on to setting a password."""

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from accounts.invitations import invited_by
from accounts.services import reset_path
from core.web import ANYONE, allow

bp = Blueprint("invitations", __name__)


@bp.get("/invitations/<token>")
@allow(ANYONE)
def follow(token: str) -> Response:
    """Lead to the page that sets the password; a link that is over, or was used, to the one that sends another."""
    user = invited_by(token)
    if user is None:
        flash(
            "This invitation was used, or is over. Enter your address, and a mail brings a new link.", "info"
        )
        return redirect("/reset")
    return redirect(reset_path(user))
