"""What a closed step says: why it is closed, and what to do. Pure."""

from dataclasses import dataclass

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
    Reason.EARLIER_STEP: "{step} opens when {opener} is done.",
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


def refusal(decision: Decision, step: str, opener: Opener, support_email: str) -> str:
    """Why the step of this title is closed, and what to do, in a sentence or two."""
    if opener.modules:
        first = f"{opener.modules[0]} is" if len(opener.modules) == 1 else "the modules before it are"
        return EARLIER_MODULE.format(step=step, first=first, opener=opener.title)
    words = {"step": step, "opener": opener.title, "support": support_email or "the school"}
    return SENTENCES[decision.reason].format(**words)
