"""Who may enter a step: a table of cases, and for all of them that nothing opens without a fact that grants it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.refusals import SENTENCES, Opener, refusal
from enrollment.rules import Decision, Facts, OpenCheckout, Reason, Waits, closed_steps, may_enter
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
) -> Decision:
    finished = frozenset(map(int, done.split()))
    return may_enter(
        Facts(teaches, state, end_reason, order, finished, STEPS, checkout), STEPS[step - 1], NOON
    )


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
        # Nobody is led to pay for what the school has closed to them; what they paid meanwhile is told.
        (decide(1, state="revoked", end_reason="admin", checkout=PENDING), (R.REVOKED,)),
        (decide(1, state="revoked", end_reason="admin", checkout=PROCESSING), (R.PAYMENT_PROCESSING, R.REVOKED)),
    ],
)  # fmt: skip
def test_the_table_of_who_stands_outside(decision: Decision, reasons: tuple[Reason, ...]) -> None:
    assert decision == Decision(False, reasons)


PLACES = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 1)), min_size=1, max_size=8).map(
    lambda drawn: tuple(
        Step(i, sum(new for _, _, new in drawn[:i]), i, required, preview)
        for i, (required, preview, _) in enumerate(drawn, 1)
    )
)
CHECKOUTS = st.none() | st.builds(
    OpenCheckout,
    st.sampled_from([Waits.CHECKOUT, Waits.BANK]),
    st.sampled_from([EARLIER, NOON, LATER]),
)
FACTS = st.builds(
    Facts,
    st.booleans(),
    st.sampled_from([None, "active", "revoked", "unheard-of"]),
    st.sampled_from(["", "refund", "admin", "unheard-of"]),
    st.sampled_from(["free", "modules", "strict", "unheard-of"]),
    st.frozensets(st.integers(1, 8)),
    PLACES,
    CHECKOUTS,
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
        assert facts.teaches or facts.state == "active" or step.preview


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
        sentence = refusal(decision, "Mast cells", HERE, "")
        assert sentence.endswith(".")
        assert "{" not in sentence


@pytest.mark.parametrize("reason", [each for each in Reason if each not in (R.TEACHES, R.ENROLLED)])
def test_each_reason_that_closes_has_words_of_its_own(reason: Reason) -> None:
    others = [words for other, words in SENTENCES.items() if other is not reason]

    assert SENTENCES[reason] not in others


@pytest.mark.parametrize(("support", "said"), [("help@example.org", "help@example.org"), ("", "the school")])
def test_who_was_put_out_is_told_whom_to_write_to(support: str, said: str) -> None:
    assert f"Write to {said}" in refusal(Decision(False, (R.REVOKED,)), "Mast cells", HERE, support)


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
    """The step that a closed one waits for is itself open, so the course can always be finished in order."""
    done: set[int] = set()
    for step in steps:
        assert may_enter(Facts(False, "active", "", order, frozenset(done), steps), step, NOON).allowed
        done.add(step.id)


@given(situations())
def test_the_closed_steps_are_those_that_a_learner_may_not_enter(situation: tuple[Facts, Step]) -> None:
    facts, _ = situation
    inside = replace(facts, teaches=False, state="active")

    refused = {step.id for step in facts.steps if not may_enter(inside, step, NOON).allowed}

    assert closed_steps(facts.order, facts.steps, facts.done) == refused


@given(situations(), st.integers(1, 8))
def test_doing_more_never_closes_a_step(situation: tuple[Facts, Step], more: int) -> None:
    facts, step = situation
    further = replace(facts, done=facts.done | {more})

    if may_enter(facts, step, NOON).allowed:
        assert may_enter(further, step, NOON).allowed
