"""The figures in the database: which attempts count, when they are stale, what is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from analysis import jobs
from analysis.figures import QuizFigures
from analysis.models import QuestionStatistics, QuizStatistics
from analysis.papers import papers_of
from analysis.services import due_quizzes, refresh, rest_after
from core import jobs as core_jobs
from core.clock import now
from core.database import transaction
from quizzes.marks import Certainty
from quizzes.models import AttemptItem
from quizzes.quiz_text import parse_questions
from tests import factories
from tests.analysis.classroom import CaseRoom, Classroom, some
from tests.conftest import NOON
from tests.quizzes.world import TWO, count_of

SAME = TWO.replace("- [x] This\n- [ ] That", "- [ ] This\n- [x] That").replace(
    "Which is right?", "Which one?"
)
OTHER = TWO.replace("- [x] This\n- [ ] That", "- [x] This\n- [ ] That\n- [ ] None")


def publish(text: str) -> None:
    questions, problems = parse_questions(text, "courses/any/quizzes/any.md")
    assert not problems
    with transaction():
        factories.publish_question(questions[0])


def test_figures_are_those_of_the_papers(room: Classroom) -> None:
    room.crowd(some(8, 12, lambda right: (right, True)))

    figures = room.compute()

    assert (figures.n, figures.passed, figures.is_drawn, figures.length) == (12, 8, False, 2.0)
    assert figures.mean == pytest.approx((8 + 4 * 0.5) / 12)
    assert figures.tenths == (0, 0, 0, 0, 0, 4, 0, 0, 0, 8)
    first = room.question("first")
    assert (first.n, first.unanswered, first.kind) == (12, 0, "choice")
    assert first.facility == pytest.approx(8 / 12)
    assert first.weight == pytest.approx(1.0)
    assert first.rest_correlation is None  # everybody has the other question right
    assert [sum(chosen) for chosen in first.options] == [8, 4]
    assert room.question("second").facility == 1.0


def test_of_each_learner_the_first_marked_attempt_counts(room: Classroom) -> None:
    for _ in range(10):
        learner = room.learner()
        room.hand_in(learner, (False, False))
        room.hand_in(learner, (True, True))

    figures = room.compute()

    assert (figures.n, figures.mean) == (10, 0.0)


def test_who_was_never_enrolled_does_not_count(room: Classroom) -> None:
    room.hand_in(room.learner(enrolled=False), (True, True))
    room.hand_in(room.learner(), (True, True))

    assert room.compute().n == 1


def test_below_ten_learners_there_is_a_number_and_no_figure(room: Classroom) -> None:
    room.crowd([(True, False)] * 9)

    figures = room.compute()

    assert figures == QuizFigures(9, 0, None, None, None, None, 2.0, False, (), (), ())
    first = room.question("first")
    assert (first.n, first.facility, first.options, first.thirds, first.advice) == (9, None, (), (), ())


def test_what_was_left_empty_earns_nothing_and_is_counted(room: Classroom) -> None:
    room.crowd([()] * 10)

    assert room.compute().mean == 0.0
    assert (room.question("first").unanswered, room.question("first").facility) == (10, 0.0)


def test_a_key_that_was_mended_keeps_its_answers_and_other_options_begin_anew(room: Classroom) -> None:
    room.crowd([(True, True)] * 10)
    publish(SAME)
    room.compute()
    mended = room.question("first")
    assert (mended.n, mended.others, mended.is_current, mended.name) == (10, 0, True, "Which one?")

    publish(OTHER)
    room.crowd([(True, True)] * 9)
    room.compute()
    earlier = room.question("first")
    assert (earlier.n, earlier.others, earlier.is_current, len(earlier.options)) == (10, 9, False, 2)

    room.crowd([(False, True)])
    room.compute()
    new = room.question("first")
    assert (new.n, new.others, new.is_current, len(new.options)) == (10, 10, True, 3)


def test_of_new_options_that_few_answered_and_no_old_ones_there_is_a_number(room: Classroom) -> None:
    room.crowd([(True, True)] * 2)
    publish(OTHER)
    room.crowd([(True, True)] * 3)
    room.compute()

    assert (room.question("first").n, room.question("first").others) == (3, 2)
    assert room.question("first").is_current


def test_answers_given_as_certain_by_few_learners_have_a_number_and_no_share(app: Flask) -> None:
    room = Classroom(certainty=True, pass_mark=0)
    room.crowd([(True, True)] * 6, Certainty.LOW)
    room.crowd([(True, False)] * 6, Certainty.HIGH)

    low, _, high = room.compute().certainty

    assert (low.answers, low.share, high.answers, high.share) == (12, None, 12, None)


def test_certainty_is_counted_against_what_is_right(app: Flask) -> None:
    room = Classroom(certainty=True, pass_mark=0)
    room.crowd(some(9, 12, lambda right: (right, True)), Certainty.HIGH)

    low, mid, high = room.compute().certainty

    assert (low.answers, low.share, mid.answers) == (0, None, 0)
    assert (high.answers, high.share) == (24, pytest.approx(21 / 24))
    assert room.question("first").certainty[2].share == pytest.approx(0.75)


def test_shares_come_from_scores_and_not_from_marks(app: Flask) -> None:
    room = Classroom(certainty=True, pass_mark=0)
    room.crowd([(True, False)] * 10, Certainty.LOW)

    assert room.compute().mean == 0.5  # an unsure right answer counts a third in the attempt's own points


def test_time_is_the_median_from_save_to_save(room: Classroom, clock: Callable[..., None]) -> None:
    clock(NOON - timedelta(days=1))
    room.crowd([(True, True)] * 10, pace=25)

    room.compute()

    assert (room.question("second").seconds, room.question("second").timed) == (25.0, 10)


def test_a_result_makes_the_figures_stale_and_computing_makes_them_fresh(room: Classroom) -> None:
    assert room.marks() == 0
    room.crowd([(True, True)] * 2)
    assert room.marks() == 2

    room.compute()

    assert room.marks() == 0


def test_an_attempt_that_waits_for_a_person_makes_nothing_stale(app: Flask) -> None:
    room = Classroom(TWO + "\n## third {essay points=2}\nWhy?\n\n- A point\n- Another\n")
    room.tell(room.learner(), 3, "Because of that.")

    assert room.marks() == 0
    assert room.compute().n == 0


def test_a_result_that_comes_while_figures_are_computed_keeps_them_stale(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.crowd([(True, True)])
    late = room.learner()

    def slowly(quiz_id: int) -> object:
        papers = list(papers_of(quiz_id))
        if room.marks() == 1:
            room.hand_in(late, (True, True))
        return iter(papers)

    monkeypatch.setattr("analysis.services.papers_of", slowly)
    room.compute()

    assert room.marks() == 1


def test_computing_twice_writes_the_same(room: Classroom) -> None:
    room.crowd([(True, False)] * 3)
    assert room.compute() == room.compute()
    assert count_of(QuizStatistics) == 1
    assert count_of(QuestionStatistics) == 2


def test_a_question_that_counts_no_more_leaves_the_figures(room: Classroom) -> None:
    room.crowd([(True, True)] * 2)
    room.compute()
    with transaction() as session:
        for item in session.scalars(select(AttemptItem).where(AttemptItem.position == 2)):
            item.score_num = item.score_den = None

    room.compute()

    assert count_of(QuestionStatistics) == 1


def test_a_paper_of_which_everything_was_dropped_counts_for_nothing(room: Classroom) -> None:
    room.crowd([(True, True)] * 10)
    bare = room.hand_in(room.learner(), (False, False))
    with transaction() as session:
        for item in session.scalars(select(AttemptItem).filter_by(attempt_id=bare)):
            item.dropped = True

    figures = room.compute()

    assert (figures.n, figures.mean, figures.length, figures.is_drawn) == (10, 1.0, 2.0, False)


def test_many_papers_are_read_a_few_at_a_time(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.papers.AT_ONCE", 3)
    room.crowd([(True, True)] * 8)

    assert len(list(papers_of(room.quiz.id))) == 8


def test_figures_rest_before_they_are_computed_again(room: Classroom, clock: Callable[..., None]) -> None:
    room.crowd([(True, True)])
    assert due_quizzes(now()) == [room.quiz.id]
    room.compute()
    room.crowd([(True, True)])

    assert due_quizzes(now() + timedelta(minutes=2)) == []
    assert due_quizzes(now() + timedelta(minutes=3)) == [room.quiz.id]


def test_the_rest_grows_with_the_attempts() -> None:
    assert rest_after(0) == timedelta(minutes=3)
    assert rest_after(100_000) == timedelta(hours=1)


def test_the_job_rings_once_for_each_quiz_that_is_due(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.crowd([(True, True)] * 3)
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(core_jobs, "ring", lambda *arguments: rung.append(arguments))

    jobs.ring_for_due()

    assert rung == [(jobs.BELL, room.quiz.id)]


def test_a_quiz_that_is_gone_is_passed_over(app: Flask) -> None:
    refresh(12345)

    assert count_of(QuizStatistics) == 0


def test_the_ways_through_a_case_are_counted_choice_by_choice(case_room: CaseRoom) -> None:
    for _ in range(7):
        case_room.play(case_room.learner(), 0, 0)
    for _ in range(3):
        learner = case_room.learner()
        case_room.play(learner, 2)  # unsafe: it ends there
        case_room.play(learner, 0, 0)  # the second play has read the debrief
    assert case_room.marks() == 13

    figures = case_room.compute()

    assert (figures.n, figures.passed, figures.mean) == (10, 7, pytest.approx(7 * 0.95 / 10))
    (way,) = figures.ways
    assert (way.number, way.plays, way.passed, way.unsafe) == (1, 10, 7, 3)
    assert [(scene.scene, scene.choices) for scene in way.scenes] == [
        ("intake", (7, 0, 3, 0)),
        ("history", (7, 0)),
    ]


def test_editions_of_a_case_are_counted_apart(case_room: CaseRoom) -> None:
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings

    case_room.play(case_room.learner(), 0, 0)
    with transaction() as session:
        quiz = session.get_one(Quiz, case_room.quiz.id)
        text = factories.CASE.replace("Do the peel", "Do a peel")
        factories.publish_case(quiz, text, QuizSettings.from_json(quiz.settings))
    case_room.play(case_room.learner(), 2)

    ways = case_room.compute().ways

    assert [(way.number, way.plays, way.unsafe) for way in ways] == [(2, 1, 1), (1, 1, 0)]
