"""The pages of a quiz as a browser without JavaScript sees them."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.clock import now
from core.database import db, transaction
from enrollment.models import Enrollment, EnrollmentState
from progress.models import StepCompletion
from quizzes import kept, reads
from quizzes.models import KeptForm
from quizzes.questions import Options
from tests import factories
from tests.counting import statements

PAPER = (Path(__file__).parent / "paper.md").read_text(encoding="utf-8").partition("## written")[0]
TWO = """## first {choice topic=skin see=lesson-1#first-part}
Which is right?

- [x] This
  : Ratthis
- [ ] That
  : Ratthat

why: Whyfirst

## second {choice topic=nerves objective=o-1}
And which here?

- [x] Here
- [ ] There
  : Ratthere
"""


class Visitor:
    """A learner's browser in a course with one quiz."""

    def __init__(self, app: Flask, text: str = TWO, **settings: Any) -> None:
        self.app = app
        self.course = factories.make_course(modules=("lesson quiz",))
        self.step = factories.steps_of(self.course)[1]
        factories.make_quiz(self.step, text, **settings)
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)
        self.browser = factories.sign_in(app.test_client(), self.user)
        self.url = f"/learn/{self.course.slug}/quizzes/{self.step.slug}"

    def start(self) -> str:
        answer = factories.post(self.browser, f"{self.url}/start")
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def items(self, attempt: str) -> list[reads.Item]:
        return reads.items_of(attempt.rpartition("/")[2], self.user.id)

    def token(self, item: reads.Item, index: int) -> str:
        return next(pick.token for pick in item.layout.picks if pick.index == index)

    def answer(self, item: reads.Item, index: int) -> dict[str, str]:
        return {f"item{item.position}": "1", item.layout.name: self.token(item, index)}

    def answer_all(self, attempt: str, index: int = 0) -> None:
        for item in self.items(attempt):
            factories.post(self.browser, f"{attempt}?q={item.position}", self.answer(item, index))

    def submit(self, attempt: str) -> str:
        answer = factories.post(self.browser, f"{attempt}/submit")
        assert answer.status_code == 303, answer.text
        return self.browser.get(attempt).text


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def words(page: str) -> str:
    """The text of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_first_page_says_what_the_quiz_takes(app: Flask) -> None:
    visitor = Visitor(app, attempts=2, pass_mark=80)

    page = words(visitor.browser.get(visitor.url).text)

    assert "2 questions" in page
    assert "Pass mark 80 percent" in page
    assert "0 attempts of 2 used, 2 left" in page
    assert "Start quiz" in page


def test_an_open_attempt_is_resumed_on_another_device(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    factories.post(visitor.browser, attempt, {**visitor.answer(item, 1), "go": "next"})
    phone = factories.sign_in(app.test_client(), visitor.user)

    assert "Resume quiz" in phone.get(visitor.url).text
    assert factories.post(phone, f"{visitor.url}/start").location == attempt
    assert "Question 2 of 2" in phone.get(attempt).text
    assert f'value="{visitor.token(item, 1)}" checked' in phone.get(f"{attempt}?q=1").text


@pytest.mark.parametrize(
    ("here", "go", "leads"),
    [
        ("?q=1", "next", "?q=2"),
        ("?q=2", "next", "?q=2"),
        ("?q=2", "back", "?q=1"),
        ("?q=1", "2", "?q=2"),
        ("?q=1", "9" * 30, "?q=2"),
        ("?q=2", "paper", "?view=paper"),
        ("?view=paper", "one", "?q=1"),
        ("?view=paper", "", "?view=paper"),
        ("?q=2", "review", "/review"),
        ("?q=2", "nonsense", "?q=2"),
    ],
)
def test_each_button_saves_and_leads_on(visitor: Visitor, here: str, go: str, leads: str) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]

    answer = factories.post(visitor.browser, attempt + here, {**visitor.answer(item, 1), "go": go})

    assert (answer.status_code, answer.location) == (303, attempt + leads)
    assert visitor.items(attempt)[0].answer == {"ticked": [1]}


def test_a_script_is_told_what_was_saved(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[1]
    fields = {**visitor.answer(item, 0), "flag2": "1"}

    answer = factories.post(visitor.browser, f"{attempt}?q=2", fields, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json) == (200, {"saved": 1})
    assert visitor.items(attempt)[1].flagged


def test_a_form_that_names_no_question_changes_nothing(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt)

    factories.post(visitor.browser, attempt, {"go": "next"})

    assert all(item.is_answered for item in visitor.items(attempt))


def test_saving_an_answer_costs_three_reads_and_one_write(visitor: Visitor) -> None:
    attempt = visitor.start()
    fields = visitor.answer(visitor.items(attempt)[0], 0) | {"csrf_token": factories.csrf(visitor.browser)}
    visitor.browser.post(attempt, data=fields, headers={"Accept": "application/json"})

    with statements() as sent:
        visitor.browser.post(attempt, data=fields, headers={"Accept": "application/json"})

    verbs = [statement.split()[0].upper() for statement in sent]
    assert verbs == ["SELECT", "SELECT", "SELECT", "UPDATE"], sent


def test_the_summary_counts_what_has_no_answer(visitor: Visitor) -> None:
    attempt = visitor.start()
    factories.post(visitor.browser, attempt, visitor.answer(visitor.items(attempt)[0], 0))

    page = words(visitor.browser.get(f"{attempt}/review").text)

    assert "1 question is not answered" in page
    assert "Confirm and submit" in page


def test_r16_saving_after_submitting_is_refused(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    visitor.submit(attempt)

    page = factories.post(visitor.browser, attempt, visitor.answer(item, 0))
    script = factories.post(
        visitor.browser, attempt, visitor.answer(item, 0), headers={"Accept": "application/json"}
    )

    assert (page.status_code, script.status_code) == (409, 409)
    assert "can no longer change" in script.json["message"]
    assert visitor.items(attempt)[0].answer is None


def test_r16_submitting_twice_shows_one_result(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt)

    assert visitor.submit(attempt) == visitor.submit(attempt)


def test_a_pass_completes_the_step_and_leads_on(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt)

    page = visitor.submit(attempt)

    assert "Passed." in words(page)
    db.session.rollback()
    done = db.session.scalars(select(StepCompletion.step_id).filter_by(user_id=visitor.user.id)).all()
    assert done == [visitor.step.id]


def test_a_result_gives_every_reason_and_the_way_back(visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt, index=1)

    page = visitor.submit(attempt)

    assert all(reason in page for reason in ("Ratthis", "Ratthat", "Whyfirst", "Ratthere"))
    assert f'href="/learn/{visitor.course.slug}/lesson-1#first-part"' in page
    assert "Not passed yet." in page
    assert re.search(rf'<a [^>]*href="{visitor.url}">Try again</a>', page)


def test_without_an_attempt_left_nothing_offers_another(app: Flask) -> None:
    visitor = Visitor(app, attempts=1)

    page = visitor.submit(visitor.start())

    assert "Try again" not in page
    assert "No attempt is left" in visitor.browser.get(visitor.url).text
    assert factories.post(visitor.browser, f"{visitor.url}/start").status_code == 409


# ---- what must not be seen


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


@pytest.mark.parametrize(("kind", "words_of_it"), [("case", "cases"), ("assignment", "assignments")])
def test_what_opens_later_says_so(app: Flask, kind: str, words_of_it: str) -> None:
    visitor = Visitor(app, "", kind=kind)

    assert f"{words_of_it} cannot be worked on here yet" in words(visitor.browser.get(visitor.url).text)
    assert factories.post(visitor.browser, f"{visitor.url}/start").status_code == 404


# ---- a form whose sign-in has ended


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


# ---- how it reads


def test_every_question_is_a_group_named_by_its_prompt(app: Flask) -> None:
    visitor = Visitor(app, PAPER)
    attempt = visitor.start()

    page = visitor.browser.get(f"{attempt}?view=paper").text

    groups = re.findall(r'<fieldset class="question".*?<legend[^>]*>(.*?)</legend>', page, re.DOTALL)
    assert sorted(map(words, groups)) == sorted(
        words(item.asked.html[item.asked.question.prompt_md].replace("⟦", "(blank ").replace("⟧", ")"))
        for item in visitor.items(attempt)
    )


def test_all_kinds_are_answered_on_one_paper_without_script(app: Flask) -> None:
    visitor = Visitor(app, PAPER)
    attempt = visitor.start()
    page = visitor.browser.get(f"{attempt}?view=paper").text
    form: dict[str, str] = dict(re.findall(r'<input type="hidden" name="(item\d+)" value="([^"]+)"', page))
    for name in re.findall(r'<input class="input[^"]*" type="text" id="[^"]+" name="([^"]+)"', page):
        form[name] = "HPA"
    for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        form[name] = re.findall(r'value="([^"]+)"', options)[0]
    for name, value in re.findall(
        r'<input type="(?:radio|checkbox)" id="[^"]+" name="([^"]+)" value="([^"]+)"', page
    ):
        form.setdefault(name, value)

    factories.post(visitor.browser, f"{attempt}?view=paper", form)

    assert [item.position for item in visitor.items(attempt) if not item.is_answered] == []
    assert "Every question has an answer." in visitor.browser.get(f"{attempt}/review").text


def test_a_result_tells_every_kind(app: Flask) -> None:
    visitor = Visitor(app, PAPER)
    attempt = visitor.start()

    page = visitor.submit(attempt)

    for reason in (
        "Ratright",
        "Ratwrong",
        "Whytext",
        "Ratsc",
        "Ratva",
        "Ratoa",
        "Ratla",
        "Ratrz",
        "Ratnum",
        "Ratword",
    ):
        assert reason in page
    assert "9.4 ± 0.1 days" in page
    assert "⟦" not in page
