"""Learners by months of enrollment, and what modules gained them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from analysis.cohorts import pages, services
from analysis.cohorts.gains import Pair
from analysis.cohorts.rules import FEWEST, CourseFigures, Months, grouped
from analysis.cohorts.rules import given as is_given
from core.database import db, transaction
from courses.models import CourseInstructor
from quizzes.marks import Certainty
from quizzes.models import Attempt, Quiz
from tests import factories
from tests.analysis.classroom import Classroom
from tests.quizzes.world import TWO

MONTHS = st.dictionaries(st.dates(date(2020, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1)),
                         st.integers(1, 12), max_size=20)  # fmt: skip
AUGUST = datetime(2026, 8, 10, 12, tzinfo=UTC)


class Modules(Classroom):
    """A course whose quiz has a baseline before it."""

    def __init__(self) -> None:
        self.course = factories.make_course(modules=("lesson quiz quiz",))
        _, self.early, self.step = factories.steps_of(self.course)
        text = TWO.replace("## first", "## early-1").replace("## second", "## early-2")
        self.baseline = factories.make_quiz(
            self.early, text, shuffle="none", baseline=self.step.slug, pass_mark=0
        )
        self.quiz = self.publish(TWO)
        with transaction() as session:
            session.get_one(Quiz, self.quiz.id).content = {"baselines": [self.baseline.name]}

    def before(self, user_id: int, *right: bool) -> None:
        here = self.quiz, self.step
        self.quiz, self.step = self.baseline, self.early
        self.hand_in(user_id, right)
        self.quiz, self.step = here

    def figures(self) -> CourseFigures:
        services.refresh(self.course.id)
        db.session.rollback()
        found = services.figures_of(self.course.id)
        assert found
        return found[0]


@given(MONTHS)
def test_no_group_is_smaller_than_the_fewest_and_nobody_is_left_out(started: dict[date, int]) -> None:
    groups = grouped(started)

    assert all(group.n >= FEWEST for group in groups)
    assert sum(group.n for group in groups) == (sum(started.values()) if groups else 0)
    assert bool(groups) is (sum(started.values()) >= FEWEST)
    assert all(one.last < other.first for one, other in zip(groups, groups[1:], strict=False))


def test_what_is_left_over_joins_the_last_group() -> None:
    months = {date(2026, 8, 1): 5, date(2026, 9, 1): 2, date(2026, 10, 1): 4, date(2026, 11, 1): 1}

    assert grouped(months) == [
        Months(date(2026, 8, 1), date(2026, 8, 1), 5),
        Months(date(2026, 9, 1), date(2026, 11, 1), 7),
    ]


def test_groups_have_the_progress_and_results_of_their_own_learners(
    app: Flask, clock: Callable[..., None]
) -> None:
    room = Classroom(certainty=True)
    clock(AUGUST)
    early = [room.learner() for _ in range(5)]
    clock(AUGUST.replace(month=9))
    late = [room.learner() for _ in range(6)]
    for learner in early:
        room.hand_in(learner, (True, True), Certainty.HIGH)
    for learner in late:
        room.hand_in(learner, (True, False), Certainty.HIGH)

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found
    first, second = found[0].groups

    assert (first.first, first.n, second.first, second.n) == ("2026-08", 5, "2026-09", 6)
    assert (first.mean, first.sure, first.sure_answers) == (1.0, 1.0, 10)
    assert (second.sure, second.sure_answers) == (0.5, 12)
    assert second.mean is not None
    assert second.mean < 1
    assert first.progress > second.progress == 0


def test_a_figure_that_few_stand_behind_is_not_given(app: Flask, clock: Callable[..., None]) -> None:
    room = Classroom()
    clock(AUGUST)
    for learner in [room.learner() for _ in range(6)][:4]:
        room.hand_in(learner, (True, True))

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found
    (group,) = found[0].groups
    (line,) = pages.cohort_lines(found[0])

    assert (group.n, group.attempts, group.mean, group.passed) == (6, 4, None, None)
    assert (line.mean, line.sure) == ("not given", "none yet")
    assert pages.cohort_cells(found[0])[1][5] == ""


@given(st.lists(st.integers(0, 12), max_size=6), st.sampled_from((FEWEST, 10)))
def test_what_is_withheld_is_of_nobody_or_of_enough(people: list[int], fewest: int) -> None:
    shown = is_given(people, fewest)

    hidden = sum(n for n, is_shown in zip(people, shown, strict=True) if not is_shown)
    assert all(n >= fewest for n, is_shown in zip(people, shown, strict=True) if is_shown)
    assert hidden == 0 or hidden >= FEWEST or not any(shown)


def test_of_groups_only_so_many_are_withheld_as_it_takes() -> None:
    assert is_given([9, 6, 3, 8]) == [True, False, False, True]
    assert is_given([9, 6, 3, 2]) == [True, True, False, False]
    assert is_given([9, 6, 0]) == [True, True, False]


def test_no_figure_of_few_is_found_by_taking_a_group_from_the_whole(
    app: Flask, clock: Callable[..., None]
) -> None:
    room = Classroom()
    clock(AUGUST)
    early = [room.learner() for _ in range(9)]
    clock(AUGUST.replace(month=9))
    late = [room.learner() for _ in range(5)]
    for learner in (*early, late[0]):
        room.hand_in(learner, (True, True))

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found

    assert [(group.attempts, group.mean, group.passed) for group in found[0].groups] == [
        (9, None, None),
        (1, None, None),
    ]


def test_who_was_certain_later_only_stands_behind_no_figure(app: Flask, clock: Callable[..., None]) -> None:
    room = Classroom(certainty=True, pass_mark=0)
    clock(AUGUST)
    learners = [room.learner() for _ in range(5)]
    for n, learner in enumerate(learners):
        room.hand_in(learner, (True, True), None if n else Certainty.HIGH)
        room.hand_in(learner, (True, True), Certainty.HIGH)

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found
    (group,) = found[0].groups

    assert (group.sure_answers, group.sure) == (2, None)


def test_where_there_is_nothing_to_pass_nobody_passed_at_once(app: Flask, clock: Callable[..., None]) -> None:
    room = Classroom(pass_mark=0)
    clock(AUGUST)
    for learner in [room.learner() for _ in range(5)]:
        room.hand_in(learner, (True, True))

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found
    (line,) = pages.cohort_lines(found[0])

    assert (line.mean, line.passed) == ("100%", "none yet")


def test_a_learner_of_whom_all_was_dropped_stands_behind_no_figure(
    app: Flask, clock: Callable[..., None]
) -> None:
    room = Classroom()
    clock(AUGUST)
    bare = [room.hand_in(learner, (True, True)) for learner in [room.learner() for _ in range(5)]][0]
    with transaction() as session:
        session.get_one(Attempt, bare).max_num = 0

    services.refresh(room.course.id)
    db.session.rollback()
    found = services.figures_of(room.course.id)
    assert found
    (group,) = found[0].groups

    assert (group.n, group.attempts, group.mean) == (5, 4, None)


def test_a_gain_counts_who_took_the_quiz_before_and_then_the_one_after(
    app: Flask, clock: Callable[..., None]
) -> None:
    clock(AUGUST)
    room = Modules()
    for number in range(10):
        learner = room.learner()
        room.before(learner, number % 2 == 0, False)
        clock(AUGUST.replace(day=11 + number))
        room.hand_in(learner, (True, True))
    wrong_way_round = room.learner()
    room.hand_in(wrong_way_round, (True, True))
    clock(AUGUST.replace(day=28))
    room.before(wrong_way_round, False, False)

    (module,) = room.figures().modules

    assert (module.gain.n, module.before, module.after) == (10, 0.25, 1.0)
    assert module.gain.mean == pytest.approx(0.75)
    assert module.gain.low is not None
    assert module.gain.low < 0.75


def test_below_ten_pairs_a_gain_is_not_given(app: Flask, clock: Callable[..., None]) -> None:
    clock(AUGUST)
    room = Modules()
    learner = room.learner()
    room.before(learner, False, False)
    clock(AUGUST.replace(day=12))
    room.hand_in(learner, (True, True))

    (line,) = pages.gain_lines(room.figures())

    assert (line.n, line.before, line.gain, line.bar) == (1, "too few", "too few", None)


def test_figures_rest_before_they_are_computed_again(app: Flask, clock: Callable[..., None]) -> None:
    clock(AUGUST)
    room = Classroom()
    room.learner()
    assert services.due_courses(AUGUST) == [room.course.id]
    services.refresh(room.course.id)
    db.session.rollback()

    assert services.due_courses(AUGUST.replace(minute=9)) == []
    assert services.due_courses(AUGUST.replace(minute=10)) == [room.course.id]


def test_pages_and_files_name_nobody(app: Flask, clock: Callable[..., None]) -> None:
    clock(AUGUST)
    room = Modules()
    for number in range(12):
        learner = room.learner()
        room.before(learner, number % 3 == 0, False)
        clock(AUGUST.replace(day=11 + number))
        room.hand_in(learner, (True, number % 2 == 0))
    services.refresh(room.course.id)
    teacher = factories.make_user("", "Tea Teacher", "instructor")
    with transaction() as session:
        session.add(CourseInstructor(course_id=room.course.id, user_id=teacher.id))
    browser = factories.sign_in(app.test_client(), teacher)

    told = [
        browser.get(f"/studio/courses/{room.course.slug}/{page}").text
        for page in ("cohort", "cohort.csv", "gain", "gain.csv")
    ]

    assert "August 2026" in told[0]
    assert "95% interval" in told[2]
    assert all(page.count("\n") for page in told)
    assert not any("Nora" in page or "pupil" in page for page in told)


def test_a_gain_of_few_is_not_found_by_taking_a_group_from_the_module() -> None:
    september = AUGUST.replace(month=9)
    months = [Months(date(2026, 8, 1), date(2026, 8, 1), 12), Months(date(2026, 9, 1), date(2026, 9, 1), 5)]
    learners = {n: services.Learner(AUGUST if n < 12 else september, 1, 0.2, 0.5) for n in range(14)}

    early, late = services.gains_of_groups(learners, months, ZoneInfo("UTC"))

    assert (early.n, early.mean, late.n, late.mean) == (12, None, 2, None)


def test_a_learner_counts_once_in_the_gain_of_a_group() -> None:
    learner = services.Learner(AUGUST)
    for before, after in ((0.0, 0.5), (0.5, 1.0)):
        learner.add(Pair(1, AUGUST, before, after))
    months = [Months(date(2026, 8, 1), date(2026, 8, 1), 12)]

    (gain,) = services.gains_of_groups(dict.fromkeys(range(10), learner), months, ZoneInfo("UTC"))
    (few,) = services.gains_of_groups({1: learner}, months, ZoneInfo("UTC"))

    assert (gain.n, gain.mean) == (10, 0.5)
    assert (few.n, few.mean) == (1, None)
