"""Cards come in: from attempts, from lessons, after ninety days, and because a learner wants them."""

from collections import Counter
from random import Random

import pytest

from core.database import transaction
from core.errors import Conflict, NotFound
from enrollment.models import Enrollment
from quizzes.closing import submit
from quizzes.marks import Certainty
from quizzes.models import Quiz
from quizzes.services import find_quiz, start
from reviews import entering, news, recalled, rules
from reviews.models import ReviewNews
from reviews.rules import Kind, Origin, Rating, Retention
from tests import factories
from tests.conftest import Clock
from tests.quizzes.world import count_of
from tests.reviews.world import FOUR, TERMS, UTC_ZONE, Memory, days_later

pytestmark = pytest.mark.usefixtures("app")


def origins(memory: Memory) -> dict[str, Origin]:
    return {subject: card.origin for subject, card in memory.cards(Kind.QUESTION).items()}


def test_what_was_missed_or_left_empty_comes_back_and_an_essay_does_not(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(True, False)

    assert origins(memory) == {"second": Origin.MISSED, "third": Origin.MISSED}


def test_a_right_answer_without_certainty_comes_back_too(clock: Clock) -> None:
    memory = Memory(certainty=True, pass_mark=90)
    memory.attempt(True, True, True, sure=Certainty.LOW)

    assert set(origins(memory).values()) == {Origin.UNSURE}


@pytest.mark.parametrize(
    ("column", "origin", "rating"),
    [
        ({"tried": [{"ticked": [1]}]}, Origin.MISSED, Rating.AGAIN),
        ({"hinted": True}, Origin.UNSURE, Rating.HARD),
    ],
)
def test_what_was_right_with_help_only_comes_back(
    clock: Clock, column: dict[str, object], origin: Origin, rating: Rating
) -> None:
    memory = Memory()
    with transaction():
        attempt = start(memory.user.id, find_quiz(memory.quiz.name), memory.step.id, Random(1))
        for item in attempt.items:
            item.answer = {"ticked": [0]}
        for name, value in column.items():
            setattr(attempt.items[0], name, value)
        submit(memory.user.id, attempt.id)
    news.gather()

    card = memory.cards()["first"]
    assert card.origin is origin
    assert card.memory == rules.rate(None, rating, card.entered_at, 90, UTC_ZONE).memory


def test_it_is_due_tomorrow_and_not_today(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(True, False, True)

    assert memory.due() == []
    days_later(clock, 1)
    assert memory.due() == ["second"]


def test_the_same_news_twice_is_once(clock: Clock) -> None:
    memory = Memory()
    attempt = memory.attempt(False, False)
    days_later(clock, 1)
    memory.answer("first")
    before = memory.cards()["first"].due_at

    with transaction():
        entering.from_attempt(attempt)

    assert memory.cards()["first"].due_at == before
    assert len(memory.cards(Kind.QUESTION)) == 3


def test_a_second_miss_brings_a_card_forward_to_tomorrow(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False, True, True)
    for _ in range(3):
        days_later(clock, 40)
        memory.answer("first")
    memory.attempt(False, True, True)

    days_later(clock, 1)

    assert memory.due() == ["first"]


@pytest.mark.parametrize("feedback", ["passed", "last"])
def test_a_key_that_waits_keeps_its_questions_out_until_it_may_be_shown(clock: Clock, feedback: str) -> None:
    memory = Memory(FOUR.partition("## told")[0], feedback=feedback, attempts=2)
    memory.attempt(False, False)
    assert memory.cards() == {}

    memory.attempt(True, True, True)

    assert {"first", "second", "third"} == set(origins(memory))


def test_an_exams_own_questions_never_come_not_even_when_another_quiz_asks_them(clock: Clock) -> None:
    memory = Memory()
    exam = factories.make_course(modules=("quiz",))
    factories.make_quiz(factories.steps_of(exam)[0], FOUR, items=("first",), feedback="never")
    with transaction() as session:
        session.get_one(Quiz, memory.quiz.id + 1).pool = ["first"]
    attempt = memory.attempt(False, False, True)

    assert set(origins(memory)) == {"second"}
    with transaction(), pytest.raises(Conflict):
        entering.mark(memory.user.id, attempt, 1)


def test_a_baseline_brings_nothing_in_and_keeps_nothing_out(clock: Clock) -> None:
    memory = Memory(FOUR.partition("## told")[0])
    course = factories.make_course(modules=("quiz",))
    step = factories.steps_of(course)[0]
    before = factories.make_quiz(step, FOUR, feedback="never", baseline="quiz-2", pass_mark=0)
    factories.enroll(memory.user, course)
    with transaction() as session:
        session.get_one(Quiz, before.id).pool = ["first", "second"]
        attempt = start(memory.user.id, find_quiz(before.name), step.id, Random(1))
        attempt.items[0].answer = {"ticked": [0]}
        submit(memory.user.id, attempt.id)
    news.gather()
    assert memory.cards() == {}

    memory.attempt(False, False, True)

    assert set(origins(memory)) == {"first", "second"}


def test_a_baseline_that_shows_its_key_brings_nothing_in_either(clock: Clock) -> None:
    memory = Memory(FOUR.partition("## told")[0], baseline="quiz-2", pass_mark=0)
    memory.attempt(False, False, True)

    assert memory.cards() == {}


def test_who_teaches_the_course_and_tries_its_quiz_gets_no_cards(clock: Clock) -> None:
    memory = Memory()
    with transaction() as session:
        session.query(Enrollment).filter_by(user_id=memory.user.id).delete()
    memory.attempt(False, False)

    assert memory.cards() == {}


def test_the_terms_of_a_completed_lesson_become_cards_a_few_and_a_few_a_day(clock: Clock) -> None:
    memory = Memory()
    memory.read_lesson()

    assert list(memory.cards()) == ["mast-cell", "cortisol", "itch", "barrier", "flare"]
    assert set(Counter(card.due_at.date() for card in memory.cards().values()).values()) == {3, 2}
    days_later(clock, 1)
    assert memory.due() == ["mast-cell", "cortisol", "itch"]


def test_a_second_lesson_goes_on_where_days_have_room(clock: Clock) -> None:
    memory = Memory()
    memory.read_lesson()
    other = factories.steps_of(memory.course)[2]
    from lessons.services import find_lesson

    with transaction():
        find_lesson(other.body).parts = [f'<a href="/glossary#{slug}">x</a>' for slug in TERMS]
    factories.complete(memory.user, other)
    news.gather()

    days = Counter(card.due_at.date().day for card in memory.cards().values())
    assert days == {22: 3, 23: 3, 24: 1}


def test_a_learner_marks_a_question_of_an_attempt(clock: Clock) -> None:
    memory = Memory()
    attempt = memory.attempt(True, True, True)
    before = set(origins(memory).values())
    with transaction():
        entering.mark(memory.user.id, attempt, 1)

    assert Origin.MARKED not in before
    assert origins(memory)["first"] is Origin.MARKED
    days_later(clock, 1)
    assert memory.due() == ["first"]


@pytest.mark.parametrize("position", [0, 4, 99])
def test_what_no_machine_marks_and_what_is_not_there_cannot_be_marked(clock: Clock, position: int) -> None:
    memory = Memory()
    attempt = memory.attempt(True, True, True)

    with transaction(), pytest.raises((NotFound, Conflict)):
        entering.mark(memory.user.id, attempt, position)


def test_nobody_marks_a_question_of_another_ones_attempt_nor_one_whose_key_is_closed(clock: Clock) -> None:
    memory, other = Memory(), factories.make_user()
    closed = Memory(FOUR.replace("## ", "## b-"), feedback="passed")
    attempt, hidden = memory.attempt(True), closed.attempt(False)

    with transaction(), pytest.raises(NotFound):
        entering.mark(other.id, attempt, 1)
    with transaction(), pytest.raises(NotFound):
        entering.mark(closed.user.id, hidden, 1)


def test_a_submission_costs_one_row_and_its_cards_come_with_the_worker(clock: Clock) -> None:
    memory = Memory()
    with transaction():
        attempt = start(memory.user.id, find_quiz(memory.quiz.name), memory.step.id, Random(1))
        submit(memory.user.id, attempt.id)
    assert count_of(ReviewNews) == 1
    assert memory.cards() == {}

    news.gather()

    assert count_of(ReviewNews) == 0
    assert set(memory.cards()) == {"first", "second", "third"}


def test_news_that_cannot_be_taken_in_waits_and_holds_up_no_other(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory()
    from_step = entering.from_step
    monkeypatch.setattr(entering, "from_step", lambda *_: 1 / 0)
    memory.read_lesson()
    memory.attempt(False, True, True)
    assert set(memory.cards()) == {"first"}
    assert count_of(ReviewNews, attempt_id=None) >= 1
    monkeypatch.setattr(entering, "from_step", from_step)

    news.gather()

    assert "itch" in memory.cards()
    assert count_of(ReviewNews) == 0


def test_of_each_idea_that_was_known_one_question_comes_after_ninety_days(clock: Clock) -> None:
    memory = Memory(FOUR.partition("## told")[0])
    memory.attempt(True, True, True)

    assert origins(memory) == {"first": Origin.LATER, "second": Origin.LATER}
    days_later(clock, 89)
    assert memory.due() == []
    days_later(clock, 1)
    assert set(memory.due()) == {"first", "second"}


@pytest.mark.parametrize("settings", [{"feedback": "last"}, {"feedback": "closed", "closes": "2027-01-01"}])
def test_while_its_key_is_held_back_a_passed_quiz_brings_nothing_for_later(
    clock: Clock, settings: dict[str, str]
) -> None:
    memory = Memory(FOUR.partition("## told")[0], attempts=3, **settings)
    memory.attempt(True, True, True)

    assert memory.cards() == {}


def test_the_answers_at_ninety_days_are_told_by_objective_with_their_number(clock: Clock) -> None:
    memory = Memory(FOUR.partition("## told")[0])
    memory.attempt(True, True, True)
    days_later(clock, 90)
    memory.answer("first", is_right=False)
    memory.answer("second")
    days_later(clock, 1)
    memory.answer("first")

    assert recalled.answers_at(memory.user.id, ["o-1"]) == Retention(0, 1)
    assert recalled.answers_at(memory.user.id, ["o-1", "o-2"]) == Retention(1, 2)
    assert recalled.answers_at(memory.user.id, ["o-3"]) == Retention(0, 0)
    assert recalled.answers_at(memory.user.id, ["o-1"], after_days=180).n == 0
