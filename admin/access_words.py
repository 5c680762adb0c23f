"""Access in the words of the admin: why a step is open or closed, what let somebody in, how that stands. Pure."""

from enrollment.rules import EndReason, GrantKind, PauseReason, Reason

REASONS = {
    Reason.TEACHES: "Teaches the course, or is an admin",
    Reason.ENROLLED: "Is enrolled, and the step is open",
    Reason.PREVIEW: "The step is a preview, which everybody may read",
    Reason.NOT_ENROLLED: "Is not enrolled",
    Reason.CHECKOUT_OPEN: "Has a checkout open that is not paid",
    Reason.PAYMENT_PROCESSING: "The bank has not confirmed the payment yet",
    Reason.PAYMENT_REVIEW: "The payment does not fit the order, and waits for a look",
    Reason.PAYMENT_DISPUTED: "The payment is disputed at the bank",
    Reason.SEAT_DISPUTED: "The payment for the seat of their team is disputed at the bank",
    Reason.GIFT_DISPUTED: "The payment for the gift is disputed at the bank",
    Reason.PAYMENT_DUE: "An instalment or a fee was not paid in time",
    Reason.REFUNDED: "The payment was refunded",
    Reason.DISPUTE_LOST: "The bank took the payment back",
    Reason.SEAT_TAKEN_BACK: "The money for the seat went back to their team",
    Reason.GIFT_TAKEN_BACK: "The money for the gift went back to its giver",
    Reason.EXPIRED: "The time of access is over",
    Reason.CANCELLED: "The plan has ended",
    Reason.SEAT_LEFT: "The seat in the team has ended",
    Reason.REVOKED: "The school ended the access",
    Reason.NOT_BEGUN: "The cohort has not begun",
    Reason.EARLIER_STEP: "An earlier step has to be done first",
    Reason.OPENS_LATER: "The step opens on a later day",
}
KINDS = {
    GrantKind.FREE: "Started by themselves",
    GrantKind.ADMIN: "Enrolled by hand",
    GrantKind.ORDER: "Paid",
    GrantKind.GIFT: "Gift",
    GrantKind.SEAT: "Seat of a team",
    GrantKind.PLAN: "Instalments or membership",
}
LAPSED = {
    GrantKind.FREE: "its time is over",
    GrantKind.ADMIN: "its last day is over",
    GrantKind.ORDER: "the money went back, or its time is over",
    GrantKind.GIFT: "the money for it went back, or its time is over",
    GrantKind.SEAT: "the seat has moved on, its money went back, or its time is over",
    GrantKind.PLAN: "the plan has ended",
}  # why what the school ended would not stand again
ENDS = {
    EndReason.ADMIN.value: "by the school",
    EndReason.REFUND.value: "refunded",
    EndReason.DISPUTE.value: "dispute lost",
    EndReason.EXPIRED.value: "its time was over",
    EndReason.CANCELLED.value: "the plan ended",
    EndReason.SEAT.value: "the seat was left",
}
PAUSES = {
    PauseReason.DISPUTE.value: "disputed at the bank",
    PauseReason.PAYMENT.value: "not paid in time",
}
ORDERS = {
    "free": "All steps are open",
    "modules": "A module opens when those before it are done",
    "strict": "Each required step opens the next",
}
