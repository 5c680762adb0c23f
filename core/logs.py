"""Structured logs: one JSON line a request, with a request id; never a secret, a name or an address."""

import json
import logging
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, g, request

_RESERVED = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A log record as one line of JSON; what was given as `extra` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _RESERVED}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure() -> None:
    """Send everything to standard error as JSON lines, times in UTC."""
    formatter = JsonLines()
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Give each request an id and, at its end, a line."""
    logger = logging.getLogger("request")

    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        if logger.isEnabledFor(logging.INFO) and request.endpoint != "static":
            logger.info("%s %s", request.method, _route(), extra=_facts(response))
        return response

    app.before_request(begin)
    app.after_request(end)


def _facts(response: Response) -> dict[str, object]:
    reader = g.get("reader")
    return {
        "request_id": g.request_id,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "user_id": reader.user_id if reader else None,
    }


def _route() -> str:
    # The rule, not the path: paths carry tokens of reset links and ids of certificates.
    return request.url_rule.rule if request.url_rule else "(no route)"
