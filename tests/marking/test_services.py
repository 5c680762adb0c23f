"""Works on both databases: handed in once, marked once, returned, read by two, erased."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models import Certificate
from core.clock import set_now
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound
from marking import drafts, judging
from marking.models import WorkVersion
from marking.rules import WorkState
from marking.services import Marker, work_to_mark
from progress.models import StepCompletion
from quizzes.models import Grade
from quizzes.rules import AttemptState
from tests import factories
from tests.marking.bench import CLOSE, FULL, NOON, TEXT, Bench, judgement, one_of
from tests.quizzes.world import at_once, count_of

FAR = [1, 1, 1, 1, 1]  # five points


# ---- handing in


def test_a_work_is_handed_in_as_it_was_saved(bench: Bench) -> None:
    attempt = bench.handed_in()

    version = db.session.get_one(WorkVersion, (attempt, 1))
    assert (version.text, version.files, version.confirmed_at, version.handed_in_at) == (TEXT, [], NOON, NOON)
    assert bench.work(attempt).state is WorkState.WAITING
    head = bench.head(attempt)
    assert (head.state, head.passed) == (AttemptState.SUBMITTED, None)
    assert [mail.kind for mail in factories.mails(bench.user.email)] == ["work_handed_in"]


def test_handing_in_asks_for_the_confirmation_and_for_a_work(bench: Bench) -> None:
    attempt = bench.start()
    bench.write(attempt, "  \n")
    with pytest.raises(InvalidInput, match="nothing to hand in"):
        bench.hand_in(attempt)
    bench.write(attempt)
    with pytest.raises(InvalidInput, match="names no client"), transaction():
        drafts.hand_in(bench.user.id, attempt, False)

    assert bench.work(attempt).state is WorkState.DRAFT


def test_a_file_alone_is_a_work(bench: Bench) -> None:
    attempt = bench.start()
    file = bench.bring(attempt)
    bench.hand_in(attempt)

    assert db.session.get_one(WorkVersion, (attempt, 1)).files == [file]
    assert bench.head(attempt).points is None


def test_ten_clicks_at_once_hand_in_one_version(app: Flask, bench: Bench) -> None:
    attempt = bench.start()
    bench.write(attempt)
    db.session.rollback()

    results = at_once(app, 10, lambda: bench.hand_in(attempt))

    assert results == [None] * 10
    assert count_of(WorkVersion, attempt_id=attempt) == 1
    assert count_of(Grade, attempt_id=attempt) == 1
    assert len(factories.mails(bench.user.email)) == 1


def test_after_handing_in_nothing_is_saved(bench: Bench) -> None:
    attempt = bench.handed_in()

    with pytest.raises(Conflict, match="submitted"):
        bench.write(attempt, "Other.")
    with pytest.raises(Conflict, match="submitted"):
        bench.bring(attempt)


def test_a_save_beside_the_hand_in_is_either_handed_in_or_refused(app: Flask, bench: Bench) -> None:
    attempt = bench.start()
    bench.write(attempt)
    db.session.rollback()
    deeds = iter([lambda: bench.hand_in(attempt), *([lambda: bench.write(attempt, "Later.")] * 5)])

    results = at_once(app, 6, lambda: one_of(deeds))

    assert all(each is None or isinstance(each, Conflict) for each in results), results
    handed_in = db.session.get_one(WorkVersion, (attempt, 1)).text
    assert handed_in == bench.draft(attempt)


def test_while_a_work_is_marked_no_other_begins(bench: Bench) -> None:
    bench.handed_in()

    with pytest.raises(Conflict, match="being marked"):
        bench.start()


def test_a_window_that_closed_does_not_take_a_draft(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    bench = Bench(closes="2026-11-21 13:00")
    attempt = bench.start()
    bench.write(attempt)
    set_now(NOON + timedelta(days=2))

    bench.hand_in(attempt)

    assert bench.work(attempt).state is WorkState.WAITING


# ---- marks


def test_a_mark_passes_the_work_completes_the_step_and_is_logged_with_its_marker(safe: Bench) -> None:
    factories.complete(safe.user, factories.steps_of(safe.course)[0])
    attempt = safe.handed_in()
    set_now(NOON + timedelta(hours=5))

    safe.claim_and_give(safe.first, attempt, FULL)

    head = safe.head(attempt)
    assert (head.points, head.passed, head.percent) == (10, True, 100)
    last = db.session.scalars(select(Grade).filter_by(attempt_id=attempt).order_by(Grade.id.desc())).first()
    assert last is not None
    assert (last.cause, last.by_user_id, last.items, last.passed) == (
        "marker",
        safe.tutor.id,
        [[1, 10, 1]],
        True,
    )
    assert count_of(StepCompletion, user_id=safe.user.id) == 2
    assert count_of(Certificate, user_id=safe.user.id) == 1
    assert safe.work(attempt).marked_at == NOON + timedelta(hours=5)
    assert "work_marked" in [mail.kind for mail in factories.mails(safe.user.email)]


def test_a_required_criterion_at_zero_fails_whatever_else_was_earned(safe: Bench) -> None:
    attempt = safe.handed_in()

    safe.claim_and_give(safe.first, attempt, [0, 2, 2, 2, 2])

    head = safe.head(attempt)
    assert (head.points, head.passed) == (0, False)
    assert safe.marks(attempt)[0].points == 8


def test_a_mark_needs_every_level(safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim(safe.first, attempt)

    with pytest.raises(InvalidInput, match="every criterion"):
        safe.give(safe.first, attempt, [2, 2, 2, 2, None])

    assert safe.work(attempt).state is WorkState.WAITING


def test_a_mark_is_given_once(safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim_and_give(safe.first, attempt, FULL)

    with pytest.raises(Conflict, match="marked"):
        safe.give(safe.first, attempt, [1, 1, 1, 1, 1])

    assert safe.head(attempt).points == 10


def test_of_two_markers_at_once_one_has_the_work(app: Flask, safe: Bench) -> None:
    attempt = safe.handed_in()
    db.session.rollback()
    who = iter([safe.first, safe.second])

    results = at_once(app, 2, lambda: safe.claim(next(who), attempt))

    assert sorted(type(each).__name__ for each in results) == ["Conflict", "NoneType"]
    assert safe.work(attempt).marker_id in (safe.tutor.id, safe.other.id)


def test_two_marks_of_one_marker_at_once_are_one(app: Flask, safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim(safe.first, attempt)
    db.session.rollback()

    results = at_once(app, 5, lambda: safe.give(safe.first, attempt, FULL))

    assert [each for each in results if not isinstance(each, Conflict)] == [None]
    assert count_of(Grade, attempt_id=attempt, cause="marker") == 1


def test_only_who_has_the_work_marks_it(safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim(safe.first, attempt)

    with pytest.raises(Conflict, match="not with you"):
        safe.give(safe.second, attempt, FULL)


def test_works_of_other_courses_and_ones_own_do_not_exist(safe: Bench) -> None:
    attempt = safe.handed_in()
    stranger = factories.make_user("", "Sam Stranger", "instructor")
    factories.teach(stranger, factories.make_course())
    factories.teach(safe.user, safe.course)

    for marker in (Marker(stranger.id, False), Marker(safe.user.id, False), Marker(safe.user.id, True)):
        with pytest.raises(NotFound):
            work_to_mark(marker, attempt)
    assert work_to_mark(Marker(stranger.id, True), attempt).attempt_id == attempt


def test_a_work_is_passed_on_with_a_note_and_without_the_draft_of_the_mark(safe: Bench) -> None:
    attempt = safe.handed_in()
    safe.claim(safe.first, attempt)
    with transaction():
        judging.save_mark(safe.first, attempt, judgement(FULL))

    with transaction():
        judging.pass_on(safe.first, attempt, safe.other.id, "I know her.")

    work = safe.work(attempt)
    assert (work.marker_id, work.note) == (safe.other.id, "I know her.")
    assert safe.marks(attempt) == []
    assert [mail.kind for mail in factories.mails(safe.other.email)] == ["work_assigned"]


@pytest.mark.parametrize("to", ["author", "stranger"])
def test_a_work_is_passed_on_to_its_markers_only(safe: Bench, to: str) -> None:
    attempt = safe.handed_in()
    people = {"author": safe.user, "stranger": factories.make_user("", "Sam", "instructor")}

    with pytest.raises(InvalidInput), transaction():
        judging.pass_on(safe.first, attempt, people[to].id, "")


# ---- the second marker


def test_close_to_the_pass_mark_another_one_reads(bench: Bench) -> None:
    attempt = bench.handed_in()

    bench.claim_and_give(bench.first, attempt, CLOSE)

    assert bench.work(attempt).state is WorkState.SECOND
    assert bench.head(attempt).points is None
    with pytest.raises(Conflict, match="first mark"):
        bench.claim(bench.first, attempt)


def test_far_from_the_pass_mark_one_is_enough(bench: Bench) -> None:
    attempt = bench.handed_in()

    bench.claim_and_give(bench.first, attempt, FAR)

    assert bench.work(attempt).state is WorkState.MARKED


def test_an_assignment_may_want_two_always(app: Flask) -> None:
    bench = Bench(second_marker=True)
    attempt = bench.handed_in()

    bench.claim_and_give(bench.first, attempt, FAR)

    assert bench.work(attempt).state is WorkState.SECOND


def test_the_same_levels_twice_are_final_at_once(bench: Bench) -> None:
    attempt = bench.handed_in()
    bench.claim_and_give(bench.first, attempt, CLOSE)

    bench.claim_and_give(bench.second, attempt, CLOSE)

    assert (bench.work(attempt).state, bench.work(attempt).final_place) == (WorkState.MARKED, 1)
    assert bench.head(attempt).passed


def test_of_two_marks_that_differ_one_becomes_final_with_a_reason(bench: Bench) -> None:
    attempt = bench.handed_in()
    bench.claim_and_give(bench.first, attempt, CLOSE)
    bench.claim_and_give(bench.second, attempt, [2, 1, 1, 1, 1])
    assert bench.work(attempt).state is WorkState.AGREEING
    with pytest.raises(InvalidInput, match="why"):
        bench.agree(bench.first, attempt, 2, "  ")

    bench.agree(bench.first, attempt, 2)

    assert (bench.head(attempt).points, bench.head(attempt).passed) == (6, False)
    work = bench.work(attempt)
    assert (work.final_place, work.reason) == (2, "It reads the plan closer.")
    with pytest.raises(Conflict):
        bench.agree(bench.second, attempt, 1)


def test_a_third_instructor_does_not_agree_for_the_two(bench: Bench) -> None:
    third = factories.make_user("", "Tim", "instructor")
    factories.teach(third, bench.course)
    attempt = bench.handed_in()
    bench.claim_and_give(bench.first, attempt, CLOSE)
    bench.claim_and_give(bench.second, attempt, FULL)

    with pytest.raises(Conflict, match="not with you"):
        bench.agree(Marker(third.id, False), attempt, 1)


# ---- returned for revision


def test_a_returned_work_is_open_with_all_that_it_held_and_comes_back_to_its_marker(bench: Bench) -> None:
    attempt = bench.handed_in()
    bench.claim(bench.first, attempt)

    bench.send_back(bench.first, attempt)

    head, work = bench.head(attempt), bench.work(attempt)
    assert (head.state, work.state, work.rounds) == (AttemptState.OPEN, WorkState.RETURNED, 1)
    assert bench.draft(attempt) == TEXT
    bench.write(attempt, "Second try.")
    bench.hand_in(attempt)
    assert bench.work(attempt).marker_id == bench.tutor.id
    assert [
        (each.text, each.change)
        for each in db.session.scalars(select(WorkVersion).order_by(WorkVersion.number))
    ] == [
        (TEXT, "Name the speed."),
        ("Second try.", ""),
    ]
    assert [mail.kind for mail in factories.mails(bench.tutor.email)] == ["work_assigned"]
    assert len(bench.attempts()) == 1


def test_a_work_is_returned_twice_at_most(bench: Bench) -> None:
    attempt = bench.handed_in()
    bench.claim(bench.first, attempt)
    for _ in range(2):
        bench.send_back(bench.first, attempt)
        bench.hand_in(attempt)

    with pytest.raises(Conflict, match="returned twice"):
        bench.send_back(bench.first, attempt)


def test_returning_needs_words(bench: Bench) -> None:
    attempt = bench.handed_in()
    bench.claim(bench.first, attempt)

    with pytest.raises(InvalidInput, match="to be changed"):
        bench.send_back(bench.first, attempt, " ")
