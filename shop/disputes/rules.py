"""How a dispute goes on, and what each place of it means. Pure."""

from datetime import datetime, timedelta

from payments.values import DisputeStatus

S = DisputeStatus
# How far along a dispute is: an answer of Stripe that was read early and comes late never leads back.
_PLACE = {
    S.WARNING_NEEDS_RESPONSE: 0,
    S.WARNING_UNDER_REVIEW: 1,
    S.WARNING_CLOSED: 2,
    S.PREVENTED: 2,
    S.NEEDS_RESPONSE: 3,
    S.UNDER_REVIEW: 4,
    S.WON: 5,
    S.LOST: 5,
}
ANSWERABLE = (S.WARNING_NEEDS_RESPONSE, S.NEEDS_RESPONSE)  # the school may hand in evidence
HOLDING = (S.NEEDS_RESPONSE, S.UNDER_REVIEW)  # the money is held back
TAKING = (*HOLDING, S.LOST)  # it is held back, or gone
INQUIRIES = (S.WARNING_NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW)
OPEN = (*INQUIRIES, *HOLDING)

REASONS = {  # Stripe's words for what the cardholder told their bank
    "bank_cannot_process": "the bank could not process the payment",
    "credit_not_processed": "a refund was promised and did not come",
    "customer_initiated": "the buyer asked their bank for the money",
    "debit_not_authorized": "the debit was not authorised",
    "duplicate": "it was charged twice",
    "fraudulent": "the cardholder does not know of the payment",
    "general": "no reason was given",
    "product_not_received": "what was bought did not come",
    "product_unacceptable": "what was bought is not as described",
    "subscription_canceled": "it was cancelled before",
    "unrecognized": "the cardholder does not recognise the payment",
}


def reason_in_words(reason: str) -> str:
    """What the cardholder told their bank; Stripe's own word where we have no better one."""
    return REASONS.get(reason, reason.replace("_", " "))


def next_status(current: DisputeStatus, told: DisputeStatus) -> DisputeStatus:
    """Where a dispute goes when Stripe says `told`: there, or nowhere when it is as far along already."""
    return told if _PLACE[told] > _PLACE[current] else current


def time_left(due_by: datetime, now: datetime) -> str:
    """How long the school may still answer, in words: whole days, then hours."""
    left = due_by - now
    if left <= timedelta():
        return "overdue"
    if left >= timedelta(days=1):
        return _counted(left.days, "day")
    return _counted(max(1, int(left.total_seconds()) // 3600), "hour")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'} left"
