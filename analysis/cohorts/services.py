"""Keeping the figures of cohorts: which courses are due, computing and writing them."""

from collections.abc import Sequence
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
    grouped,
    month_of,
    name_of,
    place_of,
    share_of,
)
from analysis.rules import Gain, Gaining
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
    """Compute the figures of a course and write them."""
    course = db.session.get(Course, course_id)
    if course is None:
        return
    figures = _figures(course_outline(course), ZoneInfo(current_school().time_zone))
    with transaction():
        row = {"course_id": course_id, "computed_at": now(), "figures": figures.to_json()}
        upsert(CohortStatistics, row, ("course_id",))


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
    return [each.gain for each in gaining]


def _groups(
    outline: Outline, months: Sequence[Months], zone: ZoneInfo, gains: Sequence[Gain]
) -> tuple[GroupFigures, ...]:
    course, place = outline.course_id, reads.place_in(months, zone)
    quizzes = reads.quizzes_of(outline)
    done, finished = (
        reads.steps_done(course, place, outline.required),
        reads.finished(course, place),
    )
    results = [reads.first_attempts(course, place, quiz) for quiz in quizzes]
    people = reads.people_of(course, place, quizzes)
    sure, sure_people = (
        reads.sure_answers(course, place, quizzes),
        reads.sure_people(course, place, quizzes),
    )
    found = []
    for n, group in enumerate(months):
        rows = [result[n] for result in results if n in result]
        attempts, behind = sum(row[0] for row in rows), people.get(n, (0,))[0]
        answers, right = sure.get(n, (0, 0.0))
        found.append(
            GroupFigures(
                first=name_of(group.first),
                last=name_of(group.last),
                n=group.n,
                finished=finished.get(n, (0,))[0],
                progress=_progress(done.get(n, (0,))[0], group.n, len(outline.required)),
                attempts=attempts,
                mean=share_of(sum(row[1] for row in rows), attempts, behind),
                passed=share_of(sum(row[2] for row in rows), attempts, behind),
                sure_answers=answers,
                sure=share_of(right, answers, sure_people.get(n, (0,))[0]),
                gain=gains[n],
            )
        )
    return tuple(found)


def _progress(done: int, learners: int, steps: int) -> float:
    return done / (learners * steps) if steps else 0.0
