"""Buying a course that is taken in groups: no page and no mail says that it is open before its day."""

from datetime import date

import pytest

from core.database import db, transaction
from courses.models import Step
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.services import ask_for_place
from tests import factories
from tests.shop.shop import Shop

OPENS = "4 December 2099"


@pytest.mark.parametrize("has_preview", [True, False])
def test_the_group_and_its_day_stand_wherever_the_course_would_be_open(shop: Shop, has_preview: bool) -> None:
    buyer, first = shop.buyer(), factories.steps_of(shop.course)[0].id
    with transaction() as session:
        cohort = Cohort(course_id=shop.course.id, name="Spring", starts_on=date(2099, 12, 4), places=1)
        session.add(cohort)
        session.get_one(Step, first).preview = has_preview
        session.flush()
        ask_for_place(buyer.id, cohort)
    client, url = shop.browser(buyer), f"/courses/{shop.course.slug}"
    ahead = f"{url}/preview/lesson-1" if has_preview else url

    asked = client.get(f"{url}/enroll").text
    session_id = shop.begin(buyer)
    shop.sandbox.pay(session_id)
    thanked = client.get(f"/checkout/return?session_id={session_id}").text
    ordered = client.get(shop.order(buyer).url).text

    db.session.rollback()
    receipt = factories.mails(buyer.email)[-1]
    for told in (asked, thanked, ordered, receipt.text, receipt.html):
        assert "Spring" in told
        assert OPENS in told
        assert "first week" not in told
        assert "open to you now" not in told
    assert all(f'{ahead}"' in told for told in (thanked, ordered, receipt.html))
