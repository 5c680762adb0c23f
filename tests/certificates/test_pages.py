"""The public pages of a certificate: verified by address or number, told apart when withdrawn, and printed."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from certificates.models import Certificate
from certificates.rules import show_id
from certificates.services import revoke
from core.database import db, transaction
from core.school import change_school
from tests.conftest import NOON, Clock
from tests.factories import complete, make_course, make_user, steps_of

SENTENCE = "No certificate has this number. Check it against the paper"


@pytest.fixture
def number(app: Flask, clock: Clock) -> str:
    """The number of a certificate that stands for two years."""
    person = make_user("ada@private.example", "Ada <i>Learner")
    course = make_course("skin", title="The Skin", certificate={"requires": "all", "valid_months": 24})
    complete(person, *steps_of(course))
    db.session.rollback()
    found = db.session.scalars(select(Certificate.id)).one()
    db.session.rollback()
    return found


def withdraw(number: str) -> None:
    with transaction():
        revoke(number, "Issued in error", make_admin())


def make_admin() -> int:
    from accounts.models import User

    return db.session.scalars(select(User.id)).first() or 0


def test_anyone_verifies_a_certificate_by_its_address(client: FlaskClient, number: str) -> None:
    page = client.get(f"/certificates/{number}")

    assert page.status_code == 200
    assert "Valid certificate" in page.text
    assert "Ada &lt;i&gt;Learner completed The Skin" in page.text
    assert show_id(number) in page.text
    assert "21 November 2026" in page.text
    assert "2 lessons on 2 learning objectives" in page.text


def test_the_page_tells_no_more_than_the_paper(client: FlaskClient, number: str) -> None:
    page = client.get(f"/certificates/{number}").text

    assert "private.example" not in page


def test_neither_page_nor_paper_is_to_be_indexed(client: FlaskClient, number: str) -> None:
    page = client.get(f"/certificates/{number}")

    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert client.get(f"/certificates/{number}.pdf", buffered=True).headers["X-Robots-Tag"] == "noindex"


def test_every_spelling_of_the_number_leads_to_the_one_address(client: FlaskClient, number: str) -> None:
    spaced = show_id(number)
    for typed in (spaced, number.lower(), number.replace("0", "O").replace("1", "i")):
        if typed != number:
            answer = client.get(f"/certificates/{typed}")
            assert (answer.status_code, answer.location) == (302, f"/certificates/{number}")


@pytest.mark.parametrize("wrong", ["0" * 20, "x", "0000-0000", "%20", "1 OR 1=1", "0" * 20 + ".pdf"])
def test_a_wrong_number_is_a_404_that_says_so(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"/certificates/{wrong}")

    assert answer.status_code == 404
    assert SENTENCE in answer.text


def test_a_wrong_address_offers_the_number_to_be_mended(client: FlaskClient) -> None:
    page = client.get("/certificates/7Q4M-2X9K").text

    assert '<input class="input" id="number" name="number" value="7Q4M-2X9K"' in page


def test_a_number_is_typed_in_and_leads_to_its_page(client: FlaskClient, number: str) -> None:
    assert client.get("/verify").status_code == 200

    answer = client.get("/verify", query_string={"number": f" {show_id(number).lower()} "})

    assert (answer.status_code, answer.location) == (302, f"/certificates/{number}")


@pytest.mark.parametrize("typed", ["0" * 20, "<script>alert(1)</script>", "nul\x00"])
def test_a_wrong_number_typed_in_is_a_404_that_keeps_what_was_typed(client: FlaskClient, typed: str) -> None:
    """V1"""
    answer = client.get("/verify", query_string={"number": typed})

    assert answer.status_code == 404
    assert SENTENCE in answer.text
    assert "<script>alert" not in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_an_expired_certificate_says_so_and_still_prints(
    client: FlaskClient, number: str, clock: Clock
) -> None:
    clock(NOON + timedelta(days=3 * 365))

    page = client.get(f"/certificates/{number}").text

    assert "Expired certificate" in page
    assert "was valid until 21 November 2028" in page
    assert client.get(f"/certificates/{number}.pdf", buffered=True).status_code == 200


def test_a_withdrawn_certificate_says_so_and_has_no_paper(client: FlaskClient, number: str) -> None:
    """V5: revocable."""
    withdraw(number)

    page = client.get(f"/certificates/{number}")
    paper = client.get(f"/certificates/{number}.pdf")

    assert page.status_code == 200
    assert "Withdrawn certificate" in page.text
    assert "Issued in error" in page.text
    assert "Download PDF" not in page.text
    assert paper.status_code == 404
    assert "nothing to print" in paper.text


def test_a_suspended_certificate_says_since_when_and_has_no_paper(client: FlaskClient, number: str) -> None:
    with transaction() as session:
        session.get_one(Certificate, number).suspended_at = NOON

    page = client.get(f"/certificates/{number}")
    paper = client.get(f"/certificates/{number}.pdf")

    assert "Suspended certificate" in page.text
    assert f"suspended since {NOON:%-d %B %Y}" in page.text
    assert "Download PDF" not in page.text
    assert "dispute" not in page.text  # What there is between buyer and bank is nobody else's business.
    assert (paper.status_code, "is suspended" in paper.text) == (404, True)


@pytest.mark.parametrize(
    ("query", "width", "height"), [("", 842, 595), ("?size=letter", 792, 612), ("?size=../../x", 842, 595)]
)
def test_the_paper_is_a4_or_letter(
    client: FlaskClient, number: str, query: str, width: int, height: int
) -> None:
    answer = client.get(f"/certificates/{number}.pdf{query}", buffered=True)

    assert answer.mimetype == "application/pdf"
    assert show_id(number) in answer.headers["Content-Disposition"]
    box = PdfReader(io.BytesIO(answer.data)).pages[0].mediabox
    assert {round(float(box.width)), round(float(box.height))} == {width, height}


def test_page_paper_and_mail_name_the_school_and_nothing_else(app: Flask, clock: Clock) -> None:
    from tests.factories import mails

    with transaction():
        change_school(
            {"name": "Dermis Academy", "legal_name": "Dermis GmbH", "support_email": "help@dermis.example"}
        )
    person = make_user("ada@example.org")
    course = make_course()
    complete(person, *steps_of(course))
    (letter,) = mails("ada@example.org")
    number = db.session.scalars(select(Certificate.id)).one()
    db.session.rollback()
    client = app.test_client()

    page = client.get(f"/certificates/{number}").text
    paper = client.get(f"/certificates/{number}.pdf", buffered=True).data
    words = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper)).pages)

    for text in (page, words, letter.subject + letter.text + (letter.html or "")):
        assert "Dermis Academy" in text
        assert "Stratum" not in text
    assert b"Stratum" not in paper
