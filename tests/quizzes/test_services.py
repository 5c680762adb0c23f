"""Attempts on real databases: one open, one submission, nothing lost, whatever comes at once."""

import threading
from dataclasses import replace
from fractions import Fraction

import pytest
from flask import Flask

from core.database import db, transaction
from core.errors import Conflict, NotFound
from progress.models import StepCompletion
from quizzes import closing, reads, saving
from quizzes.models import Attempt, AttemptItem
from quizzes.questions import Question
from quizzes.quiz_settings import QuizSettings
from quizzes.saving import Given
from tests import factories
from tests.quizzes.world import World, at_once, count_of

AT_ONCE = 20


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def test_an_attempt_asks_every_question_once(world: World) -> None:
    attempt = world.start()

    items = world.items(attempt)

    assert [item.position for item in items] == [1, 2]
    assert {item.asked.question.id for item in items} == {"first", "second"}
    assert world.head(attempt).possible == 2


def test_v8_starting_again_comes_back_to_the_open_attempt(world: World) -> None:
    assert world.start(seed=1) == world.start(seed=2)


def test_v8_twenty_starts_at_once_make_one_attempt(app: Flask, world: World) -> None:
    db.session.rollback()

    results = at_once(app, AT_ONCE, world.start)

    assert len(set(results)) == 1, results
    assert count_of(Attempt, user_id=world.user.id) == 1
    assert count_of(AttemptItem) == 2


def test_attempts_run_out(app: Flask) -> None:
    world = World(attempts=1)
    world.submit(world.start())

    with pytest.raises(Conflict, match="The one attempt"):
        world.start()


def test_v6_two_attempts_name_the_same_options_differently(world: World) -> None:
    first = world.start(seed=1)
    names = {item.layout.name for item in world.items(first)}
    world.submit(first)

    second = world.start(seed=2)

    assert names.isdisjoint(item.layout.name for item in world.items(second))


def test_r15_a_saved_answer_is_there_on_another_device(world: World) -> None:
    attempt = world.start()

    world.save(attempt, Given(2, {"ticked": [1]}, True))

    item = world.items(attempt)[1]
    assert (item.answer, item.flagged, item.is_answered) == ({"ticked": [1]}, True, True)
    assert not world.items(attempt)[0].is_answered


def test_a_cleared_answer_is_cleared(world: World) -> None:
    attempt = world.start()
    world.save(attempt, Given(1, {"ticked": [1]}, False))

    world.save(attempt, Given(1, {"ticked": []}, False))

    assert not world.items(attempt)[0].is_answered


def test_r16_nothing_is_saved_after_submitting(world: World) -> None:
    attempt = world.start()
    world.submit(attempt)

    with pytest.raises(Conflict, match="can no longer change"):
        world.save(attempt, Given(1, {"ticked": [0]}, False))

    assert world.items(attempt)[0].answer is None


def test_v3_an_attempt_of_somebody_else_cannot_be_found(world: World) -> None:
    attempt = world.start()
    other = factories.make_user()

    with pytest.raises(NotFound):
        reads.attempt_head(attempt, other.id)
    with pytest.raises(NotFound):
        reads.mailbox(attempt, other.id, [1])
    assert reads.items_of(attempt, other.id) == []


def test_v3_nobody_saves_or_submits_for_somebody_else(world: World) -> None:
    attempt = world.start()
    other = factories.make_user()

    with pytest.raises(NotFound), transaction():
        saving.save(other.id, attempt, [Given(1, {"ticked": [0]}, False)])
    with pytest.raises(NotFound), transaction():
        closing.submit(other.id, attempt)

    assert world.head(attempt).is_open
    assert world.items(attempt)[0].answer is None


def test_points_are_exact(world: World) -> None:
    attempt = world.start()
    world.answer_right(attempt, 1)

    head = world.submit(attempt)

    assert (head.points, head.possible, head.percent, head.passed) == (Fraction(1), Fraction(2), 50, False)
    assert [item.score for item in world.items(attempt)].count(Fraction(1)) == 1


def test_a_pass_completes_the_step_and_a_fail_does_not(world: World) -> None:
    world.submit(world.start())
    assert count_of(StepCompletion, user_id=world.user.id) == 0

    attempt = world.start()
    world.answer_right(attempt, 2)
    head = world.submit(attempt)

    assert head.passed
    assert count_of(StepCompletion, user_id=world.user.id, step_id=world.step.id) == 1


def test_who_is_not_enrolled_collects_no_progress(app: Flask) -> None:
    world = World()
    world.user = factories.make_user()
    attempt = world.start()
    world.answer_right(attempt, 2)

    assert world.submit(attempt).passed
    assert count_of(StepCompletion, user_id=world.user.id) == 0


def test_v8_a_second_submission_finds_the_first_ones_result(world: World) -> None:
    attempt = world.start()
    world.answer_right(attempt, 1)
    first = world.submit(attempt)

    assert world.submit(attempt) == first


def test_v8_twenty_submissions_at_once_are_one(app: Flask, world: World) -> None:
    attempt = world.start()
    world.answer_right(attempt, 2)
    db.session.rollback()

    results = at_once(app, AT_ONCE, lambda: world.submit(attempt))

    assert [result for result in results if isinstance(result, Exception)] == []
    assert len(set(map(repr, results))) == 1
    assert count_of(StepCompletion, user_id=world.user.id) == 1


def test_r15_an_answer_that_comes_during_a_submission_is_refused_not_lost(app: Flask, world: World) -> None:
    attempt = world.start()
    results: list[object] = []

    def save() -> None:
        given = Given(1, {"ticked": [0]}, False)
        results.extend(at_once(app, 1, lambda: world.save(attempt, given)))

    saver = threading.Thread(target=save)
    with transaction():
        closing.submit(world.user.id, attempt)
        saver.start()
        saver.join(0.5)
        assert results == [], "an answer was called saved that the submission did not see"
    saver.join()

    assert isinstance(results[0], Conflict)
    assert world.items(attempt)[0].answer is None


def test_v10_an_attempt_is_marked_by_the_revision_it_asked(world: World) -> None:
    attempt = world.start()
    world.answer_right(attempt, 2)
    with transaction():
        for item in world.items(attempt):
            factories.publish_question(_turned_round(item.asked.question))

    assert world.submit(attempt).percent == 100
    assert world.items(world.start())[0].revision_id != world.items(attempt)[0].revision_id


def _turned_round(question: Question) -> Question:
    options = question.parts.options  # type: ignore[union-attr]
    turned = tuple(replace(option, right=not option.right) for option in options)
    return replace(question, parts=replace(question.parts, options=turned))  # type: ignore[type-var]


def test_a_fail_never_shows_the_pass_mark(app: Flask) -> None:
    text = "".join(f"## q{n} {{choice}}\nPrompt {n}\n\n- [x] Yes\n- [ ] No\n\n" for n in range(201))
    world = World(text, pass_mark=80)
    attempt = world.start()
    world.answer_right(attempt, 160)

    head = world.submit(attempt)

    assert head.points == Fraction(160)
    assert (head.percent, head.passed) == (79, False)


def test_a_drawn_quiz_asks_as_many_as_it_says(app: Flask) -> None:
    world = World(draw=(("skin", 1),))
    with transaction() as session:
        session.merge(world.quiz).content = {"pools": {"skin": ["first", "second"]}}

    assert len(world.items(world.start())) == 1


def test_a_quiz_without_questions_cannot_be_begun(app: Flask) -> None:
    world = World(text="")

    with pytest.raises(Conflict, match="no questions yet"):
        world.start()


def test_settings_survive_storage(world: World) -> None:
    assert world.head(world.start()).settings == QuizSettings(title="What you remember")
