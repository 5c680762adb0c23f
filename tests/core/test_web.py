"""The web edge: headers on every answer, who may come in, how large, from which host, and what caches may keep."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from core import config as configuration
from core import reads
from core.database import db
from core.errors import LimitReached
from core.web import (
    ANYONE,
    CONTENT_SECURITY_POLICY,
    INSTRUCTOR,
    Reader,
    absolute_url,
    allow,
    asks_for_data,
    asks_for_page,
    asset,
    content_security_policy,
    policy_of,
)
from tests.conftest import make_config
from tests.factories import make_user, post, sign_in

Production = Callable[..., Flask]


@pytest.fixture
def production(config: configuration.Config, tmp_path: Path) -> Iterator[Production]:
    """Makes the app as an operator runs it, with some variables given."""
    from app import create_app

    safe = {"STRATUM_ENV": "production", "BASE_URL": "https://learn.example.org"}

    made: list[Flask] = []

    def make(**values: str) -> Flask:
        made.append(create_app(make_config(tmp_path, **safe, DATABASE_URL=config.database_url, **values)))
        return made[-1]

    yield make
    reads.close()
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def doors(app: Flask) -> FlaskClient:
    """A browser, and doors behind which each thing happens."""

    @app.get("/tests/<int:status>")
    @allow(ANYONE)
    def fail(status: int) -> str:
        if status == 429:
            raise LimitReached("That was asked too often. Wait a little.")
        if status == 503:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        if status == 500:
            raise RuntimeError("the secret inner word")
        abort(status)

    @app.post("/tests/form")
    @allow(ANYONE)
    def form() -> str:
        return "taken"

    @app.get("/tests/teachers")
    @allow(INSTRUCTOR)
    def teachers() -> str:
        return "in"

    @app.get("/tests/undeclared")
    def undeclared() -> str:
        return "in"

    return app.test_client()


HEADERS = {
    "Content-Security-Policy": content_security_policy(None, ["http://127.0.0.1:8001"]),  # the demo's sandbox
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("status", [400, 403, 404, 405, 411, 413, 429, 500, 503])
def test_every_error_carries_the_headers_and_is_a_page(doors: FlaskClient, status: int) -> None:
    """V32 among them: no answer may be framed."""
    answer = doors.get(f"/tests/{status}")

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "<title>" in answer.text
    assert '<html lang="' in answer.text
    assert '<main id="main"' in answer.text
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/", "/courses", "/login", "/verify", "/healthz", "/nowhere"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("values", "origins"),
    [
        ({}, " http://127.0.0.1:8001"),
        (
            {"STRIPE_SECRET_KEY": "sk_test_key", "STRIPE_WEBHOOK_SECRET": "whsec_a"},
            " https://checkout.stripe.com https://billing.stripe.com",
        ),
        ({"STRATUM_ENV": "production", "BASE_URL": "https://learn.example.org"}, ""),
    ],
)
def test_forms_lead_to_where_buyers_pay_and_nowhere_else(
    values: dict[str, str], origins: str, tmp_path: Path
) -> None:
    """Without its origin a browser stops the buyer on the way to the checkout."""
    policy = content_security_policy(None, make_config(tmp_path, **values).checkout_origins)

    assert f"form-action 'self'{origins};" in policy


def test_a_session_is_never_kept_by_a_cache(client: FlaskClient) -> None:
    """V33: the answer that sets the cookie, and every one after it."""
    first = client.get("/login")
    after = client.get("/courses")

    assert "Set-Cookie" in first.headers
    assert first.headers["Cache-Control"] == "private, no-store"
    assert after.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/dashboard", "/nowhere", "/school.css"])
def test_what_a_signed_in_person_gets_is_private(client: FlaskClient, path: str) -> None:
    """V33"""
    sign_in(client, make_user())

    assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_visitors_public_page_starts_no_session(client: FlaskClient) -> None:
    """V33: so that it may be kept."""
    for path in ("/", "/courses", "/about", "/verify"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_a_static_file_named_by_its_content_is_kept_for_a_year(client: FlaskClient) -> None:
    named = client.get(asset("css/base.css"), buffered=True)
    bare = client.get("/static/css/base.css", buffered=True)

    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "max-age=31536000" not in bare.headers.get("Cache-Control", "")


def test_a_static_file_stays_public_for_someone_with_a_session(client: FlaskClient) -> None:
    sign_in(client, make_user())

    answer = client.get(asset("css/base.css"), buffered=True)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_missing_static_file_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/css/none.css?v=1")

    assert answer.status_code == 404
    assert "max-age=31536000" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", ""])
def test_another_host_is_refused_with_the_headers(client: FlaskClient, host: str) -> None:
    """V29"""
    answer = client.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_links_are_made_from_the_configuration(app: Flask) -> None:
    """V29"""
    with app.test_request_context("/", headers={"Host": "localhost"}):
        assert absolute_url("/x") == "http://127.0.0.1:8000/x"


def test_in_production_only_its_own_host_is_answered(production: Production) -> None:
    """V29, V20: and cookies are for https and this host alone."""
    client = production().test_client()

    own = client.get("/login", base_url="https://learn.example.org")
    loopback = client.get("/login", base_url="http://127.0.0.1:8000")

    assert own.status_code == 200
    assert loopback.status_code == 400
    cookie = own.headers["Set-Cookie"]
    assert cookie.startswith("__Host-stratum=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    assert own.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("hops", "seen"), [("0", "10.0.0.9"), ("1", "3.3.3.3"), ("2", "2.2.2.2")])
def test_a_forwarded_address_counts_only_behind_so_many_proxies(
    production: Production, hops: str, seen: str
) -> None:
    """V36, finding 4."""
    from flask import request

    app = production(TRUSTED_PROXY_HOPS=hops)

    @app.get("/tests/address")
    @allow(ANYONE)
    def address() -> str:
        return str(request.remote_addr)

    answer = app.test_client().get(
        "/tests/address",
        base_url="https://learn.example.org",
        headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2, 3.3.3.3", "X-Forwarded-Host": "evil.example"},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )

    assert answer.text == seen


def chunked(client: FlaskClient, path: str) -> int:
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    return client.open(
        path, method="POST", headers=headers, environ_overrides={"CONTENT_LENGTH": ""}
    ).status_code


def test_a_body_that_does_not_say_its_length_is_refused(doors: FlaskClient) -> None:
    assert chunked(doors, "/tests/form") == 411
    assert chunked(doors, "/login") == 411


def test_a_body_over_the_limit_is_refused(doors: FlaskClient) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)

    assert doors.post("/tests/form", data=body, content_type="application/octet-stream").status_code == 413
    assert post(doors, "/tests/form", {"text": "x" * len(body)}).status_code == 413


@pytest.mark.parametrize(
    ("before", "leads_back"), [("http://localhost/tests/form", True), ("http://x/", False)]
)
def test_the_page_of_what_is_too_large_names_the_limit_and_leads_back(
    doors: FlaskClient, before: str, leads_back: bool
) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)

    page = doors.post(
        "/tests/form", data=body, content_type="application/octet-stream", headers={"Referer": before}
    ).text

    assert "A file may have 10 MB" in page
    assert "What was saved before is still here" in page
    assert ("Go back</a>" in page, f'href="{before}"' in page) == (leads_back, leads_back)


def test_a_form_of_too_many_parts_is_refused(doors: FlaskClient) -> None:
    fields = {f"f{i}": "x" for i in range(1100)}

    answer = doors.post("/tests/form", data=fields, content_type="multipart/form-data")

    assert answer.status_code == 413


def test_a_form_without_its_token_is_refused_and_one_with_it_taken(doors: FlaskClient) -> None:
    """V20"""
    assert doors.post("/tests/form", data={"text": "x"}).status_code == 400
    assert post(doors, "/tests/form", {"text": "x"}).text == "taken"


def test_a_token_of_another_browser_is_refused(app: Flask, doors: FlaskClient) -> None:
    """V20, V21"""
    from tests.factories import csrf

    stolen = csrf(app.test_client())

    assert doors.post("/tests/form", data={"csrf_token": stolen}).status_code == 400


def test_a_form_works_that_was_open_for_a_day(doors: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from tests.factories import csrf

    token = csrf(doors)
    moment = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: moment)

    assert doors.post("/tests/form", data={"csrf_token": token}).text == "taken"


def test_a_visitor_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/dashboard?tab=all")

    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Fdashboard%3Ftab%3Dall"


def test_a_form_whose_sign_in_ended_leads_back_to_its_page(client: FlaskClient) -> None:
    """The policy stands before the token: a form of an ended sign-in is not told that its token is wrong."""
    answer = client.post(
        "/learn/a/b/complete", data={"x": "1"}, headers={"Referer": "http://127.0.0.1:8000/learn/a/b"}
    )

    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Flearn%2Fa%2Fb"


@pytest.mark.parametrize("referrer", ["https://evil.example/x", "http://127.0.0.1:8000.evil.example/", ""])
def test_the_way_back_never_leaves_the_site(client: FlaskClient, referrer: str) -> None:
    """V19"""
    answer = client.post("/learn/a/b/complete", data={"x": "1"}, headers={"Referer": referrer})

    assert answer.location == "/login?next=%2F"


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("instructor",), 200), (("admin",), 200)])
def test_a_door_for_teachers_is_closed_to_learners(
    doors: FlaskClient, roles: tuple[str, ...], status: int
) -> None:
    sign_in(doors, make_user("", "Ada Learner", *roles))

    assert doors.get("/tests/teachers").status_code == status


def test_a_route_that_declares_nothing_answers_nobody(doors: FlaskClient) -> None:
    """V3"""
    sign_in(doors, make_user("", "Ada Learner", "admin"))

    assert doors.get("/tests/undeclared").status_code == 403


def test_every_route_of_the_product_declares_who_may_come_in(app: Flask) -> None:
    """V3"""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}

    assert [name for name in sorted(endpoints) if policy_of(app, name) is None] == []


def test_an_unknown_policy_is_refused_when_it_is_declared() -> None:
    with pytest.raises(ValueError, match="unknown policy"):
        allow("everyone")


@pytest.mark.parametrize(
    ("name", "email", "initials", "first"),
    [
        ("Ada Learner", "a@b.c", "AL", "Ada"),
        ("Ada Maria Learner", "a@b.c", "AL", "Ada"),
        ("Ada", "a@b.c", "A", "Ada"),
        ("", "ada@b.c", "A", ""),
        ("  ", "ada@b.c", "", ""),
        ("İnci Öz", "a@b.c", "İÖ", "İnci"),
    ],
)
def test_a_reader_has_initials_and_a_first_name(name: str, email: str, initials: str, first: str) -> None:
    reader = Reader(1, 1, name, email, frozenset(), "UTC", "en")

    assert reader.initials == initials
    assert reader.first_name == first


CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    ("accept", "page", "data"),
    [
        (CHROME, True, False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True, False),
        ("application/json", False, True),
        ("application/json, */*;q=0.1", False, True),
        ("*/*", False, False),
        (None, False, False),
    ],
)
def test_what_a_client_would_rather_have(accept: str | None, page: bool, data: bool) -> None:
    with Flask("asking").test_request_context(headers={"Accept": accept} if accept else {}):
        assert (asks_for_page(), asks_for_data()) == (page, data)
