"""Orders, events and runs of the reconciler in an admin's words, and whether Stripe agrees with an order. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.money import Money
from payments.values import Session, SessionStatus
from shop.rules import OrderState, next_state, told_by


@dataclass(frozen=True)
class Word:
    """A state as it is shown: its name, the colour of its badge (empty for none) and its icon."""

    text: str
    kind: str
    icon: str


STATES: dict[str, Word] = {
    OrderState.REVIEW: Word("Needs a look", "bad", "flag"),
    OrderState.DUPLICATE: Word("Paid twice", "warn", "copy"),
    OrderState.PENDING: Word("Not paid yet", "", "circle-dashed"),
    OrderState.PROCESSING: Word("Money on its way", "info", "clock"),
    OrderState.PAID: Word("Paid", "ok", "circle-check"),
    OrderState.FAILED: Word("Payment failed", "bad", "x"),
    OrderState.EXPIRED: Word("Closed unpaid", "", "minus"),
    OrderState.PARTLY_REFUNDED: Word("Partly refunded", "info", "undo-2"),
    OrderState.REFUNDED: Word("Refunded", "", "undo-2"),
    OrderState.CHARGED_BACK: Word("Charged back", "bad", "undo-2"),
}
FATES: dict[str, Word] = {
    "waiting": Word("Waiting", "warn", "clock"),
    "applied": Word("Applied", "ok", "circle-check"),
    "ignored": Word("Nothing to do", "", "minus"),
}
NOT_ABOUT_US = Word(
    "Not about us", "", "minus"
)  # an ignored event of a kind that could have been about an order
UNTRIED = "It has arrived and is not handled yet."
CAUSES = {
    "buyer": "The buyer pressed Enroll",
    "return": "The buyer came back from Stripe",
    "reconcile": "Reconciled with Stripe",
    "admin": "Read again from Stripe by an admin",
    "duplicate": "Given back, since it was paid twice",
    "refund": "Refunded by an admin",
}
STARTERS = {"job": "by the clock", "command": "from the command line", "admin": "by an admin"}
CHECKOUTS = {
    SessionStatus.OPEN: "Open: the buyer may still pay",
    SessionStatus.COMPLETE: "Finished by the buyer",
    SessionStatus.EXPIRED: "Closed without a payment",
}
INTERRUPTED_AFTER = timedelta(minutes=15)


def in_words(words: dict[str, Word]) -> dict[str, str]:
    """The texts alone, as a filter offers them."""
    return {value: word.text for value, word in words.items()}


def cause_in_words(cause: str, event_kind: str | None) -> str:
    """Who brought a turn of an order about; `event_kind` is that of the event that `cause` names, if it does."""
    return CAUSES.get(cause) or f"Stripe told us ({event_kind or cause})"


@dataclass(frozen=True)
class Verdict:
    """Whether Stripe agrees with an order: a kind of notice, and a sentence with what to do."""

    kind: str
    sentence: str


AGREED = Verdict("ok", "The order and Stripe say the same.")


def compare(session: Session, state: OrderState, price: Money, refunded: Money) -> Verdict:
    """What Stripe says, beside what an order of this state, price and refunds so far says."""
    told, returned = told_by(session, price), _returned(session)
    if _is_same(state, told) and returned == refunded.minor:
        return AGREED
    means = STATES[told].text
    undone = session.payment is not None and session.payment.has_failed_refund
    if next_state(state, told, undone) is not state or returned > refunded.minor:
        return Verdict(
            "warn", f"Stripe has moved on: there this order is “{means}”. Read it again, and it follows."
        )
    return Verdict(
        "bad",
        f"To Stripe this order is “{means}”, and from “{STATES[state].text}” it cannot turn into that. "
        "Look at the payment in Stripe's dashboard.",
    )


def _is_same(state: OrderState, told: OrderState) -> bool:
    # That it was paid twice, or by one who may not come in, is known only here: to Stripe it is a payment like any.
    return state is told or (told is OrderState.PAID and state in (OrderState.DUPLICATE, OrderState.REVIEW))


def _returned(session: Session) -> int:
    return session.payment.refunded if session.payment else 0


def facts_of(session: Session) -> list[tuple[str, str]]:
    """A session as rows of a name and a value; what Stripe does not say is left out."""
    payment, currency = session.payment, session.total.currency
    rows = [
        ("Checkout", CHECKOUTS[session.status]),
        ("Paid", "Yes" if session.is_paid else "No"),
        ("Amount", str(session.total)),
    ]
    if payment:
        rows += [
            ("Returned", str(Money(payment.refunded, currency))),
            ("On its way back", str(Money(payment.returning, currency)) if payment.returning else ""),
            ("Paid by", payment.method.replace("_", " ")),
            ("Why it failed", payment.failure),
            ("Payment", payment.id),
        ]
    rows.append(("Mode", "Live" if session.livemode else "Test: no money moved"))
    return [(name, value) for name, value in rows if value]


@dataclass(frozen=True)
class Turn:
    """One order that a run repaired."""

    order: str
    before: str
    after: str


@dataclass(frozen=True)
class RunReport:
    """A run of the reconciler in words. `troubles` and `unknown_sessions` are for a person to look at."""

    word: Word
    summary: str
    turns: tuple[Turn, ...] = ()
    unknown_sessions: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def report_in_words(report: dict[str, Any] | None, started_at: datetime, now: datetime) -> RunReport:
    """The report of a run; one that is not there yet belongs to a run that goes on, or that was interrupted."""
    if report is None:
        return _unfinished(now - started_at)
    turns = tuple(
        Turn(each["order"], STATES[each["before"]].text, STATES[each["after"]].text)
        for each in report["repaired"]
    )
    unknown, troubles = tuple(report["unknown_sessions"]), tuple(report["trouble"])
    word = Word("Needs a look", "bad", "flag") if unknown or troubles else Word("Done", "ok", "circle-check")
    return RunReport(word, _summary(report), turns, unknown, troubles)


def _unfinished(age: timedelta) -> RunReport:
    if age < INTERRUPTED_AFTER:
        return RunReport(Word("Running", "info", "clock"), "Asking Stripe. Load this page again to see more.")
    return RunReport(
        Word("Interrupted", "warn", "triangle-alert"), "It came to no end. Running it again is safe."
    )


def _summary(report: dict[str, Any]) -> str:
    events = report["events"]
    parts = [
        f"{_counted(report['looked_at'], 'order')} looked at",
        f"{len(report['repaired'])} repaired",
        f"{_counted(events['replayed'], 'event')} replayed",
    ]
    if events["failed"]:
        parts.append(f"{_counted(events['failed'], 'event')} failed again")
    return ", ".join(parts) + "."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
