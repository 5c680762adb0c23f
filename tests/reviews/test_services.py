"""Cards are reviewed once, go and come back: on both databases."""

from fractions import Fraction

import pytest
from flask import Flask

from core import clock as core_clock
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound
from core.school import change_school
from courses.models import Step
from enrollment.models import Enrollment, EnrollmentState
from quizzes.models import Quiz
from reviews import bank, recalled, rules, services
from reviews.models import ReviewCard, ReviewEntry
from reviews.rules import Kind, Rating, Retention
from sources.models import Term
from tests import factories
from tests.conftest import Clock
from tests.quizzes.world import at_once, count_of
from tests.reviews.world import UTC_ZONE, Memory, days_later

pytestmark = pytest.mark.usefixtures("app")


# ---- reviewing


def test_an_answer_schedules_its_card_and_is_written_down(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False, True, True)
    days_later(clock, 1)
    entry = memory.answer("first")

    card = memory.cards()["first"]
    assert (entry.number, entry.rating, entry.elapsed_days, entry.scheduled_days) == (1, Rating.GOOD, 1, 2)
    assert (card.reviews, card.due_at.date().day) == (1, 24)
    assert memory.due() == []


@pytest.mark.parametrize("hour", [0, 8, 23])
def test_what_was_missed_in_the_evening_and_is_answered_in_the_morning_counts_as_a_day(
    clock: Clock, hour: int
) -> None:
    memory = Memory()
    clock(core_clock.now().replace(hour=20))
    memory.attempt(False, True, True)
    clock(core_clock.now().replace(day=22, hour=hour))

    entry = memory.answer("first")

    assert (entry.elapsed_days, entry.scheduled_days) == (1, 2)
    assert services.measured(memory.user.id) == Retention(1, 1)


def test_twenty_answers_at_once_make_one_entry(app: Flask, clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False, True, True)
    days_later(clock, 1)
    card = memory.cards()["first"]
    card_id, revision, user_id = card.id, services.revision_of(card), memory.user.id
    db.session.rollback()

    def answer() -> int:
        with transaction():
            given = services.Given(revision, {"ticked": [0]}, None)
            return services.answer(user_id, card_id, 0, given, UTC_ZONE).id

    ids = at_once(app, 20, answer)

    assert len(set(ids)) == 1, ids
    assert count_of(ReviewEntry, card_id=card_id) == 1
    assert memory.cards()["first"].reviews == 1


def test_a_card_that_is_not_due_takes_no_answer(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False, True, True)

    with pytest.raises(Conflict):
        memory.answer("first")
    days_later(clock, 1)
    memory.answer("first")
    with pytest.raises(Conflict):
        memory.answer("first")


def test_a_term_is_rated_by_hand_and_a_question_is_not(clock: Clock) -> None:
    memory = Memory()
    memory.read_lesson()
    memory.attempt(False, True, True)
    days_later(clock, 1)

    assert memory.rate("itch", 4).scheduled_days == 8
    with pytest.raises(InvalidInput):
        memory.rate("cortisol", 5)
    with pytest.raises(Conflict):
        memory.rate("first", 3)


def test_nobody_reaches_the_cards_of_another_person(clock: Clock) -> None:
    memory, other = Memory(), factories.make_user()
    memory.attempt(False)
    card = memory.cards()["first"]
    card_id = card.id

    for deed in (services.find_card, services.remove, services.restore):
        with transaction(), pytest.raises(NotFound):
            deed(other.id, card_id)
    with transaction(), pytest.raises(NotFound):
        services.answer(other.id, card_id, 0, services.Given(services.revision_of(card), {}, None), UTC_ZONE)


def test_the_wish_of_the_learner_stands_before_that_of_the_school(clock: Clock) -> None:
    memory = Memory()
    assert services.retention_of(memory.user.id) == 90
    with transaction():
        change_school({"review_retention": 85})
    assert services.retention_of(memory.user.id) == 85
    with transaction():
        services.choose_retention(memory.user.id, 95)
    assert services.retention_of(memory.user.id) == 95
    for percent in (79, 96):
        with transaction(), pytest.raises(InvalidInput):
            services.choose_retention(memory.user.id, percent)


def test_retention_counts_reviews_of_memories_and_no_first_meetings(clock: Clock) -> None:
    memory = Memory()
    memory.read_lesson()
    memory.attempt(False, False, True)
    days_later(clock, 1)
    memory.answer("first")
    memory.answer("second", is_right=False)
    memory.rate("itch", 3)

    assert services.measured(memory.user.id) == Retention(1, 2)
    assert services.measured(memory.user.id).percent == 50


# ---- leaving


def test_a_card_is_taken_out_and_brought_back_as_it_was(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False, True, True)
    days_later(clock, 1)
    card_id = memory.cards()["first"].id
    with transaction():
        services.remove(memory.user.id, card_id)
    assert memory.due() == []
    memory.attempt(False, True, True)
    days_later(clock, 1)
    assert memory.due() == []

    with transaction():
        services.restore(memory.user.id, card_id)

    assert memory.due() == ["first"]


def test_a_card_leaves_with_its_question_or_its_term_and_returns_with_it(clock: Clock) -> None:
    memory = Memory()
    memory.read_lesson()
    memory.attempt(False, False, True)
    days_later(clock, 1)
    with transaction() as session:
        session.get_one(Quiz, memory.quiz.id).pool = ["second", "third"]
        session.delete(session.query(Term).filter_by(slug="itch").one())
        session.flush()
        bank.settle()
    assert set(memory.due()) == {"second", "mast-cell", "cortisol"}

    with transaction() as session:
        session.get_one(Quiz, memory.quiz.id).pool = ["first", "second", "third"]
        session.flush()
        bank.settle()

    assert set(memory.due()) == {"first", "second", "mast-cell", "cortisol"}


def test_nothing_comes_back_of_a_quiz_that_was_taken_out_or_now_keeps_its_key(clock: Clock) -> None:
    memory = Memory()
    assert {"first", "second", "third", "told"} <= bank.askable()
    with transaction() as session:
        session.get_one(Step, memory.step.id).retired_at = core_clock.now()

    assert not {"first", "second"} & bank.askable()


def test_who_is_no_longer_in_the_course_has_nothing_due(clock: Clock) -> None:
    memory = Memory()
    memory.attempt(False)
    days_later(clock, 1)
    with transaction() as session:
        session.query(Enrollment).filter_by(user_id=memory.user.id).one().state = EnrollmentState.REVOKED

    assert memory.due() == []
    with pytest.raises(NotFound):
        memory.answer("first")


def test_with_a_person_go_their_cards_and_their_log(clock: Clock) -> None:
    from accounts.models import User

    memory = Memory()
    memory.attempt(False)
    days_later(clock, 1)
    memory.answer("first")
    with transaction() as session:
        session.query(Enrollment).filter_by(user_id=memory.user.id).delete()
        session.delete(session.get_one(User, memory.user.id))

    assert count_of(ReviewCard) == count_of(ReviewEntry) == 0


# ---- for the instructor


def test_what_is_forgotten_is_told_by_question_without_names_and_not_of_few(clock: Clock) -> None:
    memory = Memory()
    people = [memory.user, *(factories.make_user() for _ in range(4))]
    for person in people:
        memory.user = person
        if person is not people[0]:
            factories.enroll(person, memory.course)
        memory.attempt(False, False, True)
    days_later(clock, 1)
    for number, person in enumerate(people):
        memory.user = person
        memory.answer("first", is_right=number > 2)
    memory.answer("second")

    rows = recalled.recalled_in(memory.course.id)

    assert [(row.subject, row.retention, row.people, row.is_told) for row in rows] == [
        ("first", Retention(2, 5), 5, True),
        ("second", Retention(1, 1), 1, False),
    ]
    assert rows[0].retention.share == Fraction(2, 5)
    assert recalled.recalled_in(memory.course.id + 1) == []


def test_a_session_holds_no_more_than_fits(clock: Clock) -> None:
    questions = "".join(f"## n-{n} {{choice}}\nWhich?\n\n- [x] This\n- [ ] That\n\n" for n in range(12))
    memory = Memory(questions)
    memory.attempt()
    days_later(clock, 1)

    assert len(memory.due()) == rules.NEW_A_DAY[Kind.QUESTION]
    assert len(services.session_of(services.due_cards(memory.user.id))) == 7
