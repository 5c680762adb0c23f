"""Questions inside a lesson: closed until answered, then open with every reason; free of charge until then."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import db, transaction
from courses.models import Course
from lessons.models import Lesson
from quizzes import checks, reads
from quizzes.checks import CheckGiven, check_html
from quizzes.models import Question
from quizzes.quiz_text import parse_questions
from quizzes.regrading import services as regrading
from quizzes.regrading.rules import Cause
from sources.models import Source
from tests import factories
from tests.counting import statements

CHECK = """## barrier {choice see=lesson-1#second-part}
What holds the bricks?

- [x] Lipids
  : Ratlipids
- [ ] Water
  : Ratwater

why: Whylipids
hint: Hintlipids
"""
SECRETS = ("Ratlipids", "Ratwater", "Whylipids", "Hintlipids")


class Page:
    """A learner's lesson with one check."""

    def __init__(self, app: Flask) -> None:
        self.course = factories.make_course(modules=("lesson",))
        self.step = factories.steps_of(self.course)[0]
        self.question = parse_questions(CHECK, "courses/any/questions/any.md")[0][0]
        with transaction() as session:
            factories.publish_question(self.question)
            lesson = session.scalars(select(Lesson).filter_by(name=self.step.body)).one()
            lesson.parts = ["<p>Text</p>", {"kind": "check", "name": "barrier"}]
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)
        self.browser = factories.sign_in(app.test_client(), self.user)
        self.url = f"/learn/{self.course.slug}/{self.step.slug}"

    def read(self) -> str:
        return self.browser.get(self.url).text

    def values(self) -> dict[str, str]:
        """The option's words by the value that chooses it, and the field's name under an empty key."""
        page = self.read()
        found = re.findall(r'name="(q[a-z0-9]{10})" value="([a-z0-9]{10})".*?</span><span>(\w+)</span>', page)
        return {"": found[0][0]} | {words: value for _, value, words in found}

    def answer(self, words: str) -> int:
        values = self.values()
        fields = {values[""]: values[words]}
        return factories.post(self.browser, f"{self.url}/checks/barrier", fields).status_code


@pytest.fixture
def page(app: Flask) -> Page:
    return Page(app)


def test_v6_a_check_tells_nothing_before_it_is_answered(page: Page) -> None:
    shown = page.read()

    assert 'id="check-barrier"' in shown
    assert "What holds the bricks?" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "Correct" not in shown


def test_an_answered_check_gives_every_reason_and_may_be_answered_again(page: Page) -> None:
    assert page.answer("Water") == 303

    shown = page.read()

    assert "Not right." in shown
    assert all(reason in shown for reason in SECRETS[:3])
    assert "Answer again" in shown
    assert 'href="lesson-1#second-part"' in shown
    assert page.answer("Lipids") == 303
    assert "Right." in page.read()


def test_v6_an_empty_answer_reveals_nothing(page: Page) -> None:
    assert factories.post(page.browser, f"{page.url}/checks/barrier").status_code == 422
    assert "Ratlipids" not in page.read()


def test_an_unanswered_check_costs_no_query_after_the_first(page: Page) -> None:
    first = check_html("barrier", "/there", "mine-1", None, ("course", 1))

    with statements() as sent:
        again = check_html("barrier", "/elsewhere", "other", None, ("course", 1))

    assert sent == []
    assert again == first.replace("/there", "/elsewhere").replace("mine-1", "other")


def test_a_new_publication_is_asked_and_an_old_answer_keeps_its_meaning(page: Page) -> None:
    page.answer("Lipids")
    parts = page.question.parts
    turned = tuple(reversed(parts.options))  # type: ignore[union-attr]
    with transaction() as session:
        factories.publish_question(
            replace(page.question, prompt_md="Asked anew?", parts=replace(parts, options=turned))  # type: ignore[type-var]
        )
        session.scalars(select(Course)).one().version += 1

    shown = page.read()

    assert "Right." in shown
    assert "What holds the bricks?" in shown
    assert "Asked anew?" in shown


def test_a_check_is_laid_out_by_its_words_whatever_row_holds_it(page: Page) -> None:
    laid_out = page.values()
    with transaction() as session:
        factories.publish_question(page.question)
        session.scalars(select(Course)).one().version += 1
    again = page.values()
    with transaction() as session:
        factories.publish_question(replace(page.question, source=page.question.source + "\nMore."))
        session.scalars(select(Course)).one().version += 1

    assert again == laid_out
    assert not set(page.values().values()) & set(laid_out.values())


def test_the_layout_of_a_check_tells_nothing_of_its_key(page: Page) -> None:
    layout_names = {page.values()[""] for _ in range(2)}

    assert len(layout_names) == 1
    db.session.rollback()
    revision = db.session.scalars(select(Question.revision_id)).one()
    assert revision is not None
    assert str(revision) not in layout_names


def test_a_check_that_is_not_published_says_so(app: Flask) -> None:
    assert "not published yet" in check_html("nowhere", "/there", "token", None, 1)


@pytest.mark.parametrize("answered", [False, True])
def test_a_dropped_question_leaves_nothing_in_the_lesson(page: Page, answered: bool) -> None:
    if answered:
        page.answer("Water")
    before = page.read()
    values = page.values() if not answered else {}
    drop(page)

    shown = page.read()

    assert 'id="check-barrier"' in before
    assert "<p>Text</p>" in shown
    assert [
        words for words in ("check-", "Check yourself", "bricks", "not published") if words in shown
    ] == []
    sent = {values[""]: values["Water"]} if values else {}
    refused = factories.post(page.browser, f"{page.url}/checks/barrier", sent)
    assert refused.status_code == 404
    assert "asked no more" in refused.text


def drop(page: Page) -> None:
    """An instructor drops the question, which a quiz might ask too."""
    with transaction() as session:
        revision = session.get_one(Question, "barrier").revision_id or 0
        regrading.begin("barrier", Cause.DROPPED, revision, "It was asked twice.", page.user.id)


def test_a_long_answer_is_not_kept_in_memory(page: Page) -> None:
    with transaction():
        revision = factories.publish_question(page.question)
    before = len(checks._shown._pages)

    shown = check_html(
        "barrier", "/", "mine", CheckGiven(revision, {"ticked": [1], "note": ["x" * 500]}), ("course", 1)
    )

    assert "Ratwater" in shown
    assert len(checks._shown._pages) == before


def test_a_source_that_was_mended_is_told_anew_with_the_next_version(page: Page) -> None:
    asked = replace(page.question, why_md="Whylipids [@madison2003]")
    source = {
        "kind": "article",
        "authors": "Madison",
        "published_in": "J",
        "year": "2003",
        "doi": "",
        "url": "",
    }
    with transaction() as session:
        revision = factories.publish_question(asked)
        session.add(Source(key="madison2003", title="Old words", design="", limit="", **source))
    given = CheckGiven(revision, {"ticked": [0]})
    assert "Old words" in check_html("barrier", "/", "mine", given, ("course", 1))
    with transaction() as session:
        session.scalars(select(Source)).one().title = "New words"

    assert "New words" in check_html("barrier", "/", "mine", given, ("course", 2))


def test_a_check_answered_under_a_revision_is_told_by_it(page: Page) -> None:
    db.session.rollback()
    revision = db.session.scalars(select(Question.revision_id)).one()
    assert revision is not None

    told = check_html("barrier", "/there", "token", CheckGiven(revision, {"ticked": [0]}), 1)

    assert "Right." in told
    assert reads.asked(revision).question.id == "barrier"
