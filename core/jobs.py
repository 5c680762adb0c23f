"""Work after the page: bells that a commit rings, and jobs that come round by the clock.

The queue is the database, never Huey: a bell only says "look now". It may be lost with Redis or with a killed
worker; the job that comes round finds what it was rung for. So who answers a bell must be right when called
late or twice.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.config import Config
from core.database import Base, db, transaction

if TYPE_CHECKING:
    from huey import Huey

logger = logging.getLogger("jobs")
WORKER = "worker"


class Heartbeat(Base):
    """When something last happened: the worker's sign of life, and the last run of each job by the clock."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class Periodic:
    """A job that comes round: at the earliest `every` after its last run. It opens its own transactions."""

    name: str
    every: timedelta
    run: Callable[[], object]


_answers: dict[str, Callable[..., object]] = {}
_periodic: dict[str, Periodic] = {}


def answer(bell: str, handler: Callable[..., object]) -> None:
    """Let `handler` answer the bell of this name, in the worker, with an app context and no transaction."""
    _answers[bell] = handler


def answer_alone(bell: str, handler: Callable[..., object]) -> None:
    """As `answer`, for long work: a bell that names what a thread of this worker is at already is let be.

    It is lost, so this is for bells that a periodic job rings again for what is left to do.
    """
    under_way: dict[tuple[str | int, ...], object] = {}

    def respond(*arguments: str | int) -> None:
        turn = object()
        # One step, so that of two threads that pick up the same bell only one goes on.
        if under_way.setdefault(arguments, turn) is not turn:
            return
        try:
            handler(*arguments)
        finally:
            del under_way[arguments]

    answer(bell, respond)


def periodic(name: str, every: timedelta, run: Callable[[], object]) -> None:
    """Let the worker call `run` whenever `every` has passed since its last run, across restarts."""
    _periodic[name] = Periodic(name, every, run)


def ring(bell: str, *arguments: str | int) -> None:
    """Wake the worker. A queue that does not answer is logged and never raised: the clock brings it round."""
    try:
        bells_of(current_app).ring(bell, *arguments)
    except Exception as error:
        logger.warning("the bell %s could not be rung: %s", bell, type(error).__name__)


def beat(name: str = WORKER) -> None:
    """Write down that `name` is alive now, in a transaction of its own."""
    with transaction() as session:
        session.merge(Heartbeat(name=name, at=now()))


def last_beat(name: str = WORKER) -> datetime | None:
    """When `name` last gave a sign of life, or None."""
    return db.session.scalar(select(func.max(Heartbeat.at)).where(Heartbeat.name == name))


def run_due() -> None:
    """Run every job whose time has come. One that fails is logged and comes round again."""
    for job in _periodic.values():
        try:
            if _take_turn(job):
                job.run()
        except Exception:
            logger.exception("the job %s failed", job.name)
        finally:
            db.session.remove()


def _take_turn(job: Periodic) -> bool:
    # The run is written down before it happens, so that of two workers only one runs it.
    with transaction() as session:
        last = session.get(Heartbeat, job.name, with_for_update=True)
        if last is not None and timedelta(0) <= now() - last.at < job.every:
            return False
        session.merge(Heartbeat(name=job.name, at=now()))
    return True


class Bells:
    """The bell itself: Huey on a SQLite file of its own, or on Redis."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.huey = make_huey(config)

        def respond(bell: str, *arguments: str | int) -> None:
            with app.app_context():
                _answers[bell](*arguments)

        self.ring = self.huey.task(name="respond")(respond)


def bells_of(app: Flask) -> Bells:
    """The app's bells, made when first asked for: Huey takes long to import, and most pages never ring."""
    if "bells" not in app.extensions:
        app.extensions["bells"] = Bells(app, app.config["STRATUM"])
    bells: Bells = app.extensions["bells"]
    return bells


def make_huey(config: Config) -> "Huey":
    """Huey as configured. Messages are JSON: with pickle, whoever writes to Redis would run code here."""
    from huey import RedisHuey, SqliteHuey
    from huey.registry import Message
    from huey.serializer import Serializer

    class JsonMessages(Serializer):  # type: ignore[misc]
        def _serialize(self, data: Any) -> bytes:
            return json.dumps(data).encode()

        def _deserialize(self, data: bytes) -> Any:
            return Message(*json.loads(data))

    common = {"results": False, "serializer": JsonMessages()}
    if config.redis_url:
        return RedisHuey("stratum", connection_pool=_redis_pool(config.redis_url), **common)
    config.instance.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("stratum", filename=str(config.instance / "jobs.db"), **common)


def _redis_pool(url: str) -> object:
    # No retries and short timeouts: a page that rings must not wait for a Redis that is gone.
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return ConnectionPool.from_url(
        url, socket_connect_timeout=0.5, socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )
