"""Every kind of mail there is, by whether its text is about money: docs/staff.md says who reads which. Pure."""

OF_MONEY = frozenset((
    "charged_back", "dispute_closed", "dispute_opened", "dispute_settled", "ledger_differs", "order_review",
    "paid_twice", "partly_refunded", "payment_disputed", "payment_failed", "payment_processing", "plan_begun",
    "plan_ended", "plan_ends", "plan_goes_on", "plan_paused", "plan_payment_missing", "plan_recovered",
    "plan_settled", "receipt", "receipt_gift", "receipt_seats", "refund_answered", "refund_asked", "refund_failed",
    "refund_requested", "refund_returned", "refund_withdrawn", "refunded",
    "gift",  # Its code is worth what was paid for it.
))  # fmt: skip
OTHERS = frozenset((
    "access_ends", "address_changed", "already_registered", "attempt_request", "certificate_issued", "cohort_offer",
    "cohort_waits", "confirm_address", "confirm_new_address", "doubt_answered", "enrolled_by_school", "gift_claimed",
    "gift_unclaimed", "given_ended", "given_paused", "given_restored", "guest_welcome", "invited_by_school",
    "manager_invitation", "password_changed", "regraded", "reset_password", "review_reminder", "seat_ended",
    "seat_invitation", "second_step_changed", "sign_in_link", "work_assigned", "work_handed_in", "work_marked",
    "work_returned",
))  # fmt: skip


def may_read(kind: str, may_see_money: bool) -> bool:
    """Whether the text of a mail of this kind is shown; of an unknown kind only to who sees money."""
    return may_see_money or kind in OTHERS
