"""Eight processes that save answers of running attempts at once, against what the disk can sync.

`python -m bench.writers [--seconds 3]`: saves a second in all, as a share of the disk's own syncs, the longest wait
and its 99th percentile, and how evenly the processes were served. Each save is a durable transaction of its own.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random

from sqlalchemy import select

from accounts.models import User
from bench.bundle import COURSE, QUIZ
from bench.sites import Instance, application, postgresql, prepare
from core.database import transaction
from courses.services import course_outline, find_course
from enrollment.models import Enrollment
from quizzes.saving import Given, save
from quizzes.services import find_quiz
from quizzes.services import start as start_attempt

PROCESSES = 8
NO_STRIPE = "http://127.0.0.1:1"
_start: Barrier | None = None  # of this process, set when it begins


@dataclass(frozen=True)
class Writer:
    """What one process did: the seconds of each save."""

    waits: tuple[float, ...]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.writers", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each database is written to")
    seconds = parser.parse_args(arguments).seconds
    print(
        "| database | saves a second | of the disk's syncs | p50 ms | p99 ms | longest ms | least to most served |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        instances = {
            "SQLite": prepare(folder / "sqlite", NO_STRIPE),
            "PostgreSQL": stack.enter_context(postgresql(folder / "postgresql", NO_STRIPE)),
        }
        for database, instance in instances.items():
            before, writers, after = syncs_a_second(folder), write(instance, seconds), syncs_a_second(folder)
            print(row(database, writers, seconds, (before + after) / 2))


def syncs_a_second(folder: Path) -> float:
    """How often the disk below the folder takes 4 KB durably."""
    with (folder / "sync").open("wb", buffering=0) as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < 1:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            count += 1
    return count


def write(instance: Instance, seconds: float) -> list[Writer]:
    """Let the processes save side by side."""
    papers = begin(instance.environ)
    barrier = get_context("spawn").Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _remember, (barrier,)) as pool:
        jobs = [pool.submit(write_one, instance.environ, *paper, seconds) for paper in papers]
        return [job.result() for job in jobs]


def begin(environ: Mapping[str, str]) -> list[tuple[int, str]]:
    """An open attempt for each process: its learner and its id."""
    with application(environ) as app, app.app_context(), transaction() as session:
        course = find_course(COURSE)
        step = next(step for step in course_outline(course).steps if step.body.endswith(QUIZ))
        learners = (
            select(User.id).join(Enrollment, Enrollment.user_id == User.id).filter_by(course_id=course.id)
        )
        users = session.scalars(learners.order_by(User.id).limit(PROCESSES)).all()
        return [(user, start_attempt(user, find_quiz(step.body), step.id, Random(user)).id) for user in users]


def _remember(barrier: Barrier) -> None:
    global _start  # noqa: PLW0603  a barrier goes into a process when it begins, and not with its work
    _start = barrier


def write_one(environ: Mapping[str, str], user_id: int, attempt_id: str, seconds: float) -> Writer:
    """Save one answer after the other until the time is over, each time another one."""
    waits = []
    with application(environ) as app, app.app_context():
        save_one(user_id, attempt_id, 0)
        assert _start is not None
        _start.wait()
        began = time.perf_counter()
        while (before := time.perf_counter()) < began + seconds:
            save_one(user_id, attempt_id, len(waits) + 1)
            waits.append(time.perf_counter() - before)
    return Writer(tuple(waits))


def save_one(user_id: int, attempt_id: str, number: int) -> None:
    with transaction():
        save(user_id, attempt_id, [Given(number % 10 + 1, {"ticked": [number % 4]}, False)])


def row(database: str, writers: Sequence[Writer], seconds: float, syncs: float) -> str:
    served = sorted(len(writer.waits) for writer in writers)
    waits = sorted(wait * 1000 for writer in writers for wait in writer.waits)
    rate = len(waits) / seconds
    p50, p99 = (waits[int(len(waits) * part)] for part in (0.5, 0.99))
    return (
        f"| {database} | {rate:,.0f} | {rate / syncs:.2f} | {p50:.1f} | {p99:.1f} | {waits[-1]:.0f} "
        f"| 1 : {served[-1] / max(1, served[0]):.1f} |"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
