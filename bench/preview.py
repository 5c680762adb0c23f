"""A lesson's live preview against the bare render of its text: `python -m bench.preview`.

Bare is what the renderer makes of the Markdown: one visit to the resident child, and the finishing of its HTML. The
preview reads the file in its bundle, checks it by the rules and by the standard, renders it with figures, designs and
terms, and fills the learner's template. The lesson is the shipped one whose text is nearest to 10 KB; the two are
measured in turns.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from flask import render_template

from bench.sites import application, migrated
from core import markup
from core.database import transaction
from core.markup.rendered import Source
from courses.models import Course
from courses.services import find_course
from publishing import services
from publishing.texts.page_texts import LessonText
from studio.editor import desk
from studio.record import published

CONTENT = Path(__file__).parent.parent / "content"
NO_STRIPE = "http://127.0.0.1:1"
SIZE = 10_000  # characters
ROUNDS = 60


def main() -> None:
    """Publish the shipped content, measure both, print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        environ = migrated(Path(folder) / "site", NO_STRIPE)
        with application(environ) as app, app.test_request_context("/studio"):
            _publish()
            _measure()


def _publish() -> None:
    edition = services.prepare(services.read_folder(CONTENT))
    with transaction():
        services.publish(edition)


def _measure() -> None:
    lesson = min(published().bundle.lessons.values(), key=lambda each: abs(len(each.body) - SIZE))
    course = find_course(lesson.course)
    text = published().bundle.files[lesson.file].decode()
    bare: list[float] = []
    whole: list[float] = []
    for _ in range(ROUNDS):
        bare.append(_seconds(lambda: _bare(lesson)))
        whole.append(_seconds(lambda: _whole(course, lesson, text)))
    print(f"{lesson.name}, {len(lesson.body):,} characters, {ROUNDS} rounds")
    for name, times in (("bare render", bare), ("preview", whole)):
        print(f"{name:<12} p50 {_at(times, 50):6.1f} ms   p95 {_at(times, 95):6.1f} ms")
    print(
        f"{'ratio':<12} p50 {_at(whole, 50) / _at(bare, 50):6.2f}      p95 {_at(whole, 95) / _at(bare, 95):6.2f}"
    )


def _bare(lesson: LessonText) -> object:
    return markup.render_many([Source(lesson.body, lesson.file, first_line=lesson.body_line)])


def _whole(course: Course, lesson: LessonText, text: str) -> object:
    reading = desk.read_through(lesson.course, lesson.slug, text)
    return render_template("studio/_page.html", **desk.context_of(course.slug, reading))


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _at(times: list[float], percent: int) -> float:
    """That percentile in milliseconds; the first round, in which memory is filled, does not count."""
    return quantiles(times[1:], n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main()
