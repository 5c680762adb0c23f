"""A form whose sign-in has ended: kept, shown, sent by its learner."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from core.clock import now
from core.database import db
from quizzes import kept
from quizzes.models import KeptForm
from quizzes.questions import Options
from tests import factories
from tests.quizzes.visiting import Visitor, words

ESSAY = """## why {essay}
Why?
"""


def test_r15_a_form_sent_after_the_sign_in_ended_is_kept_and_sent_later(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    fields = visitor.answer(item, 1) | {"csrf_token": factories.csrf(visitor.browser), "go": "next"}
    visitor.browser.delete_cookie("stratum")

    answer = visitor.browser.post(f"{attempt}?q=1", data=fields)
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=%2Fattempts%2Fkept%2F")
    assert visitor.items(attempt)[0].answer is None

    address = "/attempts/kept/" + answer.location.rpartition("%2F")[2]
    factories.sign_in(visitor.browser, visitor.user)
    page = words(visitor.browser.get(address).text)
    assert "Your answers were kept" in page
    chosen = item.asked.question.parts
    assert isinstance(chosen, Options)
    assert chosen.options[1].text_md in page

    assert factories.post(visitor.browser, address).location == attempt
    assert visitor.items(attempt)[0].answer == {"ticked": [1]}
    assert visitor.browser.get(address).status_code == 404


def test_r15_a_form_of_an_ended_sign_in_is_kept_though_a_new_one_stands(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    fields = visitor.answer(visitor.items(attempt)[0], 1) | {"csrf_token": factories.csrf(visitor.browser)}
    factories.sign_in(visitor.browser, visitor.user)

    answer = visitor.browser.post(attempt, data=fields)

    assert answer.location.startswith("/attempts/kept/")
    assert visitor.items(attempt)[0].answer is None
    factories.post(visitor.browser, answer.location)
    assert visitor.items(attempt)[0].answer == {"ticked": [1]}


def test_r15_handing_in_after_the_sign_in_ended_is_kept_too(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt)
    location = app.test_client().post(f"{attempt}/submit", data={"csrf_token": "old"}).location
    address = "/attempts/kept/" + location.rpartition("%2F")[2]

    assert "Confirm and submit" in visitor.browser.get(address).text
    factories.post(visitor.browser, address)

    assert "Passed." in words(visitor.browser.get(attempt).text)


def test_v3_what_was_kept_is_sent_to_nobody_elses_attempt(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    fields = visitor.answer(visitor.items(attempt)[0], 1)
    address = "/attempts/kept/" + app.test_client().post(attempt, data=fields).location.rpartition("%2F")[2]
    other = factories.sign_in(app.test_client(), factories.make_user())

    assert other.get(address).status_code == 404
    assert factories.post(other, address).status_code == 404
    assert visitor.items(attempt)[0].answer is None
    assert visitor.browser.get(address).status_code == 200


def test_v20_a_forged_form_of_a_signed_in_reader_saves_nothing(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt)

    visitor.browser.post(f"{attempt}/submit", data={"csrf_token": "forged"})

    assert "Question" in words(visitor.browser.get(attempt).text)
    assert visitor.browser.get(f"{attempt}/review").status_code == 200


def test_a_script_is_told_that_it_is_signed_out(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()

    answer = app.test_client().post(attempt, data={"item1": "1"}, headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert "signed out" in answer.json["message"]
    assert _kept_count() == 0


def test_a_form_too_large_to_keep_is_refused(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()

    answer = app.test_client().post(attempt, data={"item1": "x" * (kept.LARGEST + 1)})

    assert answer.status_code == 422
    assert _kept_count() == 0


def test_a_kept_text_that_another_window_has_changed_is_given_back(app: Flask) -> None:
    visitor = Visitor(app, ESSAY)
    attempt = visitor.start()
    name = visitor.items(attempt)[0].layout.name
    late = {"item1": "1", "base1": "0", name: "Written while signed out."}
    address = "/attempts/kept/" + app.test_client().post(attempt, data=late).location.rpartition("%2F")[2]
    factories.post(visitor.browser, attempt, {"item1": "1", "base1": "0", name: "Written elsewhere."})

    answer = factories.post(visitor.browser, address)

    assert answer.status_code == 409
    assert "another window has changed this text" in words(answer.text)
    assert "Written while signed out.</textarea>" in answer.text
    assert visitor.items(attempt)[0].answer == {"text": ["Written elsewhere."]}


def test_a_kept_text_that_is_too_long_is_given_back(app: Flask) -> None:
    visitor = Visitor(app, ESSAY)
    attempt = visitor.start()
    late = {"item1": "1", visitor.items(attempt)[0].layout.name: "x" * 50_001}
    address = "/attempts/kept/" + app.test_client().post(attempt, data=late).location.rpartition("%2F")[2]

    answer = visitor.browser.get(address)

    assert answer.status_code == 409
    assert "x" * 50_001 + "</textarea>" in answer.text


def test_keeping_forms_is_limited(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()

    answers = [app.test_client().post(attempt, data={"item1": "1"}).status_code for _ in range(31)]

    assert answers == [303] * 30 + [429]


def test_what_is_kept_goes_after_a_day(app: Flask, visitor: Visitor, clock: Callable[..., None]) -> None:
    attempt = visitor.start()
    answer = app.test_client().post(attempt, data={"item1": "1"})
    token = answer.location.rpartition("%2F")[2]

    clock(now() + timedelta(days=1))
    assert visitor.browser.get(f"/attempts/kept/{token}").status_code in (302, 404)
    kept.sweep()

    assert _kept_count() == 0


def _kept_count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(KeptForm)) or 0
