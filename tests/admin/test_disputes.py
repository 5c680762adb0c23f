"""The admin's disputes: counted down, listed, answered once."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db, transaction
from payments import disputes
from payments.values import Dispute, DisputeStatus, StripeRefused, StripeSilent
from shop.disputes.models import DisputeRow
from shop.models import LegalText
from tests.conftest import NOON
from tests.factories import complete, enroll, make_dispute, make_order, post, steps_of

DAY = "2026-11-20"


@pytest.fixture
def dispute(admin: Any, ada: Any, course: Any) -> int:
    """A dispute of a paid order whose buyer has finished the course; its id."""
    enroll(ada, course)
    complete(ada, *steps_of(course))
    order = make_order(ada, course, "paid", terms_version=DAY, refunds_version=DAY, paid_at=NOON)
    with transaction() as session:
        for page in ("terms", "refunds"):
            text = LegalText(
                page=page, version=DAY, title=page, summary="", html=f"<p>Fair <b>{page}</b>.</p>"
            )
            session.add(text)
    due = NOON + timedelta(days=3, hours=1)
    return make_dispute(order, stripe_id="du_1", due_by=due).id


@pytest.fixture
def handed_in(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str], str]]:
    """What Stripe was given; it takes everything."""
    taken: list[tuple[str, dict[str, str], str]] = []

    def submit(stripe_id: str, evidence: dict[str, str], key: str) -> Dispute:
        taken.append((stripe_id, evidence, key))
        row = db.session.scalars(select(DisputeRow)).one()
        return Dispute(
            stripe_id, "pi_1", DisputeStatus.UNDER_REVIEW, row.amount, row.reason, row.due_by, NOON, True
        )

    monkeypatch.setattr(disputes, "submit", submit)
    return taken


def row() -> DisputeRow:
    db.session.rollback()
    return db.session.scalars(select(DisputeRow)).one()


def test_a_dispute_is_counted_down_where_the_admin_looks_first(client: FlaskClient, dispute: int) -> None:
    overview, listed = client.get("/admin").text, client.get("/admin/disputes?q=ada").text

    for page in (overview, listed, client.get(f"/admin/disputes/{dispute}").text):
        assert "3 days left" in page
    assert f"/admin/disputes/{dispute}" in overview
    assert "the cardholder does not know of the payment" in listed
    assert "No dispute matches" in client.get("/admin/disputes?state=won").text


def test_evidence_is_read_sent_once_and_kept_as_it_was_sent(
    client: FlaskClient, admin: Any, dispute: int, handed_in: list[Any]
) -> None:
    before = client.get(f"/admin/disputes/{dispute}").text
    assert "Fair refunds." in before

    post(client, f"/admin/disputes/{dispute}/evidence", {"note": "She thanked us on 20 November."})
    again = post(client, f"/admin/disputes/{dispute}/evidence", {"note": "And once more."})

    ((stripe_id, sent, key),) = handed_in
    assert (stripe_id, key) == ("du_1", f"dispute:{dispute}:evidence:1")
    assert sent["customer_email_address"] == "ada@example.org"
    assert "Completed the lesson" in sent["access_activity_log"]
    assert sent["uncategorized_text"].startswith("She thanked us on 20 November.")
    assert (row().status, row().evidence, row().evidence_by) == ("under_review", sent, admin.id)
    assert again.status_code == 409
    assert "This is what was sent" in client.get(f"/admin/disputes/{dispute}").text
    assert db.session.scalar(select(AuditEntry.actor_id).filter_by(action="dispute.evidence")) == admin.id


@pytest.mark.parametrize(
    ("trouble", "kept", "next_key"),
    [(StripeSilent("No answer."), True, 1), (StripeRefused("Too late."), False, 2)],
)
def test_after_silence_the_same_is_sent_again_and_after_a_refusal_it_is_written_anew(
    client: FlaskClient, dispute: int, handed_in: list[Any], monkeypatch: pytest.MonkeyPatch,
    trouble: Exception, kept: bool, next_key: int,
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(disputes, "submit", fail)
        post(client, f"/admin/disputes/{dispute}/evidence", {"note": "First."})
    assert row().evidence_sent_at is None

    post(client, f"/admin/disputes/{dispute}/evidence", {"note": "Second."})

    ((_, sent, key),) = handed_in
    assert key == f"dispute:{dispute}:evidence:{next_key}"
    assert sent["uncategorized_text"].startswith("First." if kept else "Second.")


def test_how_a_dispute_ends_soonest_is_said_while_it_is_open(client: FlaskClient, dispute: int) -> None:
    during = client.get(f"/admin/disputes/{dispute}").text
    with transaction() as session:
        lost = session.get_one(DisputeRow, dispute)
        lost.status, lost.closed_at = DisputeStatus.LOST, NOON
    after = client.get(f"/admin/disputes/{dispute}").text

    assert "A dispute made by mistake ends soonest" in during
    assert "A dispute made by mistake" not in after


def test_the_evidence_is_a_pdf_too(client: FlaskClient, dispute: int) -> None:
    answer = client.get(f"/admin/disputes/{dispute}/evidence.pdf", buffered=True)

    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    for said in ("Ada Learner", "489.00 USD", "version of 2026-11-20", "Completed the lesson", "Fair terms"):
        assert said in text
    assert db.session.scalar(select(AuditEntry.id).filter_by(action="dispute.export")) is not None
