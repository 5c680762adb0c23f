"""Flask-Security, fitted to the house: our sign-in rows, our outbox, our pages, our transactions.

Its views do the flows (sign in and out, register, confirm, reset, change, prove again). Around each stands a
door of ours: `writing()` for what it keeps, 422 for a form that came back, no way off the site.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, make_response, redirect, request, url_for
from flask_login import user_logged_out
from flask_principal import identity_changed
from flask_security import (
    RoleMixin,
    Security,
    change_email_confirmed,
    password_changed,
    password_reset,
    user_authenticated,
)
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil
from flask_security.password_util import PasswordUtil
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import set_request_attr
from werkzeug.wrappers import Response as WerkzeugResponse

from accounts import access, forms, guesses, rules, seeing, services
from accounts.models import User
from accounts.security_settings import SETTINGS
from accounts.writing import begin_writing, writing
from core import limits, web
from core.database import db
from core.errors import Conflict
from core.ids import random_token
from core.mail import queue

POLICIES = {
    "login": web.ANYONE, "logout": web.SIGNED_IN, "register": web.ANYONE, "send_confirmation": web.ANYONE,
    "confirm_email": web.ANYONE, "forgot_password": web.ANYONE, "reset_password": web.ANYONE,
    "change_email_confirm": web.ANYONE, "verify": web.SIGNED_IN, "change_password": web.SIGNED_IN,
    "change_email": web.SIGNED_IN,
}  # fmt: skip
FORMLESS = ("logout", "confirm_email", "change_email_confirm")  # they write without a form
FROM_MAIL = ("confirm_email", "reset_password")  # doors that a mail's link leads to
MAILED = {  # which page tells to look into the mail
    "register": "register", "send_confirmation": "confirm", "forgot_password": "reset",
    "change_email": "address",
}  # fmt: skip
ASKED = {  # from one place
    "register": "20/hour", "send_confirmation": "5/hour", "forgot_password": "5/hour",
    "change_email": "5/hour",
}  # fmt: skip
RESENT = {  # to one address
    "confirm_address": "3/15 minutes", "reset_password": "1/15 minutes", "already_registered": "1/15 minutes",
    "confirm_new_address": "3/15 minutes",
}  # fmt: skip


class Datastore(SQLAlchemyUserDatastore):
    """People as Flask-Security finds and makes them. It commits nothing: our doors do."""

    def commit(self) -> None:
        """Nothing: the door's transaction commits."""

    def put(self, model: Any) -> Any:
        db.session.add(model)
        return model

    def create_user(self, **values: Any) -> Any:
        return services.add_user(values["email"], values["name"], values["password"])


class Outbox(MailUtil):
    """Its mails, as rows of our outbox. Addresses are lower case; links are made from BASE_URL."""

    def normalize(self, email: str) -> str:
        return str(super().normalize(email)).lower()

    def validate(self, email: str) -> str:
        return self.normalize(email)  # No question to the network's name servers while a form waits.

    def send_mail(self, template: str, subject: str, recipient: Any, *_: Any, **context: Any) -> None:
        if template in RESENT and not guesses.may_mail(template, recipient, RESENT[template]):
            return
        begin_writing()
        links = (context.get(name) for name in ("confirmation_link", "reset_link", "link"))
        path = next((_path_of(link) for link in links if link), "")
        user = context["user"]
        queue(template, recipient, {"name": user.name, "email": user.email, "path": path})


class Passwords(PasswordUtil):
    """Our rules for a new password."""

    def normalize(self, password: str) -> str:
        return rules.normal_password(password)

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        user = known.get("user")
        name, email = (user.name, user.email) if user else (known.get("name") or "", known.get("email") or "")
        plain = self.normalize(password)
        problem = rules.password_problem(plain, name, email)
        return [problem] if problem else None, plain


class SecondStep(TfPlugin):
    """Between the password and the sign-in: our own second step, where a person has set one up."""

    def tf_enter(self, user: Any, remember_me: bool | None, *_: Any, **__: Any) -> Any:
        onward = rules.safe_next(request.form.get("next"))
        return access.ask_second_step(user, bool(remember_me), onward)


def init_app(app: Flask) -> None:
    """Flask-Security without its session, its Principal, its cookies and its say in templates."""
    app.config.update({f"SECURITY_{name}": value for name, value in SETTINGS.items()})
    before = {kind: list(hooks) for kind, hooks in app.template_context_processors.items()}
    security = Security(
        app, Datastore(db, User, RoleMixin), mail_util_cls=Outbox, password_util_cls=Passwords,
        render_template=page, login_form=forms.SignInForm, verify_form=forms.ProveForm,
        register_form=forms.RegisterForm, forgot_password_form=forms.ForgotForm,
        reset_password_form=forms.ResetForm, change_password_form=forms.ChangeForm,
        send_confirmation_form=forms.ConfirmAgainForm, change_email_form=forms.NewAddressForm,
    )  # fmt: skip
    security.two_factor_plugins = SecondStep()
    security.want_json(lambda _request: False)
    _unhook(app, security)
    app.template_context_processors[None] = before[None]
    app.extensions["identify"] = access.identify
    for endpoint in POLICIES:
        name = f"security.{endpoint}"
        app.view_functions[name] = web.private(_door(endpoint, app.view_functions[name]))
    web.declare(app, {f"security.{endpoint}": policy for endpoint, policy in POLICIES.items()})
    app.before_request(access.require_second_step)
    app.after_request(access.keep_alive)
    seeing.init_app(app)
    _listen(app)


def page(template: str, **context: Any) -> str:
    """A page of Flask-Security's views, in the house's look."""
    form = next(context[key] for key in context if key.endswith("_form") and not key.startswith("wan_"))
    if form.errors and getattr(form, "requires_confirmation", False):
        form.form_errors[:] = [SETTINGS["MSG_CONFIRMATION_REQUIRED"][0]]
    g.refused = bool(form.errors)
    nav = "account" if template.startswith(("accounts/change", "accounts/prove")) else "login"
    token = context.get("reset_password_token")
    return web.render(template, nav=nav, form=form, notice=request.args.get("notice", ""), token=token)


def load(_token: str) -> User | None:
    """The ORM row for Flask-Security's views. All other pages ask core.web.reader()."""
    person = web.reader()
    if person is None:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", g.presence.authenticated_at.timestamp())
    return services.get_user(person.user_id)


def _unhook(app: Flask, security: Any) -> None:
    manager = app.login_manager  # type: ignore[attr-defined]
    identity_changed.disconnect(security.principal._on_identity_changed, app)
    manager.session_protection = None
    manager.user_loader(load)
    manager.request_loader(lambda _request: None)
    libraries = (security.principal, manager)
    app.before_request_funcs[None] = _without(libraries, app.before_request_funcs[None])
    app.after_request_funcs[None] = _without(libraries, app.after_request_funcs[None])


def _without(libraries: tuple[object, ...], hooks: list[Any]) -> list[Any]:
    return [hook for hook in hooks if getattr(hook, "__self__", None) not in libraries]


def _listen(app: Flask) -> None:
    user_authenticated.connect(access.began, app)
    user_logged_out.connect(access.ended, app)
    password_reset.connect(access.all_ended, app)
    password_changed.connect(access.others_ended, app)
    change_email_confirmed.connect(_address_changed, app)


def _address_changed(_app: Flask, user: User, old_email: str, **_: Any) -> None:
    user.fs_uniquifier = random_token()  # A link that went to the old address opens nothing now.
    queue("address_changed", old_email, {"name": user.name, "email": user.email})


def _door(endpoint: str, view: Callable[..., Any]) -> Callable[..., WerkzeugResponse]:
    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> WerkzeugResponse:
        if _wants_fresh(endpoint) and (stale := access.fresh_first(request.path)):
            return stale
        posted = request.method == "POST"
        if posted and endpoint in ASKED:
            limits.require_within(ASKED[endpoint], endpoint)
        g.refused = False
        try:
            answer = _let_through(endpoint, view, *args, **kwargs)
        except Conflict:
            if endpoint != "register":
                raise
            # A second click came at the same moment: it is told what the first one was, as for every address.
            return _told_of_mail(endpoint)
        return _finished(endpoint, answer, posted)

    return door


def _wants_fresh(endpoint: str) -> bool:
    """A new address asks for a fresh sign-in, and so does a first password, which has none before it to ask for."""
    return endpoint == "change_email" or (
        endpoint == "change_password" and not services.has_password(web.signed_in().user_id)
    )


def _let_through(endpoint: str, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Response:
    with writing():
        if endpoint in FORMLESS:
            begin_writing()
        answer = make_response(view(*args, **kwargs))
        if endpoint == "verify" and request.method == "POST" and not g.refused:
            services.prove_sign_in(web.signed_in().sign_in_id)
    return answer


def _finished(endpoint: str, answer: Response, posted: bool) -> WerkzeugResponse:
    if g.refused:
        answer.status_code = 422
        return answer
    if posted and endpoint in MAILED:
        return _told_of_mail(endpoint)
    if answer.location:
        answer.location = _onward(endpoint, answer.location)
    return answer


def _onward(endpoint: str, location: str) -> str:
    """Where an answer of the library leads: never off the site, and on to what one came for."""
    path = rules.safe_next(_path_of(location))
    if endpoint in ("login", "register", "verify") and path != url_for("accounts.second_step"):
        asked = request.form.get("next") or request.args.get("next")
        return rules.safe_next(asked, url_for("accounts.security") if endpoint == "verify" else rules.HOME)
    if endpoint in FROM_MAIL:
        path = path + "?notice=stale" if path == "/reset" else path
        onward = access.read_next(request.args.get("next"))
        return path if onward == rules.HOME else f"{path}&{urlencode({'next': onward})}"
    return path


def _path_of(link: str) -> str:
    """The path of one of the library's links, with the place that a person wants to go on to."""
    parts = urlsplit(link)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.path.startswith(("/confirm/", "/reset/")):
        return path + "?" + urlencode({"next": access.signed_next(rules.safe_next(request.form.get("next")))})
    return path


def _told_of_mail(endpoint: str) -> WerkzeugResponse:
    onward = rules.safe_next(request.form.get("next"), default="")
    return redirect(url_for("accounts.mail_sent", kind=MAILED[endpoint], next=onward or None), 303)
