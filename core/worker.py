"""The worker's process: Huey answers bells, one thread runs the clock's jobs, one gives the sign of life."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from core import jobs

BEAT_SECONDS = 30
CLOCK_SECONDS = 20  # a job of every minute runs at most 80 s after its last run
STOP_SECONDS = 8  # what a delivery under way may still take after TERM
logger = logging.getLogger("worker")


def run(app: Flask) -> None:
    """Work until TERM (what is under way is finished) or Ctrl-C. Blocks; call it in the main thread."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    stop = threading.Event()
    threads = [
        _repeat(app, "heartbeat", jobs.beat, BEAT_SECONDS, stop),
        _repeat(app, "clock", jobs.run_due, CLOCK_SECONDS, stop),
    ]
    try:
        _consumer(app).run()
    finally:
        stop.set()
        for thread in threads:
            thread.join(STOP_SECONDS)


def _consumer(app: Flask) -> Any:
    """Huey's consumer: two threads, quick to notice on SQLite, patient while Redis is gone."""
    huey = jobs.bells_of(app).huey
    return huey.create_consumer(
        workers=2,
        periodic=False,
        max_delay=10.0 if huey.storage.blocking else 1.0,
        scheduler_interval=60,
        graceful_signal="TERM",
        shutdown_timeout=STOP_SECONDS,
    )


def _repeat(
    app: Flask, name: str, deed: Callable[[], None], seconds: float, stop: threading.Event
) -> threading.Thread:
    """Do the deed now and every so many seconds, whatever it raises, until stopped."""

    def loop() -> None:
        while not stop.is_set():
            try:
                with app.app_context():
                    deed()
            except Exception:
                logger.exception("the %s missed a turn", name)
            stop.wait(seconds)

    thread = threading.Thread(target=loop, name=name, daemon=True)
    thread.start()
    return thread
