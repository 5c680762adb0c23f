"""What a page of the sandbox may do, and who may press its buttons."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from sandbox.account import Account
from sandbox.errors import Forbidden

SELF = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
WITHOUT_ORIGIN = (
    "/v1/",
    "/_control/",
    "/_history",
)  # guarded by a key, and by a content type that no form can send


def install(app: Flask, account: Account) -> None:
    @app.before_request
    def check() -> None:
        _check_host(account)
        if request.method == "POST" and not request.path.startswith(WITHOUT_ORIGIN):
            _check_origin()

    @app.after_request
    def add_headers(response: Response) -> Response:
        allowed = " ".join(["form-action 'self'", *g.get("origins", [])])
        response.headers["Content-Security-Policy"] = f"{SELF}; {allowed}"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def let_forms_lead_to(*addresses: str | None) -> None:
    """Allow this page's forms to be redirected there: Chromium asks `form-action` about redirects too."""
    parts = [urlsplit(address) for address in addresses if address]
    g.origins = sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def _check_host(account: Account) -> None:
    """Only by its own names: a strange name that points here is how a site reads another's pages."""
    port = request.environ["SERVER_PORT"]
    names = {urlsplit(account.settings.base_url).netloc, f"127.0.0.1:{port}", f"localhost:{port}"}
    if request.host not in names:
        raise Forbidden(f"The sandbox does not answer to this name. Open it on {account.settings.base_url}.")


def _check_origin() -> None:
    """A form counts only when it was sent from the sandbox's own page."""
    sent_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    if urlsplit(sent_from).netloc != request.host:
        raise Forbidden("This form was not sent from a page of the sandbox. Open the page and try again.")
