"""The admin's other pages: who may come in, people and roles, mail, the trail."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import UserRole
from accounts.rules import Role
from accounts.services import get_user, sign_ins_of
from admin import people, services
from core import jobs
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict
from core.mail import queue
from core.outbox import MailState, OutboxMail
from tests.conftest import NOON, Clock
from tests.crowd import at_once
from tests.factories import complete, enroll, make_course, make_user, opens, post, sign_in, steps_of

PAGES = (
    "/admin", "/admin/people", "/admin/enrollments", "/admin/enrollments.csv", "/admin/enrollments/new",
    "/admin/mail", "/admin/school", "/admin/audit",
)  # fmt: skip


def dead_mail(to: str = "ada@example.org") -> int:
    """A mail that was given up on."""
    with transaction() as session:
        number = queue("reset_password", to, {"name": "Ada", "path": "/reset/" + "aB3" * 20})
        assert number
        mail = session.get_one(OutboxMail, number)
        mail.state, mail.tries, mail.last_error = MailState.DEAD, 9, "SMTPRecipientsRefused: no such box"
    return number


def roles_of(user: Any) -> set[str]:
    db.session.rollback()
    found = get_user(user.id)
    assert found
    db.session.refresh(found)
    return set(found.role_words)


@pytest.mark.parametrize("path", PAGES)
def test_only_admins_come_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).location.startswith("/login")
    for roles in ((), ("instructor",)):
        assert sign_in(client, make_user("", "Ada", *roles)).get(path).status_code == 403
    assert sign_in(client, make_user("", "Sam", "admin")).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith(".csv")])
def test_each_page_names_the_school_and_marks_its_part(client: FlaskClient, admin: Any, path: str) -> None:
    from core.school import change_school

    with transaction():
        change_school({"name": "Epidermis Academy"})

    page = client.get(path).text

    assert "Stratum" not in page
    assert "Epidermis Academy</title>" in page
    assert page.partition('aria-label="Admin"')[2].partition("</nav>")[0].count('aria-current="page"') == 1


def test_the_overview_counts_what_there_is(client: FlaskClient, admin: Any, clock: Clock) -> None:
    course, learner = make_course("first"), make_user("ada@example.org", "Ada")
    enroll(learner, course)
    complete(learner, *steps_of(course))
    dead_mail()
    jobs.beat()
    clock(NOON + timedelta(seconds=40))

    page = " ".join(client.get("/admin").text.split())

    assert '<dt>Enrollments begun</dt><dd class="big">1</dd>' in page
    assert '<dt>Courses completed</dt><dd class="big">1</dd>' in page
    assert '<dt>Refunds</dt><dd class="big">0</dd>' in page
    assert "<b>1 mail</b> could not be delivered" in page
    assert "Last sign of life 40 seconds ago" in page
    assert '<th scope="row">21 Nov</th><td class="r">1</td>' in page


def test_a_silent_worker_is_told(client: FlaskClient, admin: Any, clock: Clock) -> None:
    assert "It has never run here." in client.get("/admin").text
    jobs.beat()
    clock(NOON + timedelta(hours=2))

    assert "Its last sign of life was 2 hours ago." in client.get("/admin").text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?q=%C3%98rsted", ["Ørsted"], ["Mara"]),
        ("?q=%C3%B8rsted", ["Ørsted"], ["Mara"]),
        ("?q=ELLERY", ["Mara"], ["Ørsted"]),
        ("?role=instructor", ["Mara"], ["Ørsted", "Sam Rivera</a>"]),
        ("?role=learner&q=example.org", ["Mara", "Ørsted"], []),
        ("?q=nobody-at-all", [], ["Mara", "Ørsted"]),
    ],
)
def test_people_are_searched_and_filtered(
    client: FlaskClient, admin: Any, query: str, shown: list[str], hidden: list[str]
) -> None:
    make_user("mara@example.org", "Mara Ellery", "instructor")
    make_user("hans@example.org", "Hans Ørsted")

    page = client.get(f"/admin/people{query}").text.partition("Everybody who has")[2]
    page = page.partition("</form>")[2]

    assert [name for name in shown if name not in page] == []
    assert [name for name in hidden if name in page] == []


def test_a_persons_page_shows_what_belongs_to_them(client: FlaskClient, admin: Any) -> None:
    course, learner = make_course("first", title="First course"), make_user("ada@example.org", "Ada Learner")
    enroll(learner, course)
    complete(learner, *steps_of(course))

    page = client.get(f"/admin/people/{learner.id}").text

    assert "ada@example.org" in page
    assert 'aria-label="First course: 100 percent"' in page
    assert "/certificates/" in page
    assert "certificate.issue" in page
    assert "enrollment.enroll" in page
    assert client.get("/admin/people/999").status_code == 404


def test_roles_are_given_and_taken_with_an_entry_each(client: FlaskClient, admin: Any) -> None:
    mara = make_user("mara@example.org", "Mara Ellery")

    answer = post(client, f"/admin/people/{mara.id}/roles/instructor/grant")
    assert "Mara Ellery now has the role instructor." in client.get(answer.location).text
    assert roles_of(mara) == {"learner", "instructor"}
    post(client, f"/admin/people/{mara.id}/roles/instructor/revoke")

    assert roles_of(mara) == {"learner"}
    entries = db.session.scalars(
        select(AuditEntry).filter_by(subject=f"user:{mara.id}").order_by(AuditEntry.id)
    )
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("user.grant", admin.id), ("user.revoke", admin.id),
    ]  # fmt: skip


@pytest.mark.parametrize("deed", ["roles/admin/revoke", "close"])
def test_the_last_admin_stays(client: FlaskClient, admin: Any, deed: str) -> None:
    closed = make_user("closed@example.org", "Closed Admin", "admin")
    post(client, f"/admin/people/{closed.id}/close")

    answer = post(client, f"/admin/people/{admin.id}/{deed}")

    assert answer.status_code == 422
    assert "This is the only admin who can sign in." in answer.text
    assert roles_of(admin) == {"learner", "admin"}
    assert client.get("/admin").status_code == 200


def test_a_closed_account_is_signed_in_nowhere_until_it_is_opened(client: FlaskClient, admin: Any) -> None:
    learner, elsewhere = make_user("ada@example.org", "Ada"), client.application.test_client()
    sign_in(elsewhere, learner)

    assert "signed out everywhere at once" in client.get(f"/admin/people/{learner.id}/close").text
    assert opens(elsewhere)
    post(client, f"/admin/people/{learner.id}/close")
    assert not opens(elsewhere)
    assert sign_ins_of(learner.id) == []
    db.session.rollback()
    post(client, f"/admin/people/{learner.id}/reopen")

    assert opens(sign_in(elsewhere, learner))


def test_dead_letters_are_pointed_to_with_their_error_and_go_out_again(
    client: FlaskClient, admin: Any
) -> None:
    number = dead_mail()
    with transaction():
        queue("reset_password", "bea@example.org", {"name": "Bea", "path": "/reset/x"})

    page = client.get("/admin/mail").text
    assert "1 mail</b> could not be delivered." in page
    assert "SMTPRecipientsRefused: no such box" in page
    assert "bea@example.org" not in client.get("/admin/mail?state=dead").text
    post(client, f"/admin/mail/{number}/again")

    mail = db.session.get_one(OutboxMail, number, populate_existing=True)
    assert (mail.state, mail.tries) == (MailState.NEW, 0)
    assert post(client, f"/admin/mail/{number}/again").status_code == 409


def test_a_mail_is_shown_without_the_key_of_its_link(client: FlaskClient, admin: Any) -> None:
    page = client.get(f"/admin/mail/{dead_mail()}").text

    assert "/reset/[hidden]" in page
    assert "aB3aB3" not in page
    assert client.get("/admin/mail/999").status_code == 404


def test_the_trail_is_filtered_by_person_and_deed(client: FlaskClient, admin: Any) -> None:
    mara, hans = make_user("mara@example.org", "Mara Ellery"), make_user("hans@example.org", "Hans Berg")
    post(client, f"/admin/people/{mara.id}/roles/instructor/grant")
    post(client, f"/admin/people/{hans.id}/close")

    by_person = client.get("/admin/audit?q=mara").text.partition("<tbody>")[2]
    by_deed = client.get("/admin/audit?action=user.close").text.partition("<tbody>")[2]

    assert ("Mara Ellery" in by_person, "Hans Berg" in by_person) == (True, False)
    assert ("Mara Ellery" in by_deed, "Hans Berg" in by_deed) == (False, True)
    assert "2 entries" in client.get("/admin/audit?q=sam%40example.org").text


def test_the_trail_says_who_was_enrolled_in_what(client: FlaskClient, admin: Any) -> None:
    course, learner = make_course("first", title="First course"), make_user("ada@example.org", "Ada Learner")
    enroll(learner, course)

    for path in ("/admin/audit?q=ada", f"/admin/people/{learner.id}"):
        table = client.get(path).text.partition('aria-label="Table of deeds"')[2]
        assert "Ada Learner in First course" in table


def test_two_admins_cannot_take_the_role_from_each_other_at_once(app: Flask) -> None:
    pair = [make_user(f"admin{n}@example.org", f"Admin {n}", "admin").id for n in (0, 1)]

    def take(n: int) -> None:
        with transaction():
            services.revoke_role(people.find_person(pair[1 - n]), Role.ADMIN, by=pair[n])

    answers = at_once(app, 2, take)

    assert [type(answer) for answer in answers if answer] == [Conflict]
    left = db.session.scalars(select(UserRole.user_id).filter_by(role="admin")).all()
    assert len(left) == 1


def test_a_role_is_given_only_after_a_fresh_proof_v23(client: FlaskClient, clock: Clock, admin: Any) -> None:
    person = make_user()
    clock(NOON + timedelta(minutes=31))

    answer = post(client, f"/admin/people/{person.id}/roles/instructor/grant")

    assert answer.status_code == 302
    assert answer.location == f"/account/verify?next=%2Fadmin%2Fpeople%2F{person.id}"
    roles = db.session.scalars(select(UserRole.role).filter_by(user_id=person.id)).all()
    assert "instructor" not in roles


@pytest.mark.parametrize("path", ["/admin/people/{}", "/admin/mail/{}", "/admin/enrollments/{}/revoke"])
@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_leads_nowhere(
    client: FlaskClient, admin: Any, path: str, number: int
) -> None:
    assert client.get(path.format(number)).status_code == 404
