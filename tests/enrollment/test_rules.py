"""Who may enter a step: a table of cases, and for all of them that nothing opens without a fact that grants it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.refusals import SENTENCES, Opener, day_of, refusal
from enrollment.rules import (
    ALWAYS,
    Decision,
    EndReason,
    Facts,
    OpenCheckout,
    PauseReason,
    Reason,
    Schedule,
    Waits,
    closed_by_day,
    closed_in_turn,
    may_enter,
)
from tests.conftest import NOON

LATER, EARLIER = NOON + timedelta(hours=1), NOON - timedelta(seconds=1)
PENDING = OpenCheckout(Waits.CHECKOUT, LATER)
OVER = OpenCheckout(Waits.CHECKOUT, NOON)  # its moment has come: it takes no money any more
PROCESSING = OpenCheckout(Waits.BANK, EARLIER)
IN_REVIEW = OpenCheckout(Waits.REVIEW, EARLIER)
HERE = Opener("this step", "/learn/skin/step")
GRANTS = (Reason.TEACHES, Reason.ENROLLED, Reason.PREVIEW)


@dataclass(frozen=True)
class Step:
    id: int
    module_number: int
    position: int
    required: bool
    preview: bool = False
    opens_days: int | None = None
    opens_on: date | None = None


# Two modules: 1, 2, (3 optional) and 4, 5; step 4 is a preview.
STEPS = (
    Step(1, 1, 1, True),
    Step(2, 1, 2, True),
    Step(3, 1, 3, False),
    Step(4, 2, 4, True, True),
    Step(5, 2, 5, True),
)


def decide(
    step: int,
    state: str | None = "active",
    order: str = "free",
    done: str = "",
    teaches: bool = False,
    end_reason: str = "",
    checkout: OpenCheckout | None = None,
    pause_reason: str = "",
    ends_at: datetime | None = None,
    schedule: Schedule = ALWAYS,
    opens: Mapping[str, Any] = MappingProxyType({}),
    reason: str = "order",
) -> Decision:
    finished, steps = frozenset(map(int, done.split())), (*STEPS[:4], replace(STEPS[4], **opens))
    facts = Facts(
        teaches, state, end_reason, order, finished, steps, checkout, pause_reason, ends_at, schedule, reason
    )
    return may_enter(facts, steps[step - 1], NOON)


@pytest.mark.parametrize(
    ("decision", "reason", "waits_for"),
    [
        (decide(1), Reason.ENROLLED, None),
        (decide(5), Reason.ENROLLED, None),
        (decide(4, state=None), Reason.PREVIEW, None),
        (decide(4, state="revoked"), Reason.PREVIEW, None),
        (decide(4, state=None, checkout=PENDING), Reason.PREVIEW, None),
        (decide(1, state=None, teaches=True), Reason.TEACHES, None),
        (decide(5, state=None, teaches=True, order="strict"), Reason.TEACHES, None),
        (decide(1, state="revoked", end_reason="refund", teaches=True), Reason.TEACHES, None),
        # In strict order each required step opens the next; an optional one is never waited for.
        (decide(1, order="strict"), Reason.ENROLLED, None),
        (decide(2, order="strict"), Reason.EARLIER_STEP, 1),
        (decide(2, order="strict", done="1"), Reason.ENROLLED, None),
        (decide(5, order="strict", done="2"), Reason.EARLIER_STEP, 1),
        (decide(5, order="strict", done="1 2 4"), Reason.ENROLLED, None),
        (decide(2, order="strict", done="2"), Reason.ENROLLED, None),
        # In module order a module opens with the required steps of those before.
        (decide(2, order="modules"), Reason.ENROLLED, None),
        (decide(5, order="modules", done="1"), Reason.EARLIER_STEP, 2),
        (decide(5, order="modules", done="1 2"), Reason.ENROLLED, None),
        # What anybody may read, an enrolled learner may read too.
        (decide(4, order="modules"), Reason.PREVIEW, None),
        (decide(4, order="strict"), Reason.PREVIEW, None),
        (decide(4, order="strict", done="1 2"), Reason.ENROLLED, None),
    ],
)
def test_the_table_of_who_is_inside(decision: Decision, reason: Reason, waits_for: int | None) -> None:
    assert decision == Decision(reason in GRANTS, (reason,), waits_for)


R = Reason


@pytest.mark.parametrize(
    ("decision", "reasons"),
    [
        (decide(1, state=None), (R.NOT_ENROLLED,)),
        (decide(1, state=None, checkout=PENDING), (R.CHECKOUT_OPEN, R.NOT_ENROLLED)),
        (decide(1, state=None, checkout=OVER), (R.NOT_ENROLLED,)),
        (decide(1, state=None, checkout=PROCESSING), (R.PAYMENT_PROCESSING, R.NOT_ENROLLED)),
        (decide(1, state=None, checkout=IN_REVIEW), (R.PAYMENT_REVIEW, R.NOT_ENROLLED)),
        (decide(1, state="revoked", end_reason="refund"), (R.REFUNDED,)),
        (decide(1, state="revoked", end_reason="refund", done="1"), (R.REFUNDED,)),
        (decide(1, state="revoked", end_reason="refund", checkout=PENDING), (R.CHECKOUT_OPEN, R.REFUNDED)),
        (decide(1, state="revoked", end_reason="refund", checkout=OVER), (R.REFUNDED,)),
        (decide(1, state="revoked", end_reason="refund", checkout=PROCESSING), (R.PAYMENT_PROCESSING, R.REFUNDED)),
        (decide(1, state="revoked", end_reason="admin"), (R.REVOKED,)),
        (decide(1, state="revoked", end_reason="expired"), (R.EXPIRED,)),
        (decide(1, state="revoked", end_reason="expired", checkout=PENDING), (R.CHECKOUT_OPEN, R.EXPIRED)),
        (decide(1, state="revoked"), (R.REVOKED,)),  # before reasons were written down
        (decide(1, state="revoked", end_reason="dispute"), (R.DISPUTE_LOST,)),
        (decide(1, state="revoked", end_reason="cancelled"), (R.CANCELLED,)),
        (decide(1, state="revoked", end_reason="seat"), (R.SEAT_LEFT,)),
        (decide(1, state="paused", pause_reason="dispute"), (R.PAYMENT_DISPUTED,)),
        (decide(1, state="paused", pause_reason="payment"), (R.PAYMENT_DUE,)),
        (decide(1, state="paused", pause_reason="dispute", done="1"), (R.PAYMENT_DISPUTED,)),
        # Of what somebody else paid for, the money and the dispute are theirs.
        (decide(1, state="revoked", end_reason="refund", reason="seat"), (R.SEAT_TAKEN_BACK,)),
        (decide(1, state="revoked", end_reason="dispute", reason="seat"), (R.SEAT_TAKEN_BACK,)),
        (decide(1, state="revoked", end_reason="refund", reason="gift"), (R.GIFT_TAKEN_BACK,)),
        (decide(1, state="revoked", end_reason="dispute", reason="gift"), (R.GIFT_TAKEN_BACK,)),
        (decide(1, state="revoked", end_reason="seat", reason="seat"), (R.SEAT_LEFT,)),
        (decide(1, state="revoked", end_reason="admin", reason="gift"), (R.REVOKED,)),
        (decide(1, state="paused", pause_reason="dispute", reason="seat"), (R.SEAT_DISPUTED,)),
        (decide(1, state="paused", pause_reason="dispute", reason="gift"), (R.GIFT_DISPUTED,)),
        # No job has to come by for the time to be over.
        (decide(1, ends_at=NOON), (R.EXPIRED,)),
        (decide(1, ends_at=NOON, done="1"), (R.EXPIRED,)),
        (decide(1, ends_at=NOON, checkout=PROCESSING), (R.PAYMENT_PROCESSING, R.EXPIRED)),
        # Nobody is led to pay for what the school has closed to them; what they paid meanwhile is told.
        (decide(1, state="revoked", end_reason="admin", checkout=PENDING), (R.REVOKED,)),
        (decide(1, state="revoked", end_reason="admin", checkout=PROCESSING), (R.PAYMENT_PROCESSING, R.REVOKED)),
    ],
)  # fmt: skip
def test_the_table_of_who_stands_outside(decision: Decision, reasons: tuple[Reason, ...]) -> None:
    assert decision == Decision(False, reasons)


TODAY = NOON.date()
FOURTH = datetime(2026, 12, 4, tzinfo=UTC)
YESTERDAYS = Schedule(NOON - timedelta(days=1))  # who began yesterday
BERLIN = replace(YESTERDAYS, zone=ZoneInfo("Europe/Berlin"))
GROUP = replace(YESTERDAYS, begins_on=date(2026, 11, 28))


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        # Days count from the beginning, by the calendar of the school; a step opens with its day.
        (decide(5, schedule=YESTERDAYS, opens={"opens_days": 1}), (R.ENROLLED, None)),
        (decide(5, schedule=YESTERDAYS, opens={"opens_days": 14}), (R.OPENS_LATER, FOURTH)),
        (decide(5, schedule=BERLIN, opens={"opens_days": 14}), (R.OPENS_LATER, FOURTH - timedelta(hours=1))),
        (decide(5, schedule=YESTERDAYS, opens={"opens_on": TODAY}), (R.ENROLLED, None)),
        (decide(5, schedule=YESTERDAYS, opens={"opens_on": FOURTH.date()}), (R.OPENS_LATER, FOURTH)),
        (decide(5, schedule=YESTERDAYS, opens={"opens_on": TODAY, "opens_days": 14}), (R.OPENS_LATER, FOURTH)),
        (decide(4, schedule=YESTERDAYS, opens={"opens_days": 14}), (R.ENROLLED, None)),
        # What is done stays open, and a teacher waits for nothing.
        (decide(5, schedule=YESTERDAYS, opens={"opens_days": 14}, done="5"), (R.ENROLLED, None)),
        (decide(5, schedule=GROUP, opens={"opens_days": 14}, teaches=True), (R.TEACHES, None)),
        # An earlier step is something to do, and stands first.
        (decide(5, "active", "strict", schedule=YESTERDAYS, opens={"opens_days": 14}), (R.EARLIER_STEP, FOURTH)),
        # A group begins together: before its day nothing is open but previews, and days count from it.
        (decide(1, schedule=GROUP), (R.NOT_BEGUN, FOURTH - timedelta(days=6))),
        (decide(5, "active", "strict", schedule=GROUP), (R.NOT_BEGUN, FOURTH - timedelta(days=6))),
        (decide(4, schedule=GROUP), (R.PREVIEW, None)),
        (decide(5, schedule=replace(GROUP, begins_on=TODAY), opens={"opens_days": 13}), (R.OPENS_LATER, FOURTH)),
    ],
)  # fmt: skip
def test_the_table_of_days(decision: Decision, expected: tuple[Reason, datetime | None]) -> None:
    assert (decision.reason, decision.opens_at) == expected
    assert decision.allowed == (decision.reason in GRANTS)


def test_a_step_that_waits_for_both_says_both() -> None:
    both = decide(5, "active", "strict", schedule=YESTERDAYS, opens={"opens_days": 14})

    assert refusal(both, "Mast cells", HERE, "", UTC) == (
        "Mast cells opens when this step is done. It does not open before 4 December 2026."
    )


@pytest.mark.parametrize(
    ("zone", "words"), [("UTC", "4 December 2026"), ("Asia/Tokyo", "4 December 2026, 09:00 JST")]
)
def test_a_day_is_told_by_the_readers_clock(zone: str, words: str) -> None:
    assert day_of(FOURTH, ZoneInfo(zone)) == words


PLACES = st.lists(
    st.tuples(
        st.booleans(),
        st.booleans(),
        st.integers(0, 1),
        st.none() | st.integers(1, 3),
        st.none() | st.sampled_from([TODAY, FOURTH.date()]),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda drawn: tuple(
        Step(i, sum(each[2] for each in drawn[:i]), i, required, preview, days, day)
        for i, (required, preview, _, days, day) in enumerate(drawn, 1)
    )
)
SCHEDULES = st.builds(
    Schedule,
    st.none() | st.integers(0, 3).map(lambda days: NOON - timedelta(days=days)),
    st.none() | st.sampled_from([TODAY - timedelta(days=1), TODAY, FOURTH.date()]),
    st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Kiritimati")]),
)
CHECKOUTS = st.none() | st.builds(
    OpenCheckout,
    st.sampled_from([Waits.CHECKOUT, Waits.BANK]),
    st.sampled_from([EARLIER, NOON, LATER]),
)
FACTS = st.builds(
    Facts,
    st.booleans(),
    st.sampled_from([None, "active", "paused", "revoked", "unheard-of"]),
    st.sampled_from(["", *EndReason, "unheard-of"]),
    st.sampled_from(["free", "modules", "strict", "unheard-of"]),
    st.frozensets(st.integers(1, 8)),
    PLACES,
    CHECKOUTS,
    st.sampled_from(["", *PauseReason]),
    st.none() | st.sampled_from([EARLIER, NOON, LATER]),
    SCHEDULES,
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Facts, Step]:
    """A person, a course, and one of its steps."""
    facts = draw(FACTS)
    step = draw(st.sampled_from(facts.steps))
    assert isinstance(step, Step)
    return facts, step


@given(situations())
def test_nothing_opens_without_a_fact_that_grants_it(situation: tuple[Facts, Step]) -> None:
    """V11, V38"""
    facts, step = situation

    if may_enter(facts, step, NOON).allowed:
        is_in = facts.state == "active" and (facts.ends_at is None or facts.ends_at > NOON)
        assert facts.teaches or is_in or step.preview


@given(situations())
def test_an_open_checkout_opens_nothing(situation: tuple[Facts, Step]) -> None:
    facts, step = situation

    without = may_enter(replace(facts, checkout=None), step, NOON)

    assert may_enter(facts, step, NOON).allowed == without.allowed


@given(situations())
def test_every_refusal_has_a_reason_and_says_what_to_do(situation: tuple[Facts, Step]) -> None:
    facts, step = situation

    decision = may_enter(facts, step, NOON)

    assert decision.reasons
    assert len(set(decision.reasons)) == len(decision.reasons)
    assert decision.allowed == (decision.reason in GRANTS)
    if not decision.allowed:
        sentence = refusal(decision, "Mast cells", HERE, "", UTC)
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize("reason", [each for each in Reason if each not in (R.TEACHES, R.ENROLLED)])
def test_each_reason_that_closes_has_words_of_its_own(reason: Reason) -> None:
    others = [words for other, words in SENTENCES.items() if other is not reason]

    assert SENTENCES[reason] not in others


@pytest.mark.parametrize(("support", "said"), [("help@example.org", "help@example.org"), ("", "the school")])
def test_who_was_put_out_is_told_whom_to_write_to(support: str, said: str) -> None:
    assert f"Write to {said}" in refusal(Decision(False, (R.REVOKED,)), "Mast cells", HERE, support, UTC)


@given(situations(), st.integers(0, 2))
def test_a_checkout_whose_end_has_come_is_continued_by_nobody(
    situation: tuple[Facts, Step], seconds: int
) -> None:
    facts, step = situation
    begun = replace(facts, checkout=OpenCheckout(Waits.CHECKOUT, NOON))

    assert R.CHECKOUT_OPEN not in may_enter(begun, step, NOON + timedelta(seconds=seconds)).reasons


@given(situations())
def test_a_closed_step_that_waits_names_an_earlier_required_step_that_is_not_done(
    situation: tuple[Facts, Step],
) -> None:
    facts, step = situation

    decision = may_enter(facts, step, NOON)

    assert (decision.reason == Reason.EARLIER_STEP) == (decision.waits_for is not None)
    if decision.waits_for is not None:
        opener = facts.steps[decision.waits_for - 1]
        assert opener.required
        assert opener.position < step.position
        assert opener.id not in facts.done


@given(PLACES, st.sampled_from(["free", "modules", "strict"]))
def test_a_learner_is_never_stuck(steps: tuple[Step, ...], order: str) -> None:
    """The step that a closed one waits for is itself open once its day has come, so the course can always be finished
    in order."""
    done: set[int] = set()
    much_later = NOON + timedelta(days=30)
    for step in steps:
        facts = Facts(False, "active", "", order, frozenset(done), steps, schedule=YESTERDAYS)
        assert may_enter(facts, step, much_later).allowed
        done.add(step.id)


@given(situations())
def test_the_closed_steps_are_those_that_a_learner_may_not_enter(situation: tuple[Facts, Step]) -> None:
    facts, _ = situation
    inside = replace(facts, teaches=False, state="active", ends_at=None)

    refused = {step.id for step in facts.steps if not may_enter(inside, step, NOON).allowed}

    in_turn = closed_in_turn(facts.order, facts.steps, facts.done)
    assert in_turn | closed_by_day(facts.steps, facts.done, facts.schedule, NOON).keys() == refused


@given(situations(), st.integers(1, 8))
def test_doing_more_never_closes_a_step(situation: tuple[Facts, Step], more: int) -> None:
    facts, step = situation
    further = replace(facts, done=facts.done | {more})

    if may_enter(facts, step, NOON).allowed:
        assert may_enter(further, step, NOON).allowed


@given(situations(), st.integers(0, 60))
def test_waiting_closes_nothing_but_what_ends(situation: tuple[Facts, Step], days: int) -> None:
    facts, step = situation
    lasting = replace(facts, ends_at=None)

    if may_enter(lasting, step, NOON).allowed:
        assert may_enter(lasting, step, NOON + timedelta(days=days)).allowed
