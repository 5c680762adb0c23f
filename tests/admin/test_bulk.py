"""Enrolling many from a file: what each line becomes, once, and nothing half done."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.services import find_by_email, set_active
from admin.bulk import jobs, services
from admin.bulk.models import BulkUpload, UploadState
from admin.bulk.rules import MOST_LINES, Fate, Known, Line, judge, read_lines
from core.database import db, transaction
from core.errors import InvalidInput
from enrollment.cohorts.models import Cohort
from enrollment.services import grants_of, is_enrolled
from tests.factories import csrf, enroll, mails, make_user, post

F = Fate
HEAD = "email,name,course,cohort,note\n"


def lines_of(text: str) -> list[Line]:
    return read_lines(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "email,name,course,cohort,note\nada@example.org,Ada  Wall,skin,,A note\n",
        "\ufeffEmail;Name;Course;Note\r\nada@example.org;Ada Wall;skin;A note\r\n;;;\r\n",
        'course,email,note,name\nskin,ada@example.org,"A\nnote",Ada Wall',
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert lines_of(text) == [Line(2, "ada@example.org", "skin", "Ada Wall", "", "A note")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "first line names the columns"),
        (b"email,cours\na@example.org,skin\n", "first line names the columns"),
        (b"email,email,course\n", "first line names the columns"),
        (b"email,course\n\n", "names nobody"),
        (b"email,course\n\xff,skin\n", "not in UTF-8"),
        (b"email,course\n" + b"a@example.org,skin\n" * (MOST_LINES + 1), "more than 5000 lines"),
        (b"email,course\n" + b"a" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_lines(data)


KNOWN = Known(
    people={"ada@example.org": 1, "bea@example.org": 2},
    courses={"skin": 1, "hair": 2},
    free={("skin", "Spring"): 1, ("skin", "Autumn"): None},
    enrolled=frozenset({(1, "skin"), (2, "skin")}),
    members={(2, "skin"): "Spring"},
)


@pytest.mark.parametrize(
    ("rows", "fates", "why"),
    [
        ("ada@example.org,,skin,,", [F.ALREADY], ""),
        ("ADA@example.org,,hair,,", [F.ENROLLED], ""),
        ("new@example.org,,hair,,", [F.INVITED], ""),
        ("ada@example.org,,skin,Autumn,", [F.ENROLLED], "it stays open to them"),
        ("bea@example.org,,skin,Spring,", [F.ALREADY], ""),
        ("bea@example.org,,skin,Autumn,", [F.ERROR], "They are in another cohort of this course."),
        ("new@example.org,,nails,,", [F.ERROR], "There is no course “nails”."),
        ("new@example.org,,hair,Spring,", [F.ERROR], "The course has no cohort “Spring”."),
        ("nobody,,hair,,", [F.ERROR], ""),
        ("a@example.org,,skin,Spring,\nb@example.org,,skin,Spring,", [F.INVITED, F.ERROR], "is full"),
        ("a@example.org,,hair,,\nA@example.org,,hair,,", [F.INVITED, F.ERROR], "Line 2 enrolls the same person"),
    ],
)  # fmt: skip
def test_the_table_of_fates(rows: str, fates: list[Fate], why: str) -> None:
    judged = judge(lines_of(HEAD + rows), KNOWN)

    assert [each.fate for each in judged] == fates
    assert why in judged[-1].why


def upload(client: FlaskClient, text: str) -> Any:
    fields = {"csrf_token": csrf(client), "file": (io.BytesIO(text.encode()), "people.csv")}
    return client.post("/admin/enrollments/bulk", data=fields)


def run(address: str) -> None:
    jobs.apply(int(address.rpartition("/")[2]))
    db.session.rollback()


def test_many_are_enrolled_once_after_a_look(
    client: FlaskClient, app: Flask, admin: Any, course: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    with transaction() as session:
        session.add(Cohort(course_id=course.id, name="Spring", starts_on=date(2026, 12, 4), places=1))
    bea = make_user("bea@example.org")
    enroll(bea, course)
    address = upload(
        client,
        HEAD
        + "new@example.org,New One,first,Spring,Clinic\nada@example.org,,first,,\nbea@example.org,,first,,\n",
    ).location
    page = client.get(address).text
    assert "New person, invited" in page
    assert "In already" in page
    assert find_by_email("new@example.org") is None

    for _ in range(2):
        post(client, f"{address}/apply")
        run(address)

    new = find_by_email("new@example.org")
    assert new
    (grant,) = grants_of(new.id, course.id)
    assert (grant.note, grant.granted_by) == ("Clinic", admin.id)
    assert is_enrolled(ada.id, course.id)
    assert [mail.kind for mail in mails("ada@example.org")] == ["enrolled_by_school"]
    assert mails("bea@example.org") == []
    (mail,) = mails("new@example.org")
    link = next(word for word in mail.text.split() if "/invitations/" in word)
    assert "What happened" in client.get(address).text
    assert "/reset/" in app.test_client().get(link).location
    with transaction():
        set_active(find_by_email("new@example.org"), False)
    assert app.test_client().get(link).location == "/reset"


def test_a_file_with_a_wrong_line_enrolls_nobody(client: FlaskClient, admin: Any, course: Any) -> None:
    address = upload(client, "email,course\nnew@example.org,first\nnew2@example.org,none\n").location
    page = client.get(address).text
    assert "There is no course “none”." in page
    assert "Nobody is enrolled while a line is wrong." in page

    refused = post(client, f"{address}/apply", follow_redirects=True)
    run(address)

    assert "Some lines are wrong" in refused.text
    assert find_by_email("new@example.org") is None


def test_what_changed_since_the_look_is_told_and_the_line_left_alone(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    with transaction() as session:
        cohort = Cohort(course_id=course.id, name="Spring", starts_on=date(2026, 12, 4), places=1)
        session.add(cohort)
    address = upload(client, "email,course,cohort\nnew@example.org,first,Spring\n").location
    with transaction() as session:
        session.merge(cohort).taken = 1

    post(client, f"{address}/apply")
    run(address)

    assert find_by_email("new@example.org") is None
    assert "The cohort “Spring” is full." in client.get(address).text
    found = db.session.get_one(BulkUpload, int(address.rpartition("/")[2]))
    assert (found.state, found.done) == (UploadState.APPLIED, 1)
