"""Several facts may let one person into one course; access is their sum."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core import events
from core.database import db, transaction
from enrollment import services
from enrollment.rules import EndReason, GrantKind, PauseReason
from enrollment.services import AccessPaused, AccessResumed, AccessRevoked, AccessTakenBack, Enrolled
from tests.conftest import NOON, Clock
from tests.factories import make_course, make_user

NEWS = (Enrolled, AccessPaused, AccessResumed, AccessRevoked, AccessTakenBack)


class Someone:
    """One person and one course, the news about the two, and the acts of the room in one word."""

    def __init__(self) -> None:
        self.user, self.course, self.heard = make_user(), make_course(), list[object]()

    def give(self, source: str, kind: GrantKind = GrantKind.ORDER, **terms: Any) -> None:
        with transaction():
            services.enroll(self.user.id, self.course.id, kind, source=source, **terms)

    def act(self, deed: Any, *arguments: object) -> None:
        with transaction():
            deed(*arguments)

    @property
    def stay(self) -> tuple[str, str, str]:
        db.session.rollback()
        found = services.find_enrollment(self.user.id, self.course.id)
        assert found is not None
        return found.state.value, found.end_reason, found.pause_reason

    @property
    def news(self) -> list[str]:
        told, self.heard[:] = [type(each).__name__ for each in self.heard], []
        return told


@pytest.fixture
def someone(app: Flask, clock: Clock) -> Any:
    person = Someone()
    for kind in NEWS:
        events.subscribe(kind, person.heard.append)
    yield person
    for kind in NEWS:
        events._handlers[kind].remove(person.heard.append)


def test_who_is_in_by_two_facts_stays_when_one_ends(someone: Someone) -> None:
    someone.give("order:1")
    someone.give("seat:1", GrantKind.SEAT)

    someone.act(services.take_back_grants, "order:1", EndReason.REFUND)

    assert someone.stay == ("active", "", "")
    assert someone.news == ["Enrolled"]


def test_when_the_last_fact_ends_its_reason_is_told(someone: Someone) -> None:
    someone.give("order:1")
    someone.give("seat:1", GrantKind.SEAT)
    someone.act(services.end_grants, "seat:1", EndReason.SEAT)

    someone.act(services.take_back_grants, "order:1", EndReason.REFUND)

    assert someone.stay == ("revoked", "refund", "")
    assert someone.news == ["Enrolled", "AccessRevoked", "AccessTakenBack"]


def test_of_ends_at_one_moment_the_schools_own_counts(someone: Someone) -> None:
    someone.give("order:1")
    someone.give("order:2")
    someone.act(services.take_back_grants, "order:1", EndReason.REFUND)
    someone.act(services.end_access, someone.user.id, someone.course.id, EndReason.ADMIN)

    assert someone.stay == ("revoked", "admin", "")


def test_money_that_goes_back_after_the_end_is_news_and_rewrites_no_reason(someone: Someone) -> None:
    someone.give("order:1")
    someone.act(services.end_access, someone.user.id, someone.course.id, EndReason.ADMIN)
    assert someone.news == ["Enrolled", "AccessRevoked"]

    someone.act(services.take_back_grants, "order:1", EndReason.REFUND)

    assert someone.stay == ("revoked", "admin", "")
    assert someone.news == ["AccessTakenBack"]


def test_a_paused_fact_closes_the_course_and_opens_it_again(someone: Someone) -> None:
    someone.give("order:1")

    someone.act(services.pause_grants, "order:1", PauseReason.DISPUTE)
    assert someone.stay == ("paused", "", "dispute")
    assert services.holds(someone.user.id, someone.course.id)
    someone.act(services.resume_grants, "order:1", PauseReason.DISPUTE)

    assert someone.stay == ("active", "", "")
    assert someone.news == ["Enrolled", "AccessPaused", "AccessResumed"]


D, P = PauseReason


@pytest.mark.parametrize(
    ("deeds", "stay"),
    [
        ((("pause", D), ("pause", P)), ("paused", "", "dispute")),
        ((("pause", P), ("pause", D)), ("paused", "", "dispute")),
        ((("pause", P), ("pause", D), ("resume", D)), ("paused", "", "payment")),
        ((("pause", P), ("pause", D), ("resume", P)), ("paused", "", "dispute")),
        ((("pause", P), ("pause", P), ("resume", P)), ("active", "", "")),
        ((("pause", P), ("pause", D), ("resume", P), ("resume", D)), ("active", "", "")),
        ((("resume", D), ("pause", P)), ("paused", "", "payment")),
    ],
)
def test_a_course_opens_again_when_no_reason_is_left(
    someone: Someone, deeds: tuple[tuple[str, PauseReason], ...], stay: tuple[str, str, str]
) -> None:
    someone.give("order:1")

    for deed, reason in deeds:
        someone.act(
            {"pause": services.pause_grants, "resume": services.resume_grants}[deed], "order:1", reason
        )

    assert someone.stay == stay


def test_what_ended_while_it_was_paused_opens_unpaused(someone: Someone) -> None:
    someone.give("order:1")
    someone.act(services.pause_grants, "order:1", PauseReason.PAYMENT)
    someone.act(services.end_grants, "order:1", EndReason.CANCELLED)

    someone.give("order:1")

    assert someone.stay == ("active", "", "")


def test_one_fact_that_is_not_paused_is_enough(someone: Someone) -> None:
    someone.give("order:1")
    someone.give("free", GrantKind.FREE)

    someone.act(services.pause_grants, "order:1", PauseReason.DISPUTE)

    assert someone.stay == ("active", "", "")


def test_the_same_source_given_twice_is_one_fact_that_keeps_its_terms(someone: Someone) -> None:
    someone.give("plan:1", GrantKind.PLAN, ends_at=NOON + timedelta(days=30))
    someone.give("plan:1", GrantKind.PLAN, ends_at=NOON + timedelta(days=60))

    (grant,) = services.grants_of(someone.user.id, someone.course.id)
    assert grant.ends_at == NOON + timedelta(days=30)
    assert not services.holds(someone.user.id, someone.course.id)


def test_access_lasts_as_long_as_the_longest_fact(someone: Someone) -> None:
    someone.give("a", ends_at=NOON + timedelta(days=30))
    someone.give("b", ends_at=NOON + timedelta(days=60))
    assert services.find_enrollment(someone.user.id, someone.course.id).ends_at == NOON + timedelta(days=60)  # type: ignore[union-attr]

    someone.give("c")

    assert services.find_enrollment(someone.user.id, someone.course.id).ends_at is None  # type: ignore[union-attr]
