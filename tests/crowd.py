"""Many at once: threads that begin together, each with an application context of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask

from core import reads
from core.database import db


def at_once(app: Flask, number: int, deed: Callable[[int], Any]) -> list[Any]:
    """Run `deed(0)` to `deed(number - 1)` at the same moment; what each gave, an exception where it raised."""
    together, answers = Barrier(number), [None] * number

    def run(i: int) -> None:
        with app.app_context():
            together.wait(30)
            try:
                answers[i] = deed(i)
            except Exception as error:
                answers[i] = error
            finally:
                db.session.remove()
                reads.close()

    threads = [Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
