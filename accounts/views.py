"""Pages of this room beside Flask-Security's: the account, sign-in links, the second step."""

import io
from functools import partial

import pyotp
import segno
from flask import Blueprint, Response, abort, flash, redirect, request, session, url_for
from flask_security.utils import login_user
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as WerkzeugResponse

from accounts import access, forms, guesses, rules, services
from accounts.models import User
from core import limits, web
from core.clock import now, time_in
from core.config import current_config
from core.database import transaction
from core.errors import Conflict
from core.mail import queue
from core.school import current_school

bp = Blueprint("accounts", __name__)
Answer = str | tuple[str, int] | WerkzeugResponse
SET_ANEW = (
    "Your address is confirmed. The password that was given when it was registered no longer works: your account’s "
    "security has a page to set one."
)
MAIL_KINDS = ("register", "confirm", "reset", "address", "link")


def page(template: str, form: FlaskForm | None = None, *, nav: str = "account", **context: object) -> Answer:
    """A page of this room; with a form that came back with errors it is a 422."""
    html = web.render(f"accounts/{template}.html", nav=nav, form=form, **context)
    return (html, 422) if form and form.errors else html


# ---- signing in


@bp.get("/mail-sent/<kind>")
@web.allow(web.ANYONE)
def mail_sent(kind: str) -> Answer:
    if kind not in MAIL_KINDS:
        abort(404)
    onward = rules.safe_next(request.args.get("next"), default="")
    return page("mail_sent", nav="login", kind=kind, onward=onward, errand=rules.errand(onward))


@bp.route("/login/link", methods=["GET", "POST"])
@web.allow(web.ANYONE)
def ask_link() -> Answer:
    form = forms.LinkForm()
    if not form.validate_on_submit():
        return page("ask_link", form, nav="login")
    limits.require_within("5/hour", "sign-in-link")
    user = services.find_by_email(form.email.data or "")
    if user and user.active and guesses.may_mail("sign_in_link", user.email):
        with transaction():
            queue("sign_in_link", user.email, {"name": user.name, "path": _link_path(user, form.next.data)})
    return redirect(url_for("accounts.mail_sent", kind="link", next=form.next.data or None), 303)


@bp.route("/login/link/<token>", methods=["GET", "POST"])
@web.allow(web.ANYONE)
def use_link(token: str) -> Answer:
    """The link of a mail. Only the button signs in: programs that scan mails open links and press nothing."""
    form, found = forms.ButtonForm(), _read_link(token)
    if found is None:
        return redirect("/login?notice=stale")
    if not form.validate_on_submit():
        return page("use_link", form, nav="login")
    user, serial, onward = found
    try:
        with transaction():
            drops_password = services.use_link(user, serial)
            answer = access.enter(user, False, onward)
    except Conflict:
        return redirect("/login?notice=stale")
    if drops_password:
        flash(SET_ANEW, "info")
    return answer


@bp.route("/login/code", methods=["GET", "POST"])
@web.allow(web.ANYONE)
def second_step() -> Answer:
    """The second proof: a code of the authenticator, or one of the recovery codes."""
    pending, form = access.pending_step(), forms.CodeForm()
    if pending is None:
        return redirect("/login?notice=late")
    user, remembered, onward = pending
    if form.validate_on_submit():
        guesses.require_left("second-step", user.email)
        with transaction():
            right = services.check_code(user, form.code.data or "")
            if right:
                login_user(user, remember=remembered, authn_via=["code"])
        if right:
            return redirect(onward)
        guesses.count_wrong("second-step", user.email)
        form.code.errors = ["This code is not right, or it was used before"]
    return page("second_step", form, nav="login")


# ---- the account


@bp.route("/account", methods=["GET", "POST"])
@web.allow(web.SIGNED_IN)
@web.private
def profile() -> Answer:
    user = access.current_user()
    form = forms.ProfileForm(obj=user)
    if form.validate_on_submit():
        with transaction():
            services.set_profile(user, form.name.data or "", form.time_zone.data, form.language.data)
        flash("Your profile is saved.", "success")
        return redirect(url_for("accounts.profile"), 303)
    return page("profile", form, tab="profile")


@bp.get("/account/security")
@web.allow(web.SIGNED_IN)
@web.private
def security() -> Answer:
    person, user = web.signed_in(), access.current_user()
    rows = [(row, row.id == person.sign_in_id) for row in services.sign_ins_of(person.user_id)]
    return page(
        "security", forms.ButtonForm(), tab="security", user=user, sign_ins=rows,
        codes=len(user.recovery_codes), notice=request.args.get("notice", ""),
        when=partial(time_in, person.time_zone),
    )  # fmt: skip


@bp.get("/account/privacy")
@web.allow(web.SIGNED_IN)
@web.private
def privacy() -> Answer:
    return page("privacy", tab="privacy")


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@web.allow(web.SIGNED_IN)
def end_sign_in(sign_in_id: int) -> Answer:
    with transaction():
        ended = services.end_sign_in(web.signed_in().user_id, sign_in_id)
    if not ended:
        abort(404)
    flash("That sign-in is ended.", "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post("/account/sign-ins/end-others")
@web.allow(web.SIGNED_IN)
def end_other_sign_ins() -> Answer:
    person = web.signed_in()
    with transaction():
        services.end_sign_ins(person.user_id, but=person.sign_in_id)
    flash("You are signed in here only.", "success")
    return redirect(url_for("accounts.security"), 303)


# ---- setting up the second step


@bp.route("/account/security/authenticator", methods=["GET", "POST"])
@web.allow(web.SIGNED_IN)
@web.private
def set_up_second_step() -> Answer:
    if stale := access.fresh_first():
        return stale
    user, form = access.current_user(), forms.CodeForm()
    if user.totp_secret:
        return redirect(url_for("accounts.security"))
    secret = session.setdefault("new_secret", pyotp.random_base32())
    if form.validate_on_submit():
        if services.is_code_of(secret, form.code.data or ""):
            return _turned_on(user, secret)
        form.code.errors = ["This is not the code that the authenticator shows now"]
    return page("authenticator", form, tab="security", secret=secret, required=request.args.get("required"))


@bp.get("/account/security/authenticator.svg")
@web.allow(web.SIGNED_IN)
@web.private
def authenticator_picture() -> Answer:
    """The secret that is being set up, as a QR code for the authenticator."""
    secret = session.get("new_secret")
    if secret is None:
        abort(404)
    uri = pyotp.TOTP(secret).provisioning_uri(name=web.signed_in().email, issuer_name=current_school().name)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@bp.post("/account/security/authenticator/remove")
@web.allow(web.SIGNED_IN)
def remove_second_step() -> Answer:
    if stale := access.fresh_first():
        return stale
    user = access.current_user()
    with transaction():
        services.turn_off_second_step(user)
        queue("second_step_changed", user.email, {"name": user.name, "is_on": False})
    flash("Signing in asks for no code any more.", "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post("/account/security/codes")
@web.allow(web.SIGNED_IN)
def renew_codes() -> Answer:
    if stale := access.fresh_first():
        return stale
    user = access.current_user()
    if not user.totp_secret:
        abort(404)
    with transaction():
        codes = services.renew_recovery_codes(user)
    return page("codes", tab="security", codes=codes)


def _turned_on(user: User, secret: str) -> Answer:
    with transaction():
        codes = services.turn_on_second_step(user, secret)
        queue("second_step_changed", user.email, {"name": user.name, "is_on": True})
    session.pop("new_secret", None)
    return page("codes", tab="security", codes=codes)


# ---- parts


def _link_path(user: User, onward: str | None) -> str:
    made_at = int(now().timestamp())
    sealed = _links().dumps([user.fs_uniquifier, user.link_serial, made_at, rules.safe_next(onward)])
    return url_for("accounts.use_link", token=sealed)


def _read_link(token: str) -> tuple[User, int, str] | None:
    """Whose link this is, its number, and where it leads; None when it is forged, too old or used."""
    try:
        who, serial, made_at, onward = _links().loads(token)
    except (BadSignature, ValueError):
        return None
    if now().timestamp() - made_at > rules.LINK_LIVES.total_seconds():
        return None
    user = services.find_by_uniquifier(who)
    return (user, serial, rules.safe_next(onward)) if user and user.link_serial == serial else None


def _links() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt="sign-in-link")
