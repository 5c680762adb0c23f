"""Structured logs: one JSON line a request, with a request id; never a secret, a name or an address."""

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

_encode = json.JSONEncoder(default=str).encode
FACTS = "facts"  # an `extra` of this name is a dict that stands in the line as it is
_RESERVED = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

_DETAIL = re.compile(r"^DETAIL:.*\n?", re.MULTILINE)  # Here PostgreSQL repeats the values of a row.


class JsonLines(logging.Formatter):
    """A log record as one line of JSON; what was given as `extra` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= record.__dict__.get(FACTS) or _extras(record)
        if record.exc_info:
            line["traceback"] = _DETAIL.sub("", self.formatException(record.exc_info))
        return _encode(line)


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _RESERVED}


def configure() -> None:
    """Send everything to standard error as JSON lines, times in UTC."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # A line names neither thread, process nor place in the code, so none is looked up (a third of its cost).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
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
            logger.info("%s %s", request.method, _route(), extra={FACTS: _facts(response)})
        return response

    app.before_request(begin)
    app.after_request(end)


def _facts(response: Response) -> dict[str, object]:
    reader = g.get("reader")
    return {
        "request_id": response.headers["X-Request-Id"],
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "user_id": reader.user_id if reader else None,
    }


def _route() -> str:
    # The rule, not the path: paths carry tokens of reset links and ids of certificates.
    rule = request.url_rule
    return rule.rule if rule else "(no route)"
