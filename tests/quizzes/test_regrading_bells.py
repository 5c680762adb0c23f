"""Regrades that were interrupted: the clock rings for them and does not wait; and a question is dropped once."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from core import jobs as core_jobs
from core.clock import now
from core.database import transaction
from quizzes.models import Grade, Question
from quizzes.regrading import previews, running
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause, RegradeState
from tests.quizzes.cohort import FOUR, Cohort
from tests.quizzes.world import count_of


def test_the_clock_rings_for_what_was_begun_and_does_not_wait_for_its_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    regrade = cohort.begin_regrade()
    with transaction() as session:
        revision = session.get_one(Question, "first").revision_id or 0
        asked = previews.ask("first", Cause.KEY, revision, "The key was wrong.").id
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(core_jobs, "ring", lambda *arguments: rung.append(arguments))

    core_jobs._periodic["regrades"].run()

    assert rung == [(running.BELL, regrade), (running.PREVIEW_BELL, asked)]
    assert count_of(Grade, cause="key") == 0


def test_the_database_holds_one_drop_of_a_question(app: Flask) -> None:
    cohort = Cohort()
    first = revision_of("first")
    _drop(cohort, first)
    cohort.mend_first()

    with pytest.raises(IntegrityError):
        _drop(cohort, revision_of("first"))

    assert count_of(Regrade, cause="dropped") == 1


def revision_of(question: str) -> int:
    with transaction() as session:
        return session.get_one(Question, question).revision_id or 0


def _drop(cohort: Cohort, revision: int) -> None:
    with transaction() as session:
        session.add(
            Regrade(
                question_id="first",
                cause=Cause.DROPPED,
                revision_id=revision,
                reason="Two are right.",
                state=RegradeState.RUNNING,
                reached="",
                begun_at=now(),
                up=0,
                down=0,
                same=0,
                passing=0,
                below=0,
                since_preview=0,
            )  # fmt: skip
        )
