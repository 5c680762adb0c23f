"""The page where mails are chosen, and the link in a mail that ends its kind."""

from flask import Blueprint, abort, flash, redirect, request, url_for

from accounts import notifications
from accounts.views import Answer, page
from core.database import transaction
from core.web import ANYONE, SIGNED_IN, allow, csrf, private, signed_in

bp = Blueprint("notifications", __name__)


@bp.get("/account/notifications")
@allow(SIGNED_IN)
@private
def show() -> Answer:
    """Which mails the person gets."""
    refused = notifications.refused_by(signed_in().user_id)
    return page("notifications", tab="notifications", kinds=notifications.kinds(), refused=refused)


@bp.post("/account/notifications")
@allow(SIGNED_IN)
def choose() -> Answer:
    """Change it."""
    with transaction():
        notifications.choose(signed_in().user_id, set(request.form.getlist("kind")))
    flash("Your choice is saved.", "success")
    return redirect(url_for("notifications.show"), 303)


@bp.get("/account/notifications/off/<token>")
@allow(ANYONE)
def ask_refusal(token: str) -> Answer:
    """Where the link of a mail leads. Only the button changes something: programs that scan mails open links."""
    found = notifications.read_refusal(token) or abort(404)
    is_off = found[1].word in notifications.refused_by(found[0].id)
    return page("mails_off", nav="login", kind=found[1], token=token, is_off=is_off)


@bp.post("/account/notifications/off/<token>")
@allow(ANYONE)
def refuse(token: str) -> Answer:
    """No more of these mails: by the button of the page, or by a mail program's own, which follows no redirect."""
    user, kind = notifications.read_refusal(token) or abort(404)
    user_id = user.id
    with transaction():
        notifications.refuse(user_id, kind.word)
    return page("mails_off", nav="login", kind=kind, token=token, is_off=True)


csrf.exempt(refuse)  # The signed link is its token: a mail program has no session.
