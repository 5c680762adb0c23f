"""Disputes: a cardholder's bank takes a payment back, or asks about it first; the school answers; the bank decides."""

from sandbox import balance, events, objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing, Refused
from sandbox.metadata import check_metadata

PATIENCE = 7 * 24 * 3600  # seconds that the school has to answer
LONGEST_FIELD, LONGEST = 20_000, 150_000  # characters of one field of evidence, and of all
# What may be done to a dispute, by where it stands, and where it stands then.
NEXT = {
    "warning_needs_response": {
        "submit": "warning_under_review",
        "escalate": "needs_response",
        "warning_closed": "warning_closed",
    },
    "warning_under_review": {"escalate": "needs_response", "warning_closed": "warning_closed"},
    "needs_response": {"submit": "under_review", "close": "lost", "lost": "lost", "won": "won"},
    "under_review": {"lost": "lost", "won": "won"},
}
OPENINGS = ("needs_response", "warning_needs_response")
VERDICTS = ("won", "lost", "warning_closed", "escalate")
UNREFUNDABLE = ("needs_response", "under_review", "lost")
NETWORK_CODES = {
    "credit_not_processed": "13.6",
    "duplicate": "12.6.1",
    "fraudulent": "10.4",
    "general": "10.4",
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "unrecognized": "10.4",
}
FILES = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation",
    "receipt", "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip
TEXTS = (
    "access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal",
    "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "refund_policy_disclosure", "refund_refusal_explanation",
    "service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number",
    "uncategorized_text",
)  # fmt: skip


def open(
    account: Account,
    charge: Json,
    reason: str = "fraudulent",
    status: str = "needs_response",
    amount: int | None = None,
    due_by: int | None = None,
) -> Json:
    """A bank disputes a charge. `warning_needs_response` is an inquiry: it asks, and no money moves yet."""
    _check_opening(account, charge, reason, status)
    left = charge["amount_captured"] - charge["amount_refunded"]
    due_by = account.now() + PATIENCE if due_by is None else due_by
    dispute = _new(charge, reason, status, amount or left, due_by, account.now())
    charge["disputed"] = True
    account.store.put(charge)
    account.store.put(dispute)
    events.emit(account, "charge.dispute.created", dispute)
    if status == "needs_response":
        _withdraw(account, dispute)
    return dispute


def _check_opening(account: Account, charge: Json, reason: str, status: str) -> None:
    if reason not in NETWORK_CODES:
        raise InvalidRequest(f"reason must be one of {', '.join(NETWORK_CODES)}.", param="reason")
    if status not in OPENINGS:
        raise InvalidRequest(f"status must be one of {', '.join(OPENINGS)}.", param="status")
    if not charge["captured"] or charge["refunded"]:
        raise Refused("There is nothing on this charge that could be disputed.")
    if any(each["status"] in NEXT for each in of_charge(account, charge["id"])):
        raise Refused("The charge is disputed already.")


def _new(charge: Json, reason: str, status: str, amount: int, due_by: int, now: int) -> Json:
    case = "inquiry" if status.startswith("warning") else "chargeback"
    code = NETWORK_CODES[reason]
    card = {"brand": "visa", "case_type": case, "network": "visa", "network_reason_code": code}
    return {
        "id": objects.new_id("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys((*FILES, *TEXTS)), "appeal": None, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": None,
        },
        "intended_submission_method": None,
        "is_charge_refundable": status not in UNREFUNDABLE,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "reason": reason,
        "status": status,
    }


def of_charge(account: Account, id: str) -> list[Json]:
    """A charge's disputes, the newest first."""
    return [dispute for dispute in account.store.all("dispute") if dispute["charge"] == id]


def forbids_refund(account: Account, charge: Json) -> bool:
    """Whether the bank holds, or has kept, the money: it must not go back a second time."""
    return charge["disputed"] and any(
        not each["is_charge_refundable"] for each in of_charge(account, charge["id"])
    )


def find(account: Account, id: str) -> Json:
    found = account.store.get("dispute", id)
    if found is None:
        raise Missing(f"No such dispute: {id}.", param="dispute", code="resource_missing")
    return found


def update(account: Account, id: str, params: Json, request: Json | None = None) -> Json:
    """Lay evidence by, and hand all of it in unless `submit` is false; it can be handed in once."""
    dispute = find(account, id)
    evidence = params.get("evidence", {})
    _check_evidence(evidence)
    if evidence or params.get("submit"):
        _require_open(dispute, "submit")
    dispute["evidence"] |= evidence
    dispute["evidence_details"]["has_evidence"] |= bool(evidence)
    check_metadata(params.get("metadata", {}), "metadata")
    dispute["metadata"] |= params.get("metadata", {})
    if params.get("submit", bool(evidence)):
        _hand_in(account, dispute)
    account.store.put(dispute)
    events.emit(account, "charge.dispute.updated", dispute, request)
    return dispute


def _check_evidence(evidence: Json) -> None:
    for name, value in evidence.items():
        param = f"evidence[{name}]"
        if name in FILES:
            raise InvalidRequest(f"No such file upload: {value}.", param=param, code="resource_missing")
        if name not in TEXTS:
            raise InvalidRequest(f"{param} is not served by the sandbox.", param=param)
        if len(value) > LONGEST_FIELD:
            message = f"{param} may have up to {LONGEST_FIELD} characters."
            raise InvalidRequest(message, param=param, code="parameter_invalid_string_too_long")
    if sum(len(value) for value in evidence.values()) > LONGEST:
        raise InvalidRequest(f"All evidence may have up to {LONGEST} characters.", param="evidence")


def _hand_in(account: Account, dispute: Json) -> None:
    details = dispute["evidence_details"]
    dispute["status"] = NEXT[dispute["status"]]["submit"]
    dispute["evidence_details"] = details | {
        "past_due": account.now() > details["due_by"],
        "submission_count": details["submission_count"] + 1,
        "submission_method": "manual",
    }


def close(account: Account, id: str, request: Json | None = None) -> Json:
    """The school gives in: the dispute is lost."""
    dispute = find(account, id)
    _require_open(dispute, "close")
    return _end(account, dispute, "lost", request)


def decide(account: Account, id: str, verdict: str) -> Json:
    """The bank decides: won, lost, warning_closed, or, of an inquiry, that it becomes a dispute (escalate)."""
    dispute = find(account, id)
    _require_open(dispute, verdict)
    if verdict == "escalate":
        return _escalate(account, dispute)
    return _end(account, dispute, NEXT[dispute["status"]][verdict])


def _require_open(dispute: Json, act: str) -> None:
    if act not in NEXT.get(dispute["status"], {}):
        raise Refused(f"A dispute that is {dispute['status']} does not allow this: {act}.", param="dispute")


def _escalate(account: Account, dispute: Json) -> Json:
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    account.store.put(dispute)
    events.emit(account, "charge.dispute.updated", dispute)
    _withdraw(account, dispute)
    return dispute


def _withdraw(account: Account, dispute: Json) -> None:
    balance.book_dispute(account, dispute, -1)
    account.store.put(dispute)
    events.emit(account, "charge.dispute.funds_withdrawn", dispute)


def _end(account: Account, dispute: Json, status: str, request: Json | None = None) -> Json:
    dispute |= {"status": status, "is_charge_refundable": status not in UNREFUNDABLE}
    if status == "won":
        balance.book_dispute(account, dispute, 1)
    account.store.put(dispute)
    events.emit(account, "charge.dispute.closed", dispute, request)
    if status == "won":
        events.emit(account, "charge.dispute.funds_reinstated", dispute)
    return dispute
