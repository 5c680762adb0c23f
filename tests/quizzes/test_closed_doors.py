"""What an attempt shows to whom, and when."""

import json
import re

from flask import Flask
from sqlalchemy import select

from core.database import transaction
from enrollment.models import Enrollment, EnrollmentState
from quizzes import reads
from tests import factories
from tests.quizzes.visiting import PAPER, Visitor


def secrets_of(attempt: list[reads.Item]) -> list[str]:
    """What a learner may not see before the end: reasons, hints, objectives, topics, keys to type."""
    found: list[str] = []
    for item in attempt:
        question = item.asked.question
        found += [question.topic, question.see, question.hint_md, question.why_md, *question.objectives]
        found += re.findall(r'"why_md": "([^"]+)"', json.dumps(question.to_json()))
        found += re.findall(r'"variants": \["([^"]+)"', json.dumps(question.to_json()))
    return [text for text in found if len(text) > 2]


def test_v6_no_byte_of_an_open_attempt_holds_key_reason_hint_or_objective(app: Flask) -> None:
    visitor = Visitor(app, PAPER)
    attempt = visitor.start()
    items = visitor.items(attempt)
    hidden = secrets_of(items)
    assert len(hidden) > 15

    pages = [visitor.browser.get(f"{attempt}?q={item.position}") for item in items]
    pages += [visitor.browser.get(attempt + rest) for rest in ("?view=paper", "/review")]
    pages += [visitor.browser.get(visitor.url)]
    pages += [
        factories.post(visitor.browser, attempt, {"item1": "1"}, headers={"Accept": "application/json"})
    ]

    for page in pages:
        assert page.status_code == 200
        sent = f"{page.headers}{page.text}".casefold()
        assert [text for text in hidden if re.search(rf"\b{re.escape(text.casefold())}\b", sent)] == []
        assert not re.search(r'\bclass="[^"]*\b(right|wrong)\b|data-(right|correct|key)\b|correct', sent)


def test_v6_options_stand_in_an_order_and_under_names_that_tell_nothing(app: Flask) -> None:
    visitor = Visitor(app, PAPER)
    orders = set()
    for _ in range(8):
        attempt = visitor.start()
        item = next(item for item in visitor.items(attempt) if item.asked.question.id == "several")
        page = visitor.browser.get(f"{attempt}?q={item.position}").text
        shown = re.findall(rf'name="{item.layout.name}" value="([^"]+)"', page)
        orders.add(tuple(item.layout.indexes(shown)))
        assert all(re.fullmatch(r"[a-z0-9]{10}", value) for value in shown)
        visitor.submit(attempt)

    assert len(orders) > 1


def test_v7_with_feedback_on_pass_a_fail_tells_only_the_score(app: Flask) -> None:
    visitor = Visitor(app, feedback="passed", attempts=2)
    attempt = visitor.start()
    visitor.answer_all(attempt, index=1)

    page = visitor.submit(attempt)

    assert [text for text in secrets_of(visitor.items(attempt)) if text.casefold() in page.casefold()] == []
    assert "Your answer" not in page
    assert "once you have passed" in page
    last = visitor.start()
    assert "Ratthis" in visitor.submit(last)


def test_v6_the_last_attempt_is_not_answered_from_the_result_of_the_one_before(app: Flask) -> None:
    visitor = Visitor(app, feedback="passed", attempts=2)
    first = visitor.start()
    visitor.submit(first)
    visitor.start()

    page = visitor.browser.get(first).text

    assert [text for text in secrets_of(visitor.items(first)) if text.casefold() in page.casefold()] == []


def test_v10_a_score_is_never_an_input(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    forged = {
        "percent": "100",
        "passed": "1",
        "score_num": "9",
        f"item{item.position}": "1",
        item.layout.name: "0",
    }

    factories.post(visitor.browser, attempt, forged)

    assert "Not passed yet." in visitor.submit(attempt)


# ---- who may come in


def test_v3_an_attempt_of_somebody_else_is_not_found(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    stranger = factories.make_user()
    factories.enroll(stranger, visitor.course)
    other = factories.sign_in(app.test_client(), stranger)

    answers = [other.get(attempt), other.get(f"{attempt}/review"), factories.post(other, f"{attempt}/submit")]
    answers += [factories.post(other, attempt, {"item1": "1"})]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Question 1 of 2" in visitor.browser.get(attempt).text


def test_v7_who_is_not_enrolled_is_sent_to_the_course(app: Flask, visitor: Visitor) -> None:
    outsider = factories.sign_in(app.test_client(), factories.make_user())

    assert outsider.get(visitor.url).location == f"/courses/{visitor.course.slug}"
    assert factories.post(outsider, f"{visitor.url}/start").location == f"/courses/{visitor.course.slug}"


def test_v38_with_the_enrollment_the_attempt_closes(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    with transaction() as session:
        session.scalars(select(Enrollment)).one().state = EnrollmentState.REVOKED

    assert visitor.browser.get(attempt).location == f"/courses/{visitor.course.slug}"
    assert factories.post(visitor.browser, attempt, visitor.answer(item, 0)).status_code == 403
    assert factories.post(visitor.browser, f"{attempt}/submit").status_code == 403
    assert visitor.items(attempt)[0].answer is None


def test_a_visitor_signs_in_first(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()

    assert app.test_client().get(attempt).location == f"/login?next={attempt.replace('/', '%2F')}"
