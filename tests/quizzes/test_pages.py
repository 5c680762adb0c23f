"""The pages of a quiz as a browser without JavaScript sees them."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models import Certificate
from core.database import db
from progress.models import StepCompletion
from tests import factories
from tests.conftest import NOON, Clock
from tests.counting import statements
from tests.quizzes.visiting import PAPER, Visitor, words


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

    seq = visitor.items(attempt)[1].seq
    told = {"position": 2, "seq": seq, "won": True, "answered": True}
    assert (answer.status_code, answer.json) == (200, {"answers": [told]})
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


def test_the_result_that_completes_the_course_leads_to_the_certificate(visitor: Visitor) -> None:
    lesson = factories.steps_of(visitor.course)[0]
    factories.post(visitor.browser, f"/learn/{visitor.course.slug}/{lesson.slug}/complete")
    attempt = visitor.start()
    visitor.answer_all(attempt)

    page = visitor.submit(attempt)

    db.session.rollback()
    held = db.session.scalars(select(Certificate).filter_by(user_id=visitor.user.id)).one()
    assert re.search(rf'<a [^>]*href="/certificates/{held.id}">.*See your certificate</a>', page)


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


def test_a_baseline_that_was_taken_leads_to_its_result_and_speaks_of_no_pass(app: Flask) -> None:
    visitor = Visitor(app, attempts=1, baseline="quiz-2", pass_mark=0)
    attempt = visitor.start()
    visitor.submit(attempt)

    page = visitor.browser.get(visitor.url).text

    assert "Your starting point is kept" in page
    assert f'<a class="btn" href="{attempt}">See your result</a>' in page
    main = words(page.partition("<main")[2].partition("</main>")[0])
    assert "pass" not in main.lower()
    assert "Ask for another attempt" not in main


def test_who_has_passed_is_told_of_waiting_only_as_an_aside(app: Flask, clock: Clock) -> None:
    clock(NOON)
    visitor = Visitor(app, attempts=3, cool_down=24)
    attempt = visitor.start()
    visitor.answer_all(attempt)
    visitor.submit(attempt)

    page = words(visitor.browser.get(visitor.url).text)

    assert "You have passed." in page
    assert "Nothing more to do here A further attempt is possible from" in page
    assert "Not now" not in page
    assert "Let the last attempt settle" not in page


def test_who_has_not_passed_is_told_when_to_come_back(app: Flask, clock: Clock) -> None:
    clock(NOON)
    visitor = Visitor(app, attempts=3, cool_down=24)
    visitor.submit(visitor.start())

    page = words(visitor.browser.get(visitor.url).text)

    assert "Not now Let the last attempt settle before the next. Come back from" in page


def test_nobody_is_told_to_come_back_to_a_quiz_that_will_have_closed(app: Flask, clock: Clock) -> None:
    clock(NOON)
    visitor = Visitor(app, attempts=3, cool_down=24, closes="2026-11-21 23:00")
    visitor.submit(visitor.start())

    page = words(visitor.browser.get(visitor.url).text)

    assert "This quiz closes before a further attempt could begin." in page
    assert "Come back" not in page


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
