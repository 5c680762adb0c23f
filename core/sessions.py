"""The session: Flask's signed cookie, with less ado for a request (it was a seventh of a lesson page)."""

import time
from functools import lru_cache

from flask import Flask, Request, Response
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
    session_json_serializer,
)
from itsdangerous import BadSignature, URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """The signer is made once for an app; a cookie whose signature was found right is remembered, its age is asked
    every time; a session that was only read is not looked at again at the end.
    """

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if "session_signer" not in app.extensions:
            app.extensions["session_signer"] = super().get_signing_serializer(app)
        signer: URLSafeTimedSerializer | None = app.extensions["session_signer"]
        return signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        signer, cookie = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not cookie:
            return super().open_session(app, request)
        try:
            text, signed_at = _opened(signer, cookie)
        except BadSignature:
            return self.session_class()
        if not 0 <= time.time() - signed_at <= app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        return self.session_class(self.serializer.loads(text))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session and not session.modified and not app.config["SESSION_REFRESH_EACH_REQUEST"]:
            if session.accessed:
                response.headers.add("Vary", "Cookie")
            return
        super().save_session(app, session, response)


@lru_cache(maxsize=5_000)
def _opened(signer: URLSafeTimedSerializer, cookie: str) -> tuple[str, float]:
    """What a session's cookie holds, and when it was signed. Raises BadSignature, which is not remembered.

    It is kept as text and read anew by every request, so that none sees what another did to its session.
    """
    payload, signed_at = signer.loads(cookie, return_timestamp=True)
    return session_json_serializer.dumps(payload), signed_at.timestamp()
