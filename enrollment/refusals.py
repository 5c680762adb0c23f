"""What a closed step says: why it is closed, and what to do. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from core.clock import zone_name
from enrollment.rules import Decision, Reason

SENTENCES = {
    Reason.NOT_ENROLLED: "{step} is part of the course. This page says how you get in.",
    Reason.CHECKOUT_OPEN: (
        "{step} opens once the course is paid. Your checkout is still open: “Continue to payment” leads back to it."
    ),
    Reason.PAYMENT_PROCESSING: (
        "{step} opens when your bank has confirmed the payment. There is nothing for you to do: we write to you."
    ),
    Reason.PAYMENT_REVIEW: (
        "We have your payment, and somebody at the school checks it before {step} opens. There is nothing for you to "
        "do: we write to you."
    ),
    Reason.REFUNDED: (
        "The course was refunded, and {step} closed with it. You may enroll again here; what you completed is kept."
    ),
    Reason.EXPIRED: (
        "Your access to this course had an end date, which has come, and {step} closed with it. What you completed is "
        "kept; this page says how you get in again."
    ),
    Reason.REVOKED: (
        "The school has ended your access to this course. Write to {support} if that seems wrong; what you completed "
        "is kept."
    ),
    Reason.DISPUTE_LOST: (
        "Your bank took the payment for the course back, and {step} closed with it. You may enroll again here; what "
        "you completed is kept."
    ),
    Reason.EXPIRED: (
        "Your time in the course is over, and {step} closed with it. You may enroll again here; what you completed "
        "is kept."
    ),
    Reason.CANCELLED: (
        "Your plan has ended, and {step} closed with it. You may enroll again here; what you completed is kept."
    ),
    Reason.SEAT_LEFT: (
        "Your seat in the team has ended, and {step} closed with it. You may enroll by yourself here; what you "
        "completed is kept."
    ),
    Reason.PAYMENT_DISPUTED: (
        "Your payment for the course is disputed at the bank, and {step} stays closed until that is settled. If you "
        "did not mean to dispute it, ask your bank to withdraw the dispute, and write to {support}. What you "
        "completed is kept."
    ),
    Reason.SEAT_TAKEN_BACK: (
        "The team that gave you your seat had its money back, and {step} closed with it. Ask the team, or enroll by "
        "yourself here; what you completed is kept."
    ),
    Reason.GIFT_TAKEN_BACK: (
        "Whoever gave you this course had their money back, and {step} closed with it. Ask them, or enroll by "
        "yourself here; what you completed is kept."
    ),
    Reason.SEAT_DISPUTED: (
        "The payment for your seat is disputed at the bank, and {step} stays closed until that is settled. There is "
        "nothing for you to pay: ask the team that gave you the seat, or write to {support}. What you completed is "
        "kept."
    ),
    Reason.GIFT_DISPUTED: (
        "The payment for this gift is disputed at the bank, and {step} stays closed until that is settled. There is "
        "nothing for you to pay: ask whoever gave it to you, or write to {support}. What you completed is kept."
    ),
    Reason.PAYMENT_DUE: (
        "A payment for the course did not arrive in time, and {step} is closed until it does. “Orders” in your "
        "account lists what is due. What you completed is kept."
    ),
    Reason.NOT_BEGUN: "{step} opens on {when}, when your group begins.",
    Reason.EARLIER_STEP: "{step} opens when {opener} is done.",
    Reason.OPENS_LATER: "{step} opens on {when}.",
    Reason.PREVIEW: "{step} can only be read here: what you do in a preview is not kept.",
}

EARLIER_MODULE = "{step} opens when {first} done. Next: {opener}."


@dataclass(frozen=True)
class Opener:
    """What gets a learner further: a step that comes first, or the course's own page. `modules` names those that have
    to be done, where whole ones have."""

    title: str
    url: str
    modules: tuple[str, ...] = ()


def refusal(decision: Decision, step: str, opener: Opener, support_email: str, zone: tzinfo) -> str:
    """Why the step of this title is closed, and what to do, in a sentence or two; days by the reader's clock."""
    when = day_of(decision.opens_at, zone) if decision.opens_at else ""
    words = {"step": step, "opener": opener.title, "support": support_email or "the school", "when": when}
    said = _earlier_module(step, opener) if opener.modules else SENTENCES[decision.reason].format(**words)
    if decision.reason is Reason.EARLIER_STEP and when:
        said += f" It does not open before {when}."
    return said


def day_of(moment: datetime, zone: tzinfo) -> str:
    """`4 December 2026`; where the day does not begin at the reader's midnight `4 December 2026, 09:00 JST`."""
    local = moment.astimezone(zone)
    is_whole = local.time() == time.min
    return f"{local:%-d %B %Y}" if is_whole else f"{local:%-d %B %Y, %H:%M} {zone_name(local)}"


def _earlier_module(step: str, opener: Opener) -> str:
    first = f"{opener.modules[0]} is" if len(opener.modules) == 1 else "the modules before it are"
    return EARLIER_MODULE.format(step=step, first=first, opener=opener.title)
