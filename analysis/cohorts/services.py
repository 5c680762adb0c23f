"""Keeping the figures of cohorts: which courses are due, computing and writing them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from analysis.cohorts import reads
from analysis.cohorts.gains import Compared, Pair, compared_in, pairs_of
from analysis.cohorts.later import later_of
from analysis.cohorts.models import CohortStatistics
from analysis.cohorts.rules import (
    CourseFigures,
    GroupFigures,
    ModuleGain,
    Months,
    Total,
    given,
    grouped,
    means_of,
    month_of,
    name_of,
    place_of,
    share_of,
)
from analysis.rules import LEAST, Gain, Gaining
from core.clock import now
from core.database import db, transaction, upsert
from core.school import current_school
from courses.models import Course
from courses.services import Outline, course_outline
from enrollment.models import Enrollment

SHORTEST_REST = timedelta(minutes=10)
REST_FOR_EACH = timedelta(milliseconds=36)  # of a learner: an hour at 100,000


@dataclass
class Learner:
    """What one learner had before and after so many modules, summed up. Some 200 bytes each are kept in memory."""

    enrolled_at: datetime
    modules: int = 0
    before: float = 0.0
    after: float = 0.0

    def add(self, pair: Pair) -> None:
        self.modules += 1
        self.before += pair.before
        self.after += pair.after


def due_courses(at: datetime) -> list[int]:
    """The courses with learners whose figures have rested; progress has no marks, so all take their turn."""
    people = func.count(Enrollment.id)
    query = (
        select(Enrollment.course_id, people, CohortStatistics.computed_at)
        .outerjoin(CohortStatistics, CohortStatistics.course_id == Enrollment.course_id)
        .group_by(Enrollment.course_id, CohortStatistics.computed_at)
        .order_by(Enrollment.course_id)
    )
    return [
        course
        for course, n, computed_at in db.session.execute(query)
        if computed_at is None or at - computed_at >= max(SHORTEST_REST, n * REST_FOR_EACH)
    ]


def refresh(course_id: int) -> None:
    """Compute the figures of a course and write them; those of a reading that began later are newer and stay."""
    began = now()
    course = db.session.get(Course, course_id)
    if course is None:
        return
    figures = _figures(course_outline(course), ZoneInfo(current_school().time_zone))
    with transaction():
        if not _was_read_after(course_id, began):
            row = {"course_id": course_id, "computed_at": began, "figures": figures.to_json()}
            upsert(CohortStatistics, row, ("course_id",))


def _was_read_after(course_id: int, moment: datetime) -> bool:
    # The course is locked until the commit: of two that write at once, the second sees what the first wrote.
    db.session.get(Course, course_id, with_for_update={"key_share": True})
    computed_at = db.session.scalar(select(CohortStatistics.computed_at).filter_by(course_id=course_id))
    return computed_at is not None and computed_at > moment


def figures_of(course_id: int) -> tuple[CourseFigures, datetime] | None:
    """What was computed last, and when; None before the first time."""
    row = db.session.get(CohortStatistics, course_id)
    return None if row is None else (CourseFigures.from_json(row.figures), row.computed_at)


def _figures(outline: Outline, zone: ZoneInfo) -> CourseFigures:
    started = reads.started_in(outline.course_id, zone)
    months = grouped(started)
    learners: dict[int, Learner] = {}
    modules = tuple(_module(outline.course_id, compared, learners) for compared in compared_in(outline))
    groups = _groups(outline, months, zone, gains_of_groups(learners, months, zone)) if months else ()
    return CourseFigures(sum(started.values()), groups, modules)


def _module(course_id: int, compared: Compared, learners: dict[int, Learner]) -> ModuleGain:
    """The gain of a module; each pair counts for its learner as well."""
    whole = Gaining()
    for pair in pairs_of(course_id, compared):
        whole.add(pair.before, pair.after)
        learners.setdefault(pair.user_id, Learner(pair.enrolled_at)).add(pair)
    is_given, later = whole.gain.mean is not None, later_of([compared.step_id])
    return ModuleGain(
        number=compared.number,
        title=compared.title,
        before=whole.before.mean if is_given else None,
        after=whole.after.mean if is_given else None,
        gain=whole.gain,
        later_days=later.days,
        later_answers=later.n,
        later=share_of(later.right, later.n, later.people),
    )


def gains_of_groups(learners: dict[int, Learner], months: Sequence[Months], zone: ZoneInfo) -> list[Gain]:
    """The gain of each group, in which a learner counts once, with the mean over their modules."""
    gaining = [Gaining() for _ in months]
    for learner in learners.values():
        place = place_of(months, month_of(learner.enrolled_at.astimezone(zone).date()))
        if place is not None:
            gaining[place].add(learner.before / learner.modules, learner.after / learner.modules)
    gains = [each.gain for each in gaining]
    shown = given([gain.n for gain in gains], LEAST)
    return [
        gain if is_shown else Gain(gain.n, None, None, None)
        for gain, is_shown in zip(gains, shown, strict=True)
    ]


def _groups(
    outline: Outline, months: Sequence[Months], zone: ZoneInfo, gains: Sequence[Gain]
) -> tuple[GroupFigures, ...]:
    course, place, places = outline.course_id, reads.place_in(months, zone), range(len(months))
    quizzes = reads.quizzes_of(outline)
    to_pass = [quiz_id for quiz_id, settings in quizzes.items() if settings.pass_mark]
    results = _in_order(reads.results(course, place, list(quizzes)), places)
    passes = _in_order(reads.passes(course, place, to_pass), places)
    sure = _in_order(reads.sure_answers(course, place, list(quizzes)), places)
    means, passed, right = means_of(results), means_of(passes), means_of(sure)
    done, finished = reads.steps_done(course, place, outline.required), reads.finished(course, place)
    return tuple(
        GroupFigures(
            first=name_of(group.first),
            last=name_of(group.last),
            n=group.n,
            finished=finished.get(n, (0,))[0],
            progress=_progress(done.get(n, (0,))[0], group.n, len(outline.required)),
            attempts=results[n].n,
            mean=means[n],
            to_pass=passes[n].n,
            passed=passed[n],
            sure_answers=sure[n].n,
            sure=right[n],
            gain=gains[n],
        )
        for n, group in enumerate(months)
    )


def _in_order(totals: Mapping[int, Total], places: Iterable[int]) -> list[Total]:
    return [totals.get(place, Total()) for place in places]


def _progress(done: int, learners: int, steps: int) -> float:
    return done / (learners * steps) if steps else 0.0
