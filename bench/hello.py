"""The yardstick: a bare Flask app that reads a signed session cookie and answers with a word."""

from flask import Flask, session

WORD = "hello"


def create_app() -> Flask:
    """The app, for the same server as the site's."""
    app = Flask(__name__)
    app.secret_key = "only-for-the-bench"

    @app.get("/hello")
    def hello() -> str:
        return f"{WORD} {session['name']}"

    return app


def make_cookies(count: int) -> list[str]:
    """Cookies of `count` visitors, about as long as those of the site's learners."""
    app = create_app()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return [f"session={serializer.dumps({'name': f'visitor {n} '.ljust(100, 'x')})}" for n in range(count)]
