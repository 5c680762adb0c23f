"""Who is signed in here, how surely, and what a doubtful sign-in must still prove."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_security.utils import login_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as WerkzeugResponse

from accounts import rules, services, sights
from accounts.models import SignIn, User, UserRole
from core import web
from core.clock import now
from core.config import current_config
from core.database import refuse_writes, take_writes, transaction
from core.ids import fingerprint
from core.reads import HotRead
from core.school import VERSION, note_version
from core.web import Reader

TOKEN = "_user_id"  # where Flask-Login keeps what it calls the user's id: here the token of a sign-in
ONLY_LOOKING = (
    "This page writes something down as it opens: while you look with somebody else’s eyes it stays closed."
)
STEP_LIVES = 600  # seconds between the password and the code
_one_row_a_role = HotRead(
    select(
        User.id, SignIn.id, User.name, User.email, User.time_zone, User.language, UserRole.role,
        SignIn.last_seen_at, SignIn.remembered, SignIn.authenticated_at, User.totp_secret.is_not(None),
        SignIn.sees_user_id, VERSION,
    )
    .join(User, SignIn.user_id == User.id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .where(SignIn.token_hash == bindparam("token_hash"), User.active.is_(True))
)  # fmt: skip


@dataclass(frozen=True)
class Presence:
    """How somebody is signed in: what core.web.Reader leaves out because only this room asks for it."""

    remembered: bool
    authenticated_at: datetime
    has_second_step: bool


def identify() -> Reader | None:
    """The person whose token the cookie holds, by one query; None when there is none or it has ended."""
    token = session.get(TOKEN)
    rows = _one_row_a_role(token_hash=fingerprint(token)) if token else []
    if not rows:
        return None
    (
        user_id, sign_in_id, name, email, zone, language, _, last_seen, remembered, proved, second, sees, version,
    ) = rows[0]  # fmt: skip
    note_version(version)
    if rules.is_over(last_seen, remembered, now()):
        return None
    g.presence = Presence(bool(remembered), proved, bool(second))
    if rules.wants_touch(last_seen, now()):
        g.touched, session.modified = sign_in_id, True  # A cookie of 30 days begins anew with it.
    roles = frozenset(row[6] for row in rows if row[6])
    permissions = rules.permissions_of(roles)
    person = Reader(user_id, sign_in_id, name, email, roles, zone, language, permissions)
    return person if sees is None else _with_other_eyes(person)


def _with_other_eyes(staff: Reader) -> Reader:
    """Who is signed in as the person whom they see as; themselves once that is over. Nothing is written meanwhile."""
    found = sights.seen_by(staff.sign_in_id, staff.permissions)
    if found is None:
        g.sight_is_over = True
        return staff
    person, g.sight_minutes = found
    refuse_writes(ONLY_LOOKING)
    return Reader(
        person.id, staff.sign_in_id, person.name, person.email, person.role_words, person.time_zone,
        person.language, rules.permissions_of(person.role_words), staff.name or staff.email,
    )  # fmt: skip


def keep_alive(response: Response) -> Response:
    """Write down, at most once an hour, that a sign-in is in use; a busy database does not cost the page."""
    sign_in_id = g.pop("touched", None)
    if sign_in_id is not None:
        take_writes()  # The sign-in is one's own, with whosever eyes one looks.
        try:
            with transaction():
                services.touch_sign_in(sign_in_id)
        except OperationalError:
            current_app.logger.warning("a sign-in was not touched: the database is busy")
    return response


def current_user() -> User:
    """The row of the person signed in, for this room's pages."""
    user = services.get_user(web.signed_in().user_id)
    assert user is not None
    return user


# ---- signing in and out: what Flask-Security tells us


def began(_app: Flask, user: User, **_: object) -> None:
    """Somebody signed in: a new row and a new session. The sign-in this browser had before ends with it."""
    before = web.reader()
    remembered = session.get("_remember") == "set" or bool(before and g.presence.remembered)
    row, token = services.begin_sign_in(user.id, request.user_agent.string, remembered)
    if before:
        services.end_sign_in(before.user_id, before.sign_in_id)
    session.clear()
    session[TOKEN], session["_fresh"], session.permanent = token, True, remembered
    g.new_sign_in = row.id
    g.pop("reader")


def ended(_app: Flask, **_: object) -> None:
    """Somebody signed out: the row goes, and whatever else the session held."""
    person = g.get("reader")
    if person:
        services.end_sign_in(person.user_id, person.sign_in_id)
    session.clear()
    g.pop("reader", None)


def all_ended(_app: Flask, user: User, **_: object) -> None:
    """The password was reset: whoever is signed in, wherever, is not any more."""
    services.end_sign_ins(user.id)


def others_ended(_app: Flask, user: User, **_: object) -> None:
    """The password was changed, and this browser signed in anew just before: only that one stays."""
    services.end_sign_ins(user.id, but=g.get("new_sign_in"))


# ---- the second step


def enter(user: User, remembered: bool, onward: str) -> WerkzeugResponse:
    """Let in who gave their first proof, at once or by the second step; in the caller's transaction."""
    step = ask_second_step(user, remembered, onward)
    if step is None:
        login_user(user, remember=remembered, authn_via=["email"])
    return step or redirect(onward)


def ask_second_step(user: User, remembered: bool, onward: str) -> WerkzeugResponse | None:
    """Send whoever has a second step there; None for the others."""
    if not user.totp_secret:
        return None
    session["second_step"] = {
        "who": user.fs_uniquifier, "remembered": remembered, "next": onward, "at": int(now().timestamp()),
    }  # fmt: skip
    return redirect(url_for("accounts.second_step"))


def pending_step() -> tuple[User, bool, str] | None:
    """Who stands between the two steps here, whether to remember them, and where they want to go."""
    state = session.get("second_step")
    if not state or now().timestamp() - state["at"] > STEP_LIVES:
        return None
    user = services.find_by_uniquifier(state["who"])
    return (user, state["remembered"], rules.safe_next(state["next"])) if user else None


def require_second_step() -> WerkzeugResponse | None:
    """In production the staff sets up a second step before any page of the admin opens."""
    if request.endpoint is None or current_config().is_demo:
        return None
    if web.policy_of(current_app, request.endpoint) in (None, web.ANYONE, web.SIGNED_IN, web.INSTRUCTOR):
        return None
    person = web.reader()
    if person is None or g.presence.has_second_step:
        return None
    return redirect(url_for("accounts.set_up_second_step", required=1))


def fresh_first(back: str | None = None) -> WerkzeugResponse | None:
    """Send whoever proved who they are long ago to prove it again; None for the others.

    Afterwards they come back to `back`, by default to this page, or for a form to the account's security.
    """
    web.signed_in()
    if rules.is_fresh(g.presence.authenticated_at, now()):
        return None
    here = request.path if request.method == "GET" else url_for("accounts.security")
    return redirect("/account/verify?" + urlencode({"next": back or here}))


# ---- where one wanted to go, carried through a mail


def signed_next(onward: str) -> str:
    """`onward` as it stands in a mail: signed, so that nobody sends a mail's reader elsewhere."""
    return str(_signer().dumps(onward))


def read_next(text: str | None) -> str:
    """The address in a mail's `next`, or the dashboard."""
    try:
        return rules.safe_next(_signer().loads(text or ""))
    except BadSignature:
        return rules.HOME


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt="next")
