"""The web edge: who reads, who may come in, how an error looks, which headers every answer carries."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as WerkzeugResponse

from core.config import Config, current_config
from core.icons import icon, ring
from core.permissions import Permission
from core.school import current_school
from core.sessions import Sessions
from core.storage import media, origin_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANYONE, SIGNED_IN = "anyone", "signed_in"
INSTRUCTOR, ADMIN = Permission.INSTRUCTOR, Permission.ADMIN
POLICIES = (ANYONE, SIGNED_IN, *Permission)
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
STATIC = Path(__file__).parent.parent / "static"
csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True)
class Reader:
    """The person who is signed in, as one query gives them. `sign_in_id` is the row of this very sign-in."""

    user_id: int
    sign_in_id: int
    name: str
    email: str
    roles: frozenset[str]
    time_zone: str
    language: str
    permissions: frozenset[str] = frozenset()
    seen_by: str = ""  # who of the staff looks with this person's eyes; nobody, mostly

    @property
    def initials(self) -> str:
        return initials(self.name or self.email)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class RowNumber(IntegerConverter):
    """`<int:...>` in an address: a number that a row may have. A larger one leads nowhere, and to no database."""

    def __init__(self, map: Map, max: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(map, max=max, **options)


class FixedHeaders:
    """WSGI middleware: the headers that are the same on every answer, whoever made it."""

    def __init__(self, app: "WSGIApplication", is_https: bool) -> None:
        self._app = app
        self._headers = HEADERS + [("Strict-Transport-Security", "max-age=31536000")] * is_https

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], error: Any = None
        ) -> Callable[[bytes], object]:
            return start_response(status, headers + self._headers, error)

        return self._app(environ, start)


class App(Flask):
    """Flask, with one rule for shared caches: what carries a session is private and not stored.

    The rule stands in process_response, not in an after_request, because the session cookie is added after those.
    """

    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Views and hooks are plain functions here, so none is inspected at each request for being a coroutine."""
        return func

    def process_response(self, response: Response) -> Response:
        response = super().process_response(response)
        cookie = self.config["SESSION_COOKIE_NAME"]
        if (cookie in request.cookies or "Set-Cookie" in response.headers) and request.endpoint != "static":
            response.headers["Cache-Control"] = "private, no-store"
        return response


def init_app(app: Flask, config: Config) -> None:
    """Cookies, limits of size, trusted hosts, headers, policies and template globals."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="__Host-stratum" if config.is_https else "stratum",
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=[config.hostname] + (["localhost", "127.0.0.1"] if config.is_demo else []),
        WTF_CSRF_TIME_LIMIT=None,  # A form left open for a day still submits: its token lives as long as the session.
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    if config.trusted_proxy_hops:
        hops = config.trusted_proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_admission(check_token=app.before_request_funcs[None].pop()))
    app.context_processor(lambda: {"csrf_token": form_token})  # in place of Flask-WTF's, which signs anew
    app.after_request(_secure)
    app.wsgi_app = FixedHeaders(app.wsgi_app, config.is_https)  # type: ignore[method-assign]
    app.config["CONTENT_SECURITY_POLICY"] = content_security_policy(
        origin_of(config.media_url), config.checkout_origins
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals.update(asset=asset, icon=icon, ring=ring, csrf_token=form_token, may=may)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def content_security_policy(media: str | None, checkout: Iterable[str] = ()) -> str:
    """The one policy; pictures and films may also come from `media`, an object storage's origin, where there is one,
    and forms may lead to the origins of `checkout`, where buyers pay.

    Browsers ask the policy also about where an address of ours redirects to.
    """
    policy = CONTENT_SECURITY_POLICY.replace(
        "form-action 'self'", " ".join(["form-action 'self'", *checkout])
    )
    if media is None:
        return policy
    own, both = "img-src 'self'; media-src 'self'", f"img-src 'self' {media}; media-src 'self' {media}"
    return policy.replace(own, both)


def reader() -> Reader | None:
    """The person who is signed in, or None. One query for each request that asks; none for one that does not."""
    if "reader" not in g:
        identify: Callable[[], Reader | None] | None = current_app.extensions.get("identify")
        g.reader = identify() if identify else None
    found: Reader | None = g.reader
    return found


def signed_in() -> Reader:
    """The reader of a view that only lets signed-in people in."""
    found = reader()
    if found is None:
        abort(401)
    return found


def may(permission: str) -> bool:
    """Whether the reader of this page may do that; templates ask, once the view has looked up its reader."""
    person: Reader | None = g.get("reader")
    return person is not None and person.may(permission)


def allow(policy: str) -> Callable[[View], View]:
    """Declare who may come in at a view: anyone, signed_in, or who has a permission. Every route declares one."""
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}")

    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def private(view: View) -> View:
    """Declare a page that is the person's alone: who of the staff looks with their eyes does not see it."""
    view.is_private = True  # type: ignore[attr-defined]
    return view


def declare(app: Flask, policies: dict[str, str]) -> None:
    """Declare policies of endpoints whose views are a library's."""
    app.extensions.setdefault("policies", {}).update(policies)


def policy_of(app: Flask, endpoint: str) -> str | None:
    """Who may come in at an endpoint, or None where nobody declared it (such a route answers nobody)."""
    declared: dict[str, str] = app.extensions.setdefault("policies", {})
    if endpoint not in declared:
        policy = getattr(app.view_functions[endpoint], "policy", None)
        if policy is None:
            return None
        declared[endpoint] = policy
    return declared[endpoint]


def sign_in_first() -> WerkzeugResponse:
    """Send the visitor to sign in, and back here afterwards (a form's page, where this was a form)."""
    here = request.full_path.rstrip("?") if request.method == "GET" else _form_page()
    return redirect("/login?" + urlencode({"next": here}))


def render(template: str, *, nav: str = "", **context: object) -> str:
    """A page: its template with the reader, the school and the section of the navigation it belongs to."""
    return render_template(
        template,
        reader=reader(),
        school=current_school(),
        nav=nav,
        is_demo=current_config().is_demo,
        **context,
    )


def form_token() -> str:
    """The token that forms carry. It lives as long as the session, so it is signed once for a session."""
    kept = session.get("csrf_token")
    return _signed_token(current_config().secret_key, kept) if kept else str(generate_csrf())


def asks_for_page() -> bool:
    """Whether the client would rather have a page than data, as a browser that sends a form does. A script that takes
    anything asks for neither.

    Qualities are compared, for `accept_mimetypes.best` is what is named most exactly: of Chrome a kind of archive.
    """
    return request.accept_mimetypes.quality("text/html") > request.accept_mimetypes.quality(
        "application/json"
    )


def asks_for_data() -> bool:
    """Whether the client would rather have data than a page, as our scripts do."""
    return request.accept_mimetypes.quality("application/json") > request.accept_mimetypes.quality(
        "text/html"
    )


def absolute_url(path: str) -> str:
    """The public address of a path. Made from BASE_URL, never from the Host header."""
    return current_config().base_url + path


def send_stored(key: str, mime: str | None) -> WerkzeugResponse:
    """A file of the media: itself, or a signed address of five minutes where media lie in object storage."""
    address = media().address(key)
    if address:
        return redirect(address)
    return send_file(BytesIO(media().read(key)), mimetype=mime, max_age=300)


@cache
def asset(path: str) -> str:
    """The address of a static file, named by its content so that it may be cached for a year."""
    file = STATIC / path
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={mark}"


@lru_cache(maxsize=5_000)
def _signed_token(secret_key: str, session_token: str) -> str:
    # As Flask-WTF's generate_csrf does, which signs anew in every request.
    return str(URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").dumps(session_token))


def _form_page() -> str:
    referrer = request.referrer or ""
    base = current_config().base_url
    return referrer.removeprefix(base) if referrer.startswith(base + "/") else url_for("pages.home")


def _admission(check_token: Callable[[], object]) -> Callable[[], WerkzeugResponse | None]:
    """What every request passes: a body of known length, the policy, for a form its token, in this order.

    Who must sign in first is sent there, not told of a wrong token.
    """

    def admit() -> WerkzeugResponse | None:
        brings = request.method not in ("GET", "HEAD", "OPTIONS")
        if brings:
            _require_length()
        refusal = _enforce_policy(request.endpoint)
        if brings and refusal is None:
            check_token()
        return refusal

    return admit


def _require_length() -> None:
    # Past the limit Werkzeug cuts a chunked body in silence (measured); so a body must say how long it is.
    if request.method in ("POST", "PUT", "PATCH") and request.content_length is None:
        abort(411)


def _enforce_policy(endpoint: str | None) -> WerkzeugResponse | None:
    if endpoint is None or endpoint == "static":
        return None
    policy = policy_of(current_app, endpoint)
    if policy == ANYONE:
        return None
    if policy is None:
        abort(403)
    person = reader()
    if person is None:
        return sign_in_first()
    if policy != SIGNED_IN and not person.may(policy):
        abort(403)
    return None


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.config["CONTENT_SECURITY_POLICY"])
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
