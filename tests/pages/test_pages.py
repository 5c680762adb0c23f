"""Home, dashboard and the small pages: what they show, whose name they bear, what they cost."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core import config as configuration
from core import reads
from core.clock import now
from core.database import db, transaction
from core.school import change_school
from core.web import Reader
from courses.models import Course, Step
from enrollment.rules import EndReason, PauseReason
from enrollment.services import pause_grants, revoke, take_back_grants
from pages.dashboard import CourseProgress, dashboard_of, greeting
from shop.models import Order, OrderChange
from shop.rules import OrderState
from sources.models import Term
from tests.conftest import NOON, Clock, make_config
from tests.counting import statements
from tests.factories import (
    complete,
    enroll,
    make_course,
    make_order,
    make_user,
    post,
    sign_in,
    steps_of,
)


def reader(person: Any, time_zone: str = "UTC") -> Reader:
    return Reader(person.id, 1, person.name, person.email, frozenset({"learner"}), time_zone, "en")


# ---- dashboard


def courses_of(found: Reader) -> list[CourseProgress]:
    return dashboard_of(found).courses


def test_a_learner_without_a_course_is_shown_the_way_to_one(app: Flask) -> None:
    page = sign_in(app.test_client(), make_user()).get("/dashboard")

    assert page.status_code == 200
    assert "No course yet" in page.text


def test_the_dashboard_goes_on_where_the_reading_stopped(app: Flask, clock: Clock) -> None:
    person, course = (
        make_user("", "Ada Learner"),
        make_course("skin", ("lesson lesson", "lesson"), title="The Skin"),
    )
    enroll(person, course)
    client = sign_in(app.test_client(), person)
    post(client, "/learn/skin/lesson-1/complete")
    client.get("/learn/skin/lesson-2")
    post(client, "/learn/skin/lesson-2/place", {"heading": "second-part"})

    page = client.get("/dashboard").text

    assert "Good afternoon, Ada" in page
    assert 'href="/learn/skin/lesson-2#second-part"' in page
    assert "Module 1, lesson 2. About 4 minutes left." in page
    assert 'aria-label="33 percent complete"' in page
    assert "1 of 3 steps" in page


def test_a_completed_course_shows_its_certificate(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course("skin")
    enroll(person, course)
    complete(person, *steps_of(course))

    (progress,) = courses_of(reader(person))
    page = sign_in(app.test_client(), person).get("/dashboard").text

    assert progress.completed
    assert progress.percent == 100
    assert progress.certificate
    assert f'href="/certificates/{progress.certificate.id}"' in page
    assert "Everything you began is complete." in page


def test_the_course_read_last_stands_first(app: Flask, clock: Clock) -> None:
    person, first, second = make_user(), make_course("a"), make_course("b")
    enroll(person, first)
    clock(NOON + timedelta(hours=1))
    enroll(person, second)
    assert [course.slug for course in courses_of(reader(person))] == ["b", "a"]
    clock(NOON + timedelta(hours=2))

    sign_in(app.test_client(), person).get("/learn/a/lesson-1")

    assert [course.slug for course in courses_of(reader(person))] == ["a", "b"]


def test_a_dashboard_shows_ones_own_courses_and_a_revoked_one_as_closed(app: Flask) -> None:
    """V3, V38"""
    one, other, course = make_user(), make_user(), make_course()
    number = enroll(one, course)
    assert courses_of(reader(other)) == []
    assert len(courses_of(reader(one))) == 1

    with transaction():
        revoke(number, one.id)

    (closed,) = courses_of(reader(one))
    assert (closed.is_open, closed.closed) == (False, "The school has ended your access.")


def test_what_is_paused_or_ended_stands_on_the_dashboard_with_its_reason(app: Flask) -> None:
    person = make_user()
    paused, ended = (
        make_course("skin", ("lesson lesson",), title="The Skin"),
        make_course("hair", title="Hair"),
    )
    enroll(person, paused, "order", "order:ONE")
    complete(person, steps_of(paused)[0])
    enroll(person, ended, "order", "order:TWO")
    with transaction():
        pause_grants("order:ONE", PauseReason.DISPUTE)
        take_back_grants("order:TWO", EndReason.REFUND)

    page = sign_in(app.test_client(), person).get("/dashboard").text

    assert "<b>The Skin</b> is paused at 50 %. Your payment is disputed at the bank." in page
    assert 'href="/courses/skin">What to do' in page
    assert "Closed. Your payment was refunded. What you completed is kept." in page
    assert 'href="/courses/hair"' in page
    assert "No course yet" not in page
    assert "/learn/" not in page


def test_a_certificate_stays_on_the_dashboard_when_access_has_ended(app: Flask) -> None:
    person, course = make_user(), make_course("skin")
    number = enroll(person, course)
    complete(person, *steps_of(course))
    with transaction():
        revoke(number, person.id)

    page = sign_in(app.test_client(), person).get("/dashboard").text

    assert 'href="/certificates/' in page
    assert 'href="/learn/skin"' not in page


def test_a_course_whose_steps_were_all_taken_out_breaks_nothing(app: Flask) -> None:
    person, course = make_user(), make_course("skin", ("lesson", "lesson"))
    enroll(person, course)
    client = sign_in(app.test_client(), person)
    for slugs in (["lesson-2"], ["lesson-1"]):
        with transaction() as session:
            session.execute(update(Step).where(Step.slug.in_(slugs)).values(retired_at=now()))
            session.execute(update(Course).values(version=Course.version + 1))
        for path in ("/dashboard", "/learn/skin", "/courses/skin", "/courses"):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("has_courses", [False, True])
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            "pending",
            "You left before paying for <b>The Skin</b>. Your order waits until 22 November, 12:00 UTC.",
        ),
        ("processing", "<b>The Skin</b> opens when your payment is confirmed."),
        ("review", "Your payment for <b>The Skin</b> is being checked."),
        ("failed", "Your payment for <b>The Skin</b> did not go through."),
    ],
)
def test_an_order_that_waits_stands_on_the_dashboard(
    app: Flask, clock: Clock, state: str, said: str, has_courses: bool
) -> None:
    person = make_user()
    order = make_order(person, make_course("skin", title="The Skin", price_minor=4900), state)
    note_change(order, state)
    if has_courses:
        enroll(person, make_course("other"))

    page = sign_in(app.test_client(), person).get("/dashboard").text

    assert said in page
    assert f'href="{order.url}"' in page


@pytest.mark.parametrize("state", ["paid", "refunded", "expired", "pending", "failed"])
def test_an_order_that_is_over_is_not_spoken_of(app: Flask, clock: Clock, state: str) -> None:
    """Among them a checkout that has closed, and a payment that failed long ago."""
    person = make_user()
    order = make_order(person, make_course("skin", title="The Skin", price_minor=4900), state)
    note_change(order, state)
    clock(NOON + timedelta(days=8))

    assert "The Skin" not in sign_in(app.test_client(), person).get("/dashboard").text


def test_who_is_in_after_all_is_not_sent_to_pay(app: Flask, clock: Clock) -> None:
    person, course = make_user(), make_course("skin", price_minor=4900)
    make_order(person, course, "pending")
    enroll(person, course, "admin")

    assert "You left before paying" not in sign_in(app.test_client(), person).get("/dashboard").text


def note_change(order: Order, state: str) -> None:
    with transaction() as session:
        session.add(
            OrderChange(order_id=order.id, at=now(), before=None, after=OrderState(state), cause="buyer")
        )


@pytest.mark.parametrize("number", [1, 5])
def test_the_dashboard_costs_at_most_two_statements_for_however_many_courses(app: Flask, number: int) -> None:
    person = make_user()
    for _ in range(number):
        course = make_course(modules=("lesson lesson quiz", "lesson"))
        enroll(person, course)
        complete(person, steps_of(course)[0])
    client = sign_in(app.test_client(), person)
    client.get("/dashboard")

    with statements() as sent:
        client.get("/dashboard")

    assert len(sent) <= 2, sent


@pytest.mark.parametrize(
    ("hour", "time_zone", "words"),
    [
        (3, "UTC", "Good evening, Ada"),
        (4, "UTC", "Good morning, Ada"),
        (12, "UTC", "Good afternoon, Ada"),
        (18, "UTC", "Good evening, Ada"),
        (12, "Asia/Kolkata", "Good afternoon, Ada"),
        (12, "America/Los_Angeles", "Good morning, Ada"),
        (12, "", "Good afternoon, Ada"),
    ],
)
def test_one_is_greeted_by_ones_own_clock(clock: Clock, hour: int, time_zone: str, words: str) -> None:
    clock(datetime(2026, 11, 21, hour, tzinfo=UTC))

    assert greeting(Reader(1, 1, "Ada Learner", "", frozenset(), time_zone, "en")) == words


def test_someone_without_a_name_is_greeted_without_one(clock: Clock) -> None:
    assert greeting(Reader(1, 1, "", "a@b.c", frozenset(), "UTC", "en")) == "Good afternoon"


# ---- whose house it is


def test_a_renamed_school_is_named_on_every_page_and_the_old_name_on_none(app: Flask) -> None:
    with transaction():
        change_school(
            {"name": "Dermis Academy", "legal_name": "Dermis GmbH", "support_email": "help@dermis.example"}
        )
    person, course = make_user(), make_course("skin", ("lesson lesson!",))
    make_course("paid", price_minor=100)
    enroll(person, course)
    visitor, learner = app.test_client(), sign_in(app.test_client(), person)
    public = [
        "/",
        "/courses",
        "/courses/skin",
        "/courses/paid",
        "/courses/skin/preview/lesson-2",
        "/about",
        "/faq",
    ]
    public += ["/articles", "/glossary", "/verify", "/login", "/register", "/nowhere"]

    for client, paths in (
        (visitor, public),
        (learner, ["/dashboard", "/learn/skin", "/learn/skin/lesson-1", "/account"]),
    ):
        for path in paths:
            page = client.get(path).text
            assert "Dermis Academy" in page, path
            assert "stratum" not in page.lower().replace("__host-stratum", ""), path


def test_a_lesson_kept_in_memory_bears_the_new_name_at_the_next_request(app: Flask) -> None:
    person, course = make_user(), make_course("skin")
    enroll(person, course)
    client = sign_in(app.test_client(), person)
    client.get("/learn/skin/lesson-1")

    with transaction():
        change_school({"name": "Dermis Academy"})

    assert "Dermis Academy" in client.get("/learn/skin/lesson-1").text


def test_the_schools_colours_are_a_stylesheet(app: Flask, client: FlaskClient) -> None:
    assert "/school.css" not in client.get("/about").text
    with transaction():
        change_school({"colour_primary": "#1b4d89"})

    answer = client.get("/school.css")

    assert answer.mimetype == "text/css"
    assert "--clay:#1b4d89" in answer.text
    assert "/school.css" in client.get("/about").text


# ---- small pages


@pytest.mark.parametrize("path", ["/", "/courses", "/about", "/articles", "/faq", "/glossary", "/verify"])
def test_a_page_of_an_empty_school_is_a_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert "<h1" in answer.text
    assert "None" not in answer.text


def test_home_shows_the_free_course_and_the_certification_that_are_published(
    app: Flask, client: FlaskClient
) -> None:
    make_course("the-stress-skin-cycle", title="The Free One")
    make_course("holistic-dermatology-certification", title="The Long One", price_minor=48900)

    page = client.get("/").text

    assert "The Free One" in page
    assert "The Long One" in page


def test_the_glossary_is_in_the_order_of_the_alphabet_and_escaped(app: Flask, client: FlaskClient) -> None:
    """V1"""
    with transaction() as session:
        for name in ("barrier", "Acne", "<b>itch"):
            session.add(Term(slug=name.strip("<>").lower(), name=name, aliases=[], definition="A <i>word"))

    page = client.get("/glossary").text

    assert page.index("Acne") < page.index("barrier")
    assert "<b>itch" not in page
    assert "A <i>word" not in page


# ---- the demonstration's mail


def write_mail(folder: Path, subject: str = "Hello") -> None:
    message = EmailMessage()
    message["Subject"], message["To"], message["Date"] = (
        subject,
        "ada@demo.example",
        "Sat, 21 Nov 2026 12:00:00 +0000",
    )
    message.set_content("Follow http://127.0.0.1:8000/x <b>")
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mail" / "00000001-hello.eml").write_bytes(message.as_bytes())


def test_the_demonstration_shows_its_mail(client: FlaskClient, config: configuration.Config) -> None:
    assert client.get("/demo/mail").status_code == 200
    write_mail(config.instance, "Hello <b>")

    page = client.get("/demo/mail").text
    letter = client.get("/demo/mail/00000001-hello.eml").text

    assert "Hello &lt;b&gt;" in page
    assert "Follow " in letter
    assert "<b>" not in letter
    assert "&lt;b&gt;" in letter


def test_a_subject_that_was_folded_after_its_name_begins_at_once(
    client: FlaskClient, config: configuration.Config
) -> None:
    write_mail(config.instance, "A" * 75)

    assert '<h1 class="h-big">AAA' in client.get("/demo/mail/00000001-hello.eml").text


@pytest.mark.parametrize("name", ["..%2fsettings.env", "%2e%2e%2fstratum.db", "none.eml", ".eml"])
def test_nothing_but_mail_is_shown_there(
    client: FlaskClient, config: configuration.Config, name: str
) -> None:
    """V31"""
    (config.instance / "settings.env").write_text("SECRET_KEY=inner")

    answer = client.get(f"/demo/mail/{name}")

    assert answer.status_code == 404
    assert "inner" not in answer.text


def test_a_school_in_production_shows_nobodys_mail(config: configuration.Config, tmp_path: Path) -> None:
    from app import create_app

    write_mail(tmp_path)
    app = create_app(
        make_config(
            tmp_path,
            STRATUM_ENV="production",
            BASE_URL="https://learn.example.org",
            DATABASE_URL=config.database_url,
        )
    )
    client = app.test_client()

    for path in ("/demo/mail", "/demo/mail/00000001-hello.eml"):
        assert client.get(path, base_url="https://learn.example.org").status_code == 404
    reads.close()
    with app.app_context():
        db.engine.dispose()


# ---- signs of life


def test_the_process_says_that_it_lives_without_asking_anybody(client: FlaskClient) -> None:
    with statements() as sent:
        answer = client.get("/healthz")

    assert answer.json == {"status": "ok"}
    assert sent == []


def test_ready_means_that_the_worker_beat_lately(app: Flask, client: FlaskClient, clock: Clock) -> None:
    from core.jobs import beat

    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (
        503,
        {"database": True, "worker": False},
    )
    beat()
    assert client.get("/readyz").status_code == 200
    clock(NOON + timedelta(seconds=91))

    assert client.get("/readyz").json == {"database": True, "worker": False}
