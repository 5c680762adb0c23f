"""Regrades on real databases: previewed, applied in batches, once, with passes that stay."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models import Certificate
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict
from progress.models import StepCompletion
from quizzes import services
from quizzes.models import AttemptItem, Grade, Question
from quizzes.regrading import previews, reads
from quizzes.regrading import services as regrading
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause, Count
from quizzes.regrading.running import carry_on
from quizzes.saving import Given
from tests import factories
from tests.conftest import NOON
from tests.quizzes.cohort import (
    FIRST_WRONG,
    FOUR,
    REASON,
    RIGHT,
    Cohort,
    Standing,
    asked_for,
    asked_now,
    look,
)
from tests.quizzes.world import World, count_of

pytestmark = pytest.mark.usefixtures("clock")


def entries(attempt: str) -> list[Grade]:
    db.session.rollback()
    return list(db.session.scalars(select(Grade).filter_by(attempt_id=attempt).order_by(Grade.id)))


def test_a_mended_key_is_previewed_and_then_applied_to_all(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    before = look()

    regrade = cohort.regrade()

    assert before == Count(up=2, down=2, same=0, passing=1, below=1)
    after = cohort.standings()
    assert [each.points for each in after] == [1, 2, 0, 1]
    assert [each.percent for each in after] == [50, 100, 0, 50]
    assert [each.passed for each in after] == [True, True, False, False]
    assert regrading.count_of(db.session.get_one(Regrade, regrade)) == before


def test_a_preview_changes_nothing(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    before = cohort.standings()

    found = previews.found_in(asked_for())

    assert {change.attempt_id for change in found.changes} == set(cohort.attempts)
    assert cohort.standings() == before
    assert count_of(Regrade) == 0


def test_who_passes_by_it_completes_the_step_and_who_passed_keeps_it(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    lesson = factories.steps_of(cohort.course)[0].id
    with transaction() as session:
        rows = [StepCompletion(user_id=each, step_id=lesson, completed_at=NOON) for each in cohort.learners]
        session.add_all(rows)
    complete = {"step_id": cohort.step.id}
    with transaction():
        issue_to_the_first(cohort)
    held = certificates()

    cohort.mend_first()
    cohort.regrade()

    assert [count_of(StepCompletion, user_id=learner, **complete) for learner in cohort.learners] == [
        1,
        1,
        0,
        0,
    ]
    assert certificates() == {cohort.learners[0]: held[cohort.learners[0]], cohort.learners[1]: None}


def issue_to_the_first(cohort: Cohort) -> None:
    """The first learner had the step before their lesson was written down: let the certificate follow."""
    from certificates.services import issue_if_earned
    from progress.services import CourseCompleted

    issue_if_earned(CourseCompleted(cohort.learners[0], cohort.course.id, 1))


def certificates() -> dict[int, Any]:
    """The withdrawal (None: it stands) of each certificate by its holder."""
    db.session.rollback()
    return {row.user_id: row.revoked_at for row in db.session.scalars(select(Certificate))}


def test_each_attempt_gets_an_entry_in_its_log_with_who_why_and_what(app: Flask) -> None:
    cohort = Cohort(FIRST_WRONG)
    cohort.mend_first()
    cohort.regrade()

    machine, key = entries(cohort.attempts[0])

    assert (machine.cause, machine.points_num, machine.passed) == ("machine", 1, False)
    assert (key.cause, key.points_num, key.max_num, key.passed) == ("key", 2, 2, True)
    assert (key.items, key.words, key.by_user_id, key.at) == ([[1, 1, 1]], REASON, cohort.teacher.id, NOON)


def test_what_was_asked_stays_named_beside_what_grades(app: Flask) -> None:
    cohort = Cohort(FIRST_WRONG)
    asked = db.session.get_one(AttemptItem, (cohort.attempts[0], 1)).revision_id
    for text in ("- [ ] This\n- [x] That", "- [x] This one\n- [ ] That"):
        cohort.publish("- [x] This\n- [ ] That", text)
        cohort.regrade()

    db.session.rollback()
    item = db.session.get_one(AttemptItem, (cohort.attempts[0], 1))
    assert item.asked_id == asked
    assert item.revision_id == db.session.get_one(Question, "first").revision_id


def test_a_dropped_question_leaves_what_was_earned_and_what_was_possible(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    before = look(cause=Cause.DROPPED)

    cohort.regrade(cause=Cause.DROPPED)

    assert before == Count(up=1, down=1, same=2, passing=1)
    assert cohort.standings() == [
        Standing(1, 1, 100, True),
        Standing(1, 1, 100, True),
        Standing(0, 1, 0, False),
        Standing(0, 1, 0, False),
    ]


def test_a_dropped_question_is_asked_no_more(app: Flask) -> None:
    cohort = Cohort(RIGHT)
    cohort.regrade(cause=Cause.DROPPED)

    attempt = cohort.start()

    assert [item.asked.question.id for item in cohort.items(attempt)] == ["second"]
    assert services.question_count(services.find_quiz(cohort.quiz.name)) == 1
    assert cohort.head(attempt).possible == 1


def test_an_open_attempt_keeps_a_dropped_question_on_its_paper_and_loses_it_when_handed_in(
    app: Flask,
) -> None:
    cohort = Cohort(RIGHT)
    attempt = cohort.start()
    cohort.regrade(cause=Cause.DROPPED)
    assert len(cohort.items(attempt)) == 2
    cohort.save(attempt, Given(1, {"ticked": [1]}, False), Given(2, {"ticked": [0]}, False))

    head = cohort.submit(attempt)

    assert (head.points, head.possible, head.passed) == (1, 1, True)
    assert [item.dropped for item in cohort.items(attempt)] == [True, False]


def test_an_open_attempt_is_graded_by_the_mended_key(app: Flask) -> None:
    cohort = Cohort(RIGHT)
    attempt = cohort.start()
    cohort.save(attempt, Given(1, {"ticked": [1]}, False), Given(2, {"ticked": [0]}, False))
    cohort.mend_first()
    cohort.regrade()

    assert cohort.submit(attempt).points == 2


def test_terms_stay_those_of_the_attempt(app: Flask) -> None:
    cohort = Cohort(*FOUR, negative=50)
    cohort.mend_first()
    cohort.regrade()

    assert [each.points for each in cohort.standings()] == [Fraction(1, 2), 2, 0, Fraction(1, 2)]


def test_answers_to_other_parts_are_left_alone(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    before = cohort.standings()
    cohort.publish("- [x] This\n- [ ] That", "- [x] That\n- [ ] This")

    assert look() == Count()
    cohort.regrade()

    assert cohort.standings() == before
    editions = reads.editions_of(db.session.get_one(Question, "first"))
    assert [(each.number, each.attempts, bool(each.obstacle)) for each in editions] == [
        (2, 0, False),
        (1, 4, True),
    ]


def test_applied_twice_it_changes_what_once_does(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    first = cohort.regrade()
    after = cohort.standings()

    second = cohort.regrade()

    assert second == first
    assert cohort.standings() == after
    assert [count_of(Grade, attempt_id=attempt) for attempt in cohort.attempts] == [2] * 4
    assert count_of(AuditEntry, action="question.regrade") == 1
    assert len(factories.mails()) == len({mail.dedupe_key for mail in factories.mails()})


@pytest.mark.parametrize("order", [("key", "dropped"), ("dropped", "key")])
def test_regrades_of_two_questions_end_alike_in_either_order(app: Flask, order: tuple[str, str]) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    questions = {"key": "first", "dropped": "second"}

    for cause in order:
        cohort.regrade(questions[cause], Cause(cause))

    assert [(each.points, each.possible) for each in cohort.standings()] == [(0, 1), (1, 1), (0, 1), (1, 1)]


def test_an_open_attempt_whose_question_is_worth_more_by_now_is_of_what_it_can_earn(app: Flask) -> None:
    cohort = Cohort(RIGHT)
    with transaction():
        attempt = cohort.begin(cohort.user.id)
    with transaction():
        factories.publish_question(replace(asked_now("first"), points=Fraction(3)))
    cohort.regrade()
    cohort.answer_right(attempt, 2)

    head = cohort.submit(attempt)

    assert (head.points, head.possible, head.percent) == (4, 4, 100)


def test_the_preview_must_be_of_what_is_applied(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    old = db.session.get_one(Question, "first").revision_id
    cohort.mend_first()

    with pytest.raises(Conflict, match="published again"), transaction():
        regrading.begin("first", Cause.KEY, old, REASON, cohort.teacher.id)


def test_a_dropped_question_takes_no_key(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    cohort.regrade(cause=Cause.DROPPED)
    cohort.mend_first()

    with pytest.raises(Conflict, match="was dropped"):
        cohort.begin_regrade()


def test_who_sees_a_change_is_told_once_and_nobody_else(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    cohort.regrade(cause=Cause.DROPPED)

    told = [mail for mail in factories.mails() if mail.kind == "regraded"]

    people = [mail.to_address.split("-")[0] for mail in told]
    assert sorted(people) == ["cohort1", "cohort2"]
    assert REASON not in told[0].text


PART_WRITTEN = """## told {choice}
Which?

- [x] This
- [ ] That

## written {essay points=2}
Why?

- A reason
- Another
"""


def test_an_attempt_that_waits_for_a_marker_waits_on_until_its_essay_is_dropped(app: Flask) -> None:
    world = World(PART_WRITTEN, pass_mark=60, shuffle="none")
    attempt = world.start()
    world.save(attempt, Given(1, {"ticked": [0]}, False), Given(2, {"text": ["Because."]}, False))
    assert world.submit(attempt).points is None

    apply(world, "written", Cause.DROPPED)

    head = world.head(attempt)
    assert (head.points, head.possible, head.passed) == (1, 1, True)
    assert count_of(StepCompletion, user_id=world.user.id) == 1


def test_an_attempt_that_waits_for_a_marker_is_graded_anew_in_silence(app: Flask) -> None:
    world = World(PART_WRITTEN, shuffle="none")
    attempt = world.start()
    world.save(attempt, Given(1, {"ticked": [0]}, False), Given(2, {"text": ["Because."]}, False))
    world.submit(attempt)
    question = asked_now("told")
    swapped = tuple(replace(option, right=not option.right) for option in question.parts.options)
    with transaction():
        factories.publish_question(replace(question, parts=replace(question.parts, options=swapped)))

    apply(world, "told", Cause.KEY)

    assert world.head(attempt).points is None
    assert [item.score for item in world.items(attempt)] == [0, None]
    assert [mail.kind for mail in factories.mails()] == []


def apply(world: World, question: str, cause: Cause) -> None:
    with transaction() as session:
        revision = session.get_one(Question, question).revision_id
        regrade = regrading.begin(question, cause, revision, REASON, world.user.id).id
    carry_on(regrade)
