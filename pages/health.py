"""Signs of life for whoever runs the school: the process is up; the database and the worker answer."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.clock import now
from core.database import db
from core.jobs import last_beat
from core.web import ANYONE, allow

bp = Blueprint("health", __name__)
WORKER_SILENCE = timedelta(seconds=90)


@bp.get("/healthz")
@allow(ANYONE)
def alive() -> Response:
    """The process is up."""
    return jsonify(status="ok")


@bp.get("/readyz")
@allow(ANYONE)
def ready() -> tuple[Response, int]:
    """The database answers, and the worker's newest heartbeat is under 90 seconds old."""
    checks = {"database": _database_answers(), "worker": False}
    checks["worker"] = checks["database"] and _worker_beats()
    return jsonify(checks), 200 if all(checks.values()) else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _worker_beats() -> bool:
    beat = last_beat()
    return beat is not None and now() - beat < WORKER_SILENCE
