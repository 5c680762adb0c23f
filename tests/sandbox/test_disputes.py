"""Disputes and inquiries: how they open, are answered and end, and what each tells."""

from typing import Any

import pytest
import requests
import stripe

from tests.sandbox.conftest import NOON
from tests.stripe import Sandbox

DISPUTE = "charge.dispute."
INQUIRY = "warning_needs_response"


def told(sandbox: Sandbox) -> list[str]:
    return [event["type"].removeprefix(DISPUTE) for event in sandbox.events(DISPUTE)]


def test_a_dispute_takes_the_money_and_marks_the_charge(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    opened = sandbox.dispute(paid.id, reason="product_not_received", due_by=NOON + 3600)

    dispute = client.v1.disputes.retrieve(opened["id"], {"expand": ["charge", "payment_intent"]})

    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "product_not_received",
        48_900,
    )
    assert (dispute.evidence_details.due_by, dispute.is_charge_refundable) == (NOON + 3600, False)
    assert isinstance(dispute.charge, stripe.Charge)
    assert dispute.charge.disputed
    assert isinstance(dispute.payment_intent, stripe.PaymentIntent)
    assert told(sandbox) == ["created", "funds_withdrawn"]


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    inquiry = sandbox.dispute(paid.id, status=INQUIRY)
    before = client.v1.balance_transactions.list({"type": "adjustment"}).data

    escalated = sandbox.decide(inquiry["id"], "escalate")

    assert before == []
    assert (escalated["status"], len(escalated["balance_transactions"])) == ("needs_response", 1)
    assert told(sandbox) == ["created", "updated", "funds_withdrawn"]


@pytest.mark.parametrize(
    ("status", "verdict", "tells"),
    [
        ("needs_response", "won", ["created", "funds_withdrawn", "closed", "funds_reinstated"]),
        ("needs_response", "lost", ["created", "funds_withdrawn", "closed"]),
        (INQUIRY, "warning_closed", ["created", "closed"]),
    ],
)
def test_the_bank_decides_once(
    paid: stripe.checkout.Session, sandbox: Sandbox, status: str, verdict: str, tells: list[str]
) -> None:
    dispute = sandbox.dispute(paid.id, status=status)

    decided = requests.post(
        f"{sandbox.api_base}/_control/disputes/{dispute['id']}/{verdict}", json={}, timeout=10
    ).json()
    again = requests.post(
        f"{sandbox.api_base}/_control/disputes/{dispute['id']}/{verdict}", json={}, timeout=10
    )

    assert (decided["status"], again.status_code) == (verdict, 400)
    assert told(sandbox) == tells


def test_evidence_is_laid_by_then_handed_in_once(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    id = sandbox.dispute(paid.id)["id"]

    laid_by = client.v1.disputes.update(id, {"evidence": {"customer_name": "A. Buyer"}, "submit": False})
    noted = client.v1.disputes.update(id, {"metadata": {"case": "7"}})
    handed_in = client.v1.disputes.update(id, {"evidence": {"access_activity_log": "1 May, lesson 3"}})
    with pytest.raises(stripe.InvalidRequestError, match="under_review"):
        client.v1.disputes.update(id, {"evidence": {"customer_name": "Somebody else"}})

    for each in (laid_by, noted):
        assert (each.status, each.evidence_details.submission_count) == ("needs_response", 0)
    assert (handed_in.status, handed_in.evidence_details.submission_count) == ("under_review", 1)
    assert handed_in.evidence.customer_name == "A. Buyer"
    assert handed_in.evidence_details.has_evidence
    assert told(sandbox)[2:] == ["updated", "updated", "updated"]


def test_evidence_after_its_day_is_taken_and_said_to_be_late(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    id = sandbox.dispute(paid.id, due_by=NOON)["id"]
    sandbox.clock(advance=1)

    assert client.v1.disputes.update(id, {"submit": True}).evidence_details.past_due


@pytest.mark.parametrize(
    ("evidence", "param"),
    [
        ({"receipt": "file_1"}, "evidence[receipt]"),
        ({"uncategorized_text": "x" * 20_001}, "evidence[uncategorized_text]"),
        ({"proof": "x"}, "evidence[proof]"),
    ],
)
def test_evidence_that_cannot_be_meant_is_refused_by_name(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox, evidence: Any, param: str
) -> None:
    id = sandbox.dispute(paid.id)["id"]

    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.disputes.update(id, {"evidence": evidence})

    assert raised.value.param == param


def test_closing_gives_in(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    id = sandbox.dispute(paid.id)["id"]

    assert client.v1.disputes.close(id).status == "lost"
    assert told(sandbox)[-1] == "closed"


def test_disputes_are_listed_by_payment(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    dispute = sandbox.dispute(paid.id)

    def ids(params: stripe.params.DisputeListParams) -> list[str]:
        return [each.id for each in client.v1.disputes.list(params)]

    assert ids({"payment_intent": dispute["payment_intent"]}) == [dispute["id"]]
    assert ids({"charge": dispute["charge"]}) == [dispute["id"]]
    assert ids({"charge": "ch_other"}) == []


@pytest.mark.parametrize(
    "how", [{"reason": "boredom"}, {"status": "won"}, {"colour": "red"}, {"status": "needs_response"}]
)
def test_a_dispute_that_cannot_be_opened_is_refused(
    paid: stripe.checkout.Session, sandbox: Sandbox, how: dict[str, str]
) -> None:
    """The last of them is sound, but comes second."""
    sandbox.dispute(paid.id)
    address = f"{sandbox.api_base}/_control/payments/{paid.id}/disputes"

    assert requests.post(address, json=how, timeout=10).status_code == 400
