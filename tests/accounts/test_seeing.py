"""Support looks at the school with a learner's eyes: nothing changes, nothing private shows, all is written down."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import jobs, rules
from accounts.models import SignIn
from accounts.services import end_sign_ins
from core.audit import AuditEntry, record
from core.database import db, transaction
from core.web import SIGNED_IN, allow, policy_of
from lessons.services import find_lesson, keep_reflection
from progress.models import StepCompletion
from tests.conftest import NOON, Clock
from tests.factories import enroll, make_course, make_user, post, sign_in, steps_of

ACCOUNT = (
    "/account", "/account/security", "/account/password", "/account/email", "/account/privacy",
    "/account/notifications", "/account/orders", "/account/teams", "/account/security/authenticator", "/account/verify",
)  # fmt: skip
LATER = NOON + timedelta(minutes=31)


@pytest.fixture
def ada(app: Flask) -> Any:
    return make_user("ada@example.org", "Ada Learner")


@pytest.fixture
def support(client: FlaskClient, clock: Clock) -> Any:
    """Somebody of support, signed in."""
    user = make_user("sue@example.org", "Sue Support", "support")
    sign_in(client, user)
    return user


@pytest.fixture
def looking(client: FlaskClient, support: Any, ada: Any) -> FlaskClient:
    """The browser of support, which sees as Ada."""
    look(client, ada)
    return client


def look(client: FlaskClient, person: Any) -> Any:
    return post(client, f"/admin/people/{person.id}/see-as", {"reason": "Cannot find the quiz"})


def trail() -> list[tuple[str, str, int | None]]:
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [
        (each.action, each.subject, each.actor_id)
        for each in entries
        if each.action.startswith("user.see_as")
    ]


def test_support_sees_the_school_as_the_learner_and_a_bar_that_says_so(
    looking: FlaskClient, ada: Any
) -> None:
    enroll(ada, make_course("first", title="First course"))

    page = looking.get("/dashboard").text

    assert "First course" in page
    assert 'href="/admin"' not in page
    assert "You see the school as <b>Ada Learner</b> does, for 30 more minutes" in page
    assert "Stop looking" in looking.get("/admin").text  # A page of an error has it too.


def test_the_trail_has_who_whom_why_and_how_it_ended(looking: FlaskClient, support: Any, ada: Any) -> None:
    answer = post(looking, "/seeing/stop")

    assert answer.location == f"/admin/people/{ada.id}"
    assert looking.get(answer.location).status_code == 200
    about = f"user:{ada.id}"
    assert trail() == [("user.see_as", about, support.id), ("user.see_as_end", about, support.id)]
    began = db.session.scalars(select(AuditEntry).filter_by(action="user.see_as")).one()
    assert began.detail == {"reason": "Cannot find the quiz", "until": "2026-11-21T12:30:00+00:00"}


def test_nothing_that_is_sent_changes_anything(looking: FlaskClient, ada: Any) -> None:
    course = make_course("first")
    enroll(ada, course)

    refused = [
        post(looking, "/learn/first/lesson-1/complete"),
        post(looking, "/learn/first/lesson-1/place", {"heading": "first-part"}),
        post(looking, "/account", {"name": "Eve", "time_zone": "UTC", "language": "en"}),
        post(looking, "/logout"),
        post(looking, "/login/link", {"email": ada.email}),
        post(looking, f"/admin/people/{ada.id}/close"),
    ]

    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert "nothing can be changed, and nothing was" in refused[0].text
    assert db.session.scalars(select(StepCompletion)).all() == []


def test_the_learners_reading_place_and_last_visit_stay(
    looking: FlaskClient, ada: Any, app: Flask, clock: Clock
) -> None:
    course = make_course("first")
    enroll(ada, course)
    sign_in(app.test_client(), ada)
    clock(NOON + timedelta(minutes=20))

    assert looking.get("/learn/first/lesson-2").status_code == 200

    post(looking, "/seeing/stop")
    sign_in(looking, ada)
    assert "/learn/first/lesson-2" not in looking.get("/dashboard").text
    seen = db.session.scalars(
        select(SignIn.last_seen_at).filter_by(user_id=ada.id).order_by(SignIn.id)
    ).first()
    assert seen == NOON


def test_the_persons_account_stays_closed(looking: FlaskClient) -> None:
    pages = [looking.get(path) for path in ACCOUNT]

    assert [page.status_code for page in pages] == [403] * len(ACCOUNT)
    assert "belongs to the person alone" in pages[0].text


def test_every_page_of_the_account_is_declared_private(app: Flask) -> None:
    pages = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/account")]
    read = [each for each in pages if policy_of(app, each) == SIGNED_IN and "GET" in methods_of(app, each)]

    assert [each for each in read if not getattr(app.view_functions[each], "is_private", False)] == []
    assert len(read) >= len(ACCOUNT)


def methods_of(app: Flask, endpoint: str) -> set[str]:
    return {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods or ()}


def test_what_they_wrote_for_themselves_is_not_shown(looking: FlaskClient, ada: Any) -> None:
    course = make_course("first")
    enroll(ada, course)
    (step, *_) = steps_of(course)
    with transaction():
        keep_reflection(ada.id, find_lesson(step.body), "why", "My own grief")

    page = looking.get(step_address(step)).text

    assert "My own grief" not in page
    post(looking, "/seeing/stop")
    assert "My own grief" in sign_in(looking, ada).get(step_address(step)).text


def step_address(step: Any) -> str:
    return f"/learn/first/{step.slug}"


def test_a_page_that_writes_as_it_opens_stays_closed(
    app: Flask, client: FlaskClient, support: Any, ada: Any
) -> None:
    @allow(SIGNED_IN)
    def counted() -> str:
        with transaction():
            record("page.open", f"user:{ada.id}")
        return "opened"

    app.add_url_rule("/counted", "counted", counted)
    look(client, ada)

    assert client.get("/counted").status_code == 403
    post(client, "/seeing/stop")
    assert client.get("/counted").text == "opened"


def test_ones_own_sign_in_goes_on_while_one_looks(
    client: FlaskClient, support: Any, ada: Any, clock: Clock
) -> None:
    clock(NOON + timedelta(minutes=50))
    look(client, ada)
    clock(NOON + timedelta(minutes=70))

    assert client.get("/dashboard").status_code == 200

    seen = db.session.scalars(select(SignIn.last_seen_at).filter_by(user_id=support.id)).one()
    assert seen == NOON + timedelta(minutes=70)


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_half_an_hour_one_is_oneself_and_told_so(
    looking: FlaskClient, support: Any, ada: Any, clock: Clock, method: str
) -> None:
    clock(LATER)

    first = looking.get("/dashboard") if method == "get" else post(looking, "/account/sign-ins/end-others")

    assert first.status_code == (200 if method == "get" else 403)
    assert "you are yourself again" in first.text
    assert [action for action, *_ in trail()] == ["user.see_as", "user.see_as_end"]
    assert looking.get("/admin").status_code == 200


@pytest.mark.parametrize("cause", ["signed out everywhere", "nobody came back"])
def test_the_trail_ends_where_the_sign_in_does(
    looking: FlaskClient, support: Any, clock: Clock, cause: str
) -> None:
    if cause == "nobody came back":
        clock(NOON + timedelta(days=2))
        jobs.drop_dead_sign_ins()
    else:
        with transaction():
            end_sign_ins(support.id)

    assert [(action, actor) for action, _, actor in trail()][1:] == [("user.see_as_end", support.id)]


def test_who_became_one_of_the_staff_is_not_seen_any_more(looking: FlaskClient, ada: Any) -> None:
    from accounts.services import get_user, grant_role

    with transaction():
        user = get_user(ada.id)
        assert user
        grant_role(user, rules.Role.INSTRUCTOR)

    assert "you are yourself again" in looking.get("/dashboard").text


@pytest.mark.parametrize(
    ("actor", "roles", "may"),
    [
        ("support", ["learner"], True),
        ("support", ["learner", "instructor"], False),
        ("support", ["support"], False),
        ("support", ["admin"], False),
        ("finance", ["learner"], False),
        ("instructor", ["learner"], False),
        ("admin", ["learner", "instructor"], True),
        ("admin", ["finance"], True),
        ("admin", ["admin", "learner"], False),
    ],
)
def test_whose_eyes_are_lent_to_whom(actor: str, roles: list[str], may: bool) -> None:
    assert rules.may_see_as(rules.permissions_of([actor]), roles) is may


def test_support_is_refused_the_eyes_of_the_staff(client: FlaskClient, support: Any) -> None:
    teacher = make_user("", "Tea Teacher", "instructor")

    assert look(client, teacher).status_code == 403
    assert "See as this person" not in client.get(f"/admin/people/{teacher.id}").text
    assert trail() == []


def test_a_reason_is_asked_for(client: FlaskClient, support: Any, ada: Any) -> None:
    answer = post(client, f"/admin/people/{ada.id}/see-as", {"reason": " "})

    assert answer.status_code == 422
    assert "Enter why you look" in answer.text
