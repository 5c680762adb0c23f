"""The doors of invitations: on to setting a password, or to taking over an account that was paid for."""

from flask import Blueprint, flash, redirect
from flask_security.utils import hash_password
from werkzeug.wrappers import Response

from accounts import access, rules, services
from accounts.forms import WelcomeForm
from accounts.invitations import invited_by, welcomed_by
from accounts.services import reset_path
from core.database import transaction
from core.web import ANYONE, allow, render

bp = Blueprint("invitations", __name__)
OVER = "This link is over. Enter your address, and a mail brings a new one that signs you in."


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


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@allow(ANYONE)
def welcome(token: str) -> str | tuple[str, int] | Response:
    """Ask for name and password. Only the button confirms the address: programs that scan mails press nothing."""
    found = welcomed_by(token)
    if found is None:
        flash(OVER, "info")
        return redirect("/login/link")
    user, onward = found
    if user.confirmed_at is not None:  # It was used: who is signed in goes on, who is not is asked to.
        return redirect(onward)
    form = WelcomeForm(user.email)
    if not form.validate_on_submit():
        page = render("accounts/welcome.html", nav="login", form=form, address=user.email)
        return (page, 422) if form.errors else page
    hashed = hash_password(rules.normal_password(form.password.data or ""))
    with transaction():
        services.take_over(user, form.name.data or "", hashed)
        return access.enter(user, False, onward)
