"""Things as tests need them: a test names what it is about, the rest is a default. Each room adds its own."""

import re
from functools import cache
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.database import db, transaction

_numbers = count(1)

# ---- accounts

PASSWORD = "correct horse battery"


def make_user(
    email: str = "", name: str = "Ada Learner", *roles: str, password: str = PASSWORD, confirmed: bool = True
) -> Any:
    """A person who may sign in; `roles` beside learner are words such as "admin".

    The row comes loaded and detached: reading it opens no transaction that would hide what requests commit.
    """
    from accounts.rules import Role
    from accounts.services import add_user

    held = {Role.LEARNER, *(Role(role) for role in roles)}
    address = email or f"person{next(_numbers)}@example.org"
    with transaction():
        user = add_user(address, name, _hashed(password), tuple(sorted(held)), confirmed=confirmed)
    db.session.refresh(user)
    db.session.expunge(user)
    db.session.rollback()
    return user


@cache
def _hashed(password: str) -> str:
    """One hash of each password for a whole run: a hash is slow on purpose, and most tests need some person."""
    from flask_security.utils import hash_password

    return hash_password(password)


def sign_in(client: FlaskClient, user: Any, *, remembered: bool = False) -> FlaskClient:
    """Put `user` into the browser without its form, as if they had signed in just now."""
    from accounts.access import TOKEN
    from accounts.services import begin_sign_in

    user_id = user.id
    with transaction():
        _, token = begin_sign_in(user_id, "a test", remembered)
    with client.session_transaction() as session:
        session.clear()
        session[TOKEN], session.permanent = token, remembered
    return client


def sign_in_by_form(client: FlaskClient, email: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
    """Sign in as a person does."""
    return post(client, "/login", {"email": email, "password": password, **fields})


def post(
    client: FlaskClient, path: str, fields: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """Send a form with the token of the browser's session."""
    return client.post(path, data={"csrf_token": csrf(client), **(fields or {})}, **options)


def csrf(client: FlaskClient) -> str:
    """A token for a form, read from a page that always has one."""
    page = client.get("/login/link").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def saved_cookie(client: FlaskClient) -> str:
    """The session cookie, as somebody might copy it."""
    cookie = client.get_cookie("stratum")
    assert cookie
    return cookie.value


def give_cookie(client: FlaskClient, value: str) -> FlaskClient:
    """Put a copied session cookie into a browser."""
    client.set_cookie("stratum", value)
    return client


def opens(client: FlaskClient) -> bool:
    """Whether this browser is signed in."""
    return client.get("/account").status_code == 200


def mails(to: str = "") -> list[Any]:
    """The mails in the outbox, the oldest first; those to one address, when it is given."""
    from sqlalchemy import select

    from core.outbox import OutboxMail

    db.session.rollback()
    rows = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    db.session.expunge_all()
    db.session.rollback()
    return [row for row in rows if not to or row.to_address == to]


# ---- courses and lessons


def make_course(slug: str = "", modules: tuple[str, ...] = ("lesson lesson",), **columns: Any) -> Any:
    """A published course; each of `modules` lists its steps: `lesson`, `quiz`, in brackets when optional,
    `lesson!` for a preview. Lessons are published too; a quiz is a step without a body.

    Steps are named by kind and place: lesson-1, lesson-2, quiz-3. The row comes loaded and detached.
    """
    from courses.models import Course, Module

    name = slug or f"course-{next(_numbers)}"
    defaults: dict[str, Any] = {
        "title": f"Course {name}", "subtitle": "What skin tells", "collection": "Foundations", "language": "en",
        "level": "Introductory", "order": "free", "cover": "", "price_minor": 0, "currency": "USD", "outcomes": [],
        "audience": [], "not_for": [], "authors": [], "faq": [], "body_html": "<p>About it.</p>", "revision": 1,
        "certificate": {"requires": "all"}, "version": 1, "reviewed": None,
    }  # fmt: skip
    with transaction() as session:
        course = Course(slug=name, **{**defaults, **columns})
        session.add(course)
        session.flush()
        for number, steps in enumerate(modules, 1):
            module = Module(course_id=course.id, slug=f"m{number}", title=f"Module {number}", position=number)
            session.add(module)
            session.flush()
            for word in steps.split():
                add_step(course, module, word)
    db.session.refresh(course)
    db.session.expunge(course)
    db.session.rollback()
    return course


def add_step(course: Any, module: Any, word: str) -> Any:
    """One more step at the end of the course, inside the caller's transaction."""
    from sqlalchemy import func, select

    from core.clock import now
    from courses.models import Step

    kind = word.strip("[]!")
    counted = select(func.count()).select_from(Step).where(Step.course_id == course.id)
    position = (db.session.scalar(counted) or 0) + 1
    slug = f"{kind}-{position}"
    folder = "quizzes" if kind == "quiz" else "lessons"
    step = Step(
        course_id=course.id, module_id=module.id, position=position, slug=slug, kind=kind,
        noun=kind, body=f"{course.slug}/{folder}/{slug}", title=f"Step {position}", minutes=10,
        required=not word.startswith("["), preview=word.endswith("!"), added_at=now(), retired_at=None,
    )  # fmt: skip
    db.session.add(step)
    if kind == "lesson":
        add_lesson(step)
    db.session.flush()
    return step


def add_lesson(step: Any, **columns: Any) -> Any:
    """The published body of a lesson step, inside the caller's transaction."""
    from lessons.models import Lesson

    headings = [
        {"id": "first-part", "title": "First part", "level": 2, "minutes": 6},
        {"id": "second-part", "title": "Second part", "level": 2, "minutes": 4},
    ]
    defaults: dict[str, Any] = {
        "name": step.body, "slug": step.slug, "title": step.title, "summary": "A short summary.",
        "objectives": [{"id": "o1", "text": "Name the layers"}], "reviewed": None, "minutes": 10, "words": 2000,
        "parts": [f'<h2 id="first-part">First part</h2><p>Body of {step.slug}.</p>',
                  {"kind": "reflect", "name": "why", "title": "", "html": "<p>Why?</p>"},
                  '<h2 id="second-part">Second part</h2>'],
        "outline": headings, "cited": [], "text": "Body", "revision": 1,
    }  # fmt: skip
    lesson = Lesson(**{**defaults, **columns})
    db.session.add(lesson)
    db.session.flush()
    return lesson


def make_tool(slug: str, course: str, *lessons: str, **columns: Any) -> None:
    """A published practice tool of the course of this slug, linked by the lessons of these full names."""
    from datetime import date

    from lessons.models import Tool, ToolLink
    from lessons.services import find_lesson

    defaults = {
        "title": slug.capitalize(), "summary": "For the evening.", "reviewed": date(2026, 11, 21), "paced": False,
        "html": "<p>Write it down. Call {{emergency_number}}.</p>", "cited": [],
    }  # fmt: skip
    with transaction() as session:
        session.add(Tool(slug=slug, course=course, **{**defaults, **columns}))
        session.add_all(ToolLink(lesson_id=find_lesson(name).id, tool=slug) for name in lessons)


def steps_of(course: Any) -> list[Any]:
    """The steps of a course in order, retired ones too, loaded and detached."""
    from sqlalchemy import select

    from courses.models import Step

    db.session.rollback()
    steps = list(db.session.scalars(select(Step).filter_by(course_id=course.id).order_by(Step.position)))
    for step in steps:
        db.session.expunge(step)
    db.session.rollback()
    return steps


def enroll(user: Any, course: Any, reason: str = "free") -> Any:
    """Let a person into a course; gives the id of the enrollment."""
    from enrollment.services import enroll as let_in

    with transaction():
        return let_in(user.id, course.id, reason).id


def complete(user: Any, *steps: Any) -> None:
    """Write steps into a person's ledger, each in a transaction of its own."""
    from progress.services import complete_step

    for step in steps:
        with transaction():
            complete_step(user.id, step)


# ---- authors and articles


def make_author(slug: str = "ada", **columns: Any) -> None:
    """An author as publishing would have left it."""
    from courses.models import Author

    defaults: dict[str, Any] = {
        "name": "Ada Wall", "portrait": "", "may": ["Teach"], "may_not": ["Diagnose"], "publications": [],
        "body_html": "<p>Ada teaches.</p>",
    }  # fmt: skip
    with transaction() as session:
        session.add(Author(slug=slug, **{**defaults, **columns}))


def make_article(slug: str = "", **columns: Any) -> None:
    """A published article with one section and one question."""
    from datetime import date

    from articles.models import Article

    name = slug or f"article-{next(_numbers)}"
    defaults: dict[str, Any] = {
        "title": f"Article {name}", "summary": "A short answer.", "authors": ["ada"], "published": date(2026, 11, 2),
        "reviewed": None, "related": [], "faq": [{"question": "Why?", "answer_html": "<p>Because.</p>"}], "minutes": 3,
        "html": '<p>It begins.</p><h2 id="first-part">First part</h2><p>Body.</p>', "cited": [], "media": {},
        "outline": [{"id": "first-part", "title": "First part", "level": 2}],
    }  # fmt: skip
    with transaction() as session:
        session.add(Article(slug=name, **{**defaults, **columns}))


# ---- orders


def make_order(user: Any, course: Any, state: str = "paid", **columns: Any) -> Any:
    """An order of a course in this state, as checkout would have left it, without an enrollment; detached.

    `user` is None for a guest. Its session is cs_test_<n>, its payment, once there was money, pi_test_<n>.
    """
    from datetime import timedelta

    from core.clock import now
    from enrollment.models import Order
    from enrollment.rules import OrderState

    number, has_money = next(_numbers), state not in ("pending", "processing", "failed", "expired")
    defaults: dict[str, Any] = {
        "number": f"TEST{number:06d}", "user_id": user and user.id,
        "email": user.email if user else "guest@example.org",
        "course_id": course.id, "course_title": course.title, "state": OrderState(state),
        "amount_minor": course.price_minor or 48900, "currency": course.currency, "livemode": False,
        "terms_version": "2026-11-21", "refunds_version": "2026-11-21", "refund_days": 14, "refund_max_progress": 30,
        "created_at": now(), "expires_at": now() + timedelta(hours=24), "session_id": f"cs_test_{number}",
        "payment_id": f"pi_test_{number}" if has_money else None, "payment_method": "card" if has_money else "",
        "paid_at": now() if has_money else None,
    }  # fmt: skip
    with transaction() as session:
        order = Order(**{**defaults, **columns})
        session.add(order)
    db.session.refresh(order)
    db.session.expunge(order)
    db.session.rollback()
    return order


# ---- quizzes


def make_quiz(step: Any, text: str, **settings: Any) -> Any:
    """The quiz of a course's step, its questions read from Markdown; `settings` are of QuizSettings. Detached."""
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings
    from quizzes.quiz_text import parse_questions

    questions, problems = parse_questions(text, f"courses/{step.body}.md")
    assert not problems, problems
    chosen = QuizSettings(**{"title": "What you remember", **settings})
    with transaction() as session:
        for question in questions:
            publish_question(question, f"courses/{step.body}.md")
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[question.id for question in questions], content={}, minutes=10, revision=1,
        )  # fmt: skip
        session.add(quiz)
    db.session.refresh(quiz)
    db.session.expunge(quiz)
    db.session.rollback()
    return quiz


def publish_question(question: Any, file: str = "courses/any/quizzes/any.md") -> int:
    """One more revision of a question, inside the caller's transaction; it is what the question asks from now on."""
    from markupsafe import escape
    from sqlalchemy import func, select

    from core.clock import now
    from quizzes.models import Question, QuestionRevision

    row = db.session.get(Question, question.id) or Question(id=question.id, file=file, revision_id=None)
    db.session.add(row)
    db.session.flush()
    counted = select(func.count()).select_from(QuestionRevision).filter_by(question_id=question.id)
    revision = QuestionRevision(
        question_id=question.id, number=(db.session.scalar(counted) or 0) + 1, content=question.to_json(),
        html={text: f"<p>{escape(text)}</p>" for text in question.markdown()}, published_at=now(),
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    row.revision_id = revision.id
    db.session.flush()
    return revision.id


CASE = """The file of Ada, a client.

## intake
**She sits down**

"Do the peel."

- [Ask what happened](#history) {+20 trust+20}
  : It opens the talk.
- [Sell her a cream](#history) {-10 trust-50}
  : Nothing is known yet.
- [Peel at once](#stop) {unsafe}
  : The barrier is damaged.
- [Stop her own cream](#history) {+0 critical}
  : It was prescribed.

## history
She tells.

- [Name what you see](#plan) {+25 needs trust>=50}
- [Go on](#plan) {+10}

## plan {end}
It ended well.

## stop {end}
**Red flag**

Why one stops.
"""


def make_case(step: Any, text: str = CASE, **settings: Any) -> Any:
    """The case of a course's quiz step, published; `settings` are of QuizSettings. Detached."""
    from courses.models import Step
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings

    defaults = {"title": "Ada in a hurry", "kind": "case", "pass_mark": 75, "state": (("trust", 40),)}
    chosen = QuizSettings(**{**defaults, **settings})
    with transaction() as session:
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[], content={}, minutes=10, revision=1,
        )  # fmt: skip
        session.add(quiz)
        session.flush()
        session.get_one(Step, step.id).noun = "case"
        publish_case(quiz, text, chosen)
    db.session.refresh(quiz)
    db.session.expunge(quiz)
    db.session.rollback()
    return quiz


def publish_case(quiz: Any, text: str, settings: Any) -> int:
    """One more revision of a case, inside the caller's transaction; it is what new plays begin with."""
    from sqlalchemy import func, select

    from core.clock import now
    from core.markup import render_many
    from core.markup.rendered import Source
    from quizzes.cases.text import parse_case
    from quizzes.models import CaseRevision

    case, problems = parse_case(text, f"courses/{quiz.name}.md", 1, settings)
    assert not problems, problems
    blocks = [case.file_md, *(scene.text_md for scene in case.scenes)]
    lines = [
        each for scene in case.scenes for choice in scene.choices for each in (choice.text_md, choice.why_md)
    ]
    sources = [Source(each, "case.md", "block", base="/") for each in blocks if each.strip()]
    sources += [Source(each, "case.md", "inline", base="/") for each in lines if each]
    html = {source.text: str(done.html) for source, done in zip(sources, render_many(sources), strict=True)}  # type: ignore[union-attr]
    counted = select(func.count()).select_from(CaseRevision).filter_by(quiz_id=quiz.id)
    revision = CaseRevision(
        quiz_id=quiz.id, number=(db.session.scalar(counted) or 0) + 1, content=case.to_json(), html=html,
        published_at=now(),
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    quiz.content = {"revision": revision.id}
    db.session.flush()
    return revision.id


# ---- works

BRIEF = """Write the plan of one page.

words: 5-40

criterion | 0 | 1 | 2
--- | --- | --- | ---
Safety * | missed | named | named and timed
Plan | none | two steps | three steps
Words | blames | plain | kind
Limits | none | one | all
Sources | none | some | all
"""


def make_assignment(step: Any, text: str = BRIEF, **settings: Any) -> Any:
    """The assignment of a course's quiz step, published: ten points to earn, eight pass. Detached."""
    from courses.models import Step
    from quizzes.assignment_text import parse_assignment, question_of
    from quizzes.models import Quiz
    from quizzes.quiz_settings import QuizSettings

    assignment, problems = parse_assignment(text, f"courses/{step.body}.md")
    assert not problems, problems
    chosen = QuizSettings(**{"title": "A plan", "kind": "assignment", "pass_mark": 80, **settings})
    with transaction() as session:
        revision = publish_question(question_of(step.body, assignment), f"courses/{step.body}.md")
        quiz = Quiz(
            name=step.body, slug=step.slug, title=chosen.title, kind=chosen.kind, settings=chosen.to_json(),
            pool=[], content={"assignment": assignment.to_json(), "html": {}, "revision": revision}, minutes=10,
            revision=1,
        )  # fmt: skip
        session.add(quiz)
        session.get_one(Step, step.id).noun = "assignment"
    db.session.refresh(quiz)
    db.session.expunge(quiz)
    db.session.rollback()
    return quiz


def teach(user: Any, course: Any) -> None:
    """Make a person an instructor of a course."""
    from courses.models import CourseInstructor

    with transaction() as session:
        session.add(CourseInstructor(course_id=course.id, user_id=user.id))


# ---- marking


def a_pdf() -> bytes:
    """A PDF of one empty page."""
    from io import BytesIO

    from pypdf import PdfWriter

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()
