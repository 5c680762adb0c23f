"""The school takes back that it ended somebody's access: it stands on the same facts as if nothing had been done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import db, transaction
from enrollment import services
from enrollment.reopening import Ended, reopen_access
from enrollment.rules import EndReason, GrantKind, PauseReason
from tests.conftest import NOON, Clock
from tests.factories import make_course, make_user

SOURCES = {
    "order:1": GrantKind.ORDER, "order:2": GrantKind.PLAN, "seat:1": GrantKind.SEAT, "admin": GrantKind.ADMIN,
}  # fmt: skip
NEWS: dict[str, Callable[[str], Any]] = {
    "refund": lambda source: services.take_back_grants(source, EndReason.REFUND),
    "plan over": lambda source: services.end_grants(source, EndReason.CANCELLED),
    "seat moved": lambda source: services.end_grants(source, EndReason.SEAT),
    "paid until": lambda source: services.extend_grants(source, SOURCES[source], NOON + timedelta(days=40)),
    "for good": lambda source: services.extend_grants(source, SOURCES[source], None),
    "disputed": lambda source: services.pause_grants(source, PauseReason.DISPUTE),
    "unpaid": lambda source: services.pause_grants(source, PauseReason.PAYMENT),
    "dispute won": lambda source: services.resume_grants(source, PauseReason.DISPUTE),
}


class Learner:
    """Somebody in a course by some sources, and the school that ends that and takes it back."""

    def __init__(self, *sources: str) -> None:
        self.user, self.course, self.admin = make_user(), make_course(), make_user("", "Ida", "admin")
        for source in sources:
            self.give(source)

    def give(self, source: str) -> None:
        with transaction():
            services.enroll(self.user.id, self.course.id, SOURCES[source], source=source)

    def hear(self, news: str, source: str) -> None:
        with transaction():
            NEWS[news](source)

    def revoke(self) -> None:
        number = self.enrollment.id
        with transaction():
            services.revoke(number, self.admin.id)

    def undo(self) -> tuple[list[str], list[str]]:
        """By what they come back in, and what stays ended."""
        number = self.enrollment.id
        with transaction():
            ended: Ended = reopen_access(number, self.admin.id)
            return [each.source for each in ended.standing], [each.source for each in ended.lapsed]

    @property
    def enrollment(self) -> Any:
        db.session.rollback()
        return services.find_enrollment(self.user.id, self.course.id)

    @property
    def facts(self) -> Any:
        """What access stands on, but for how what is over is written down."""
        found = self.enrollment
        grants = [
            (each.source, each.kind, each.started_at, each.ends_at, tuple(each.pause_reasons))
            for each in services.grants_of(self.user.id, self.course.id)
            if each.ended_at is None
        ]
        is_over = found.state == "revoked"
        return grants, found.state, found.pause_reason, None if is_over else (found.started_at, found.ends_at)


def test_who_comes_back_is_in_by_what_they_were_in_by_before(app: Flask, clock: Clock) -> None:
    learner = Learner("order:1", "seat:1")
    before = learner.facts
    clock(NOON + timedelta(days=3))
    learner.revoke()
    clock(NOON + timedelta(days=5))

    assert learner.undo() == (["order:1", "seat:1"], [])
    assert learner.facts == before
    assert learner.enrollment.ended_at is None


@pytest.mark.parametrize("news", ["refund", "plan over", "seat moved"])
@pytest.mark.parametrize("is_told_first", [True, False])
def test_what_lets_nobody_in_any_more_ends_access_before_the_undo_and_after(
    app: Flask, news: str, is_told_first: bool
) -> None:
    learner = Learner("order:1")
    learner.revoke()
    if is_told_first:
        learner.hear(news, "order:1")
        assert learner.undo() == ([], ["order:1"])
    else:
        assert learner.undo() == (["order:1"], [])
        learner.hear(news, "order:1")

    assert learner.enrollment.state == "revoked"


def test_only_the_last_deed_is_taken_back(app: Flask, clock: Clock) -> None:
    learner = Learner("order:1")
    learner.revoke()
    clock(NOON + timedelta(days=1))
    learner.give("admin")
    learner.revoke()

    assert learner.undo() == (["admin"], [])


def test_what_the_school_did_not_end_it_cannot_take_back(app: Flask) -> None:
    learner = Learner("order:1")
    learner.hear("refund", "order:1")

    assert learner.undo() == ([], [])
    assert learner.enrollment.end_reason == "refund"


GONE = ("refund", "plan over", "seat moved")
TOLD = st.lists(st.tuples(st.sampled_from(list(NEWS)), st.sampled_from(list(SOURCES))), max_size=5)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(SOURCES)), min_size=1, unique=True), TOLD, TOLD)
def test_after_the_undo_access_stands_on_what_it_would_stand_on_without_the_deed(
    app: Flask,
    clock: Clock,
    sources: list[str],
    before: list[tuple[str, str]],
    meanwhile: list[tuple[str, str]],
) -> None:
    lived = [after(clock, sources, before, meanwhile, is_revoked) for is_revoked in (True, False)]

    assert lived[0] == lived[1]


def after(
    clock: Clock,
    sources: list[str],
    before: list[tuple[str, str]],
    meanwhile: list[tuple[str, str]],
    is_revoked: bool,
) -> Any:
    """The facts of somebody who heard all this, the first part of it before the school ended their access."""
    clock(NOON)
    learner, standing = Learner(*sources), set(sources)
    hear_all(learner, before, standing)
    clock(NOON + timedelta(days=1))
    if is_revoked:
        learner.revoke()
    hear_all(learner, meanwhile, standing)
    clock(NOON + timedelta(days=2))
    if is_revoked:
        learner.undo()
    return learner.facts


def hear_all(learner: Learner, news: list[tuple[str, str]], standing: set[str]) -> None:
    """What is gone is heard of no more."""
    for word, source in news:
        if source in standing:
            learner.hear(word, source)
        if word in GONE:
            standing.discard(source)
