"""Why can they, or why not: the admin reads the door's own answer, and what it is made of."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from admin.access_words import KINDS, REASONS
from core.database import transaction
from courses.models import Module
from enrollment.rules import EndReason, GrantKind, PauseReason, Reason
from enrollment.services import end_access, enroll, pause_grants
from tests.counting import statements
from tests.factories import make_course, steps_of


def test_every_reason_and_kind_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(KINDS) == set(GrantKind)


def test_the_whole_chain_is_told(client: FlaskClient, admin: Any, ada: Any) -> None:
    course = make_course("drip", ("lesson", "lesson"), order="strict")
    with transaction() as session:
        session.execute(update(Module).where(Module.slug == "m2").values(opens_on=date(2026, 12, 4)))
        enroll(ada.id, course.id, GrantKind.ADMIN, granted_by=admin.id, note="Scholarship")
        enroll(ada.id, course.id, GrantKind.PLAN, source="plan:1")
        pause_grants("plan:1", PauseReason.PAYMENT)
    step = steps_of(course)[1]

    with statements() as asked:
        page = client.get(f"/admin/people/{ada.id}/access?course=drip&step={step.id}").text

    for words in (
        "Ada Learner may not enter.",
        "An earlier step has to be done first.",
        "The step opens on a later day.",
        "Step 2 opens when Step 1 is done. It does not open before 4 December 2026.",
        "Enrolled by hand",
        "Scholarship",
        "Sam Rivera",
        "Paused: not paid in time",
        "Each required step opens the next",
    ):
        assert words in page, words
    assert len(asked) <= 25


@pytest.mark.parametrize(
    ("end", "told"), [(None, "Ada Learner may enter."), (EndReason.DISPUTE, "Ended: dispute lost")]
)
def test_who_may_and_who_may_not(
    client: FlaskClient, admin: Any, ada: Any, course: Any, end: EndReason | None, told: str
) -> None:
    with transaction():
        enroll(ada.id, course.id, GrantKind.ORDER, source="order:1")
        if end:
            end_access(ada.id, course.id, end)

    assert told in client.get(f"/admin/people/{ada.id}/access?course=first").text


def test_a_course_that_is_not_there_is_not_found(client: FlaskClient, admin: Any, ada: Any) -> None:
    assert client.get(f"/admin/people/{ada.id}/access?course=none").status_code == 404
    assert "Choose a course" in client.get(f"/admin/people/{ada.id}/access").text
