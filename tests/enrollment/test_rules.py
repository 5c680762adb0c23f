"""Who may enter a step: a table of cases, and for all of them that nothing opens without a fact that grants it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules import Decision, Facts, Place, Reason, may_enter

# Two modules: 1, 2, (3 optional) and 4, 5; step 4 is a preview.
STEPS = (
    Place(1, 1, 1, True),
    Place(2, 1, 2, True),
    Place(3, 1, 3, False),
    Place(4, 2, 4, True, preview=True),
    Place(5, 2, 5, True),
)


def decide(
    step: int, state: str | None = "active", order: str = "free", done: str = "", teaches: bool = False
) -> Decision:
    return may_enter(Facts(teaches, state, order, frozenset(map(int, done.split()))), STEPS[step - 1], STEPS)


@pytest.mark.parametrize(
    ("decision", "allowed", "reason", "waits_for"),
    [
        (decide(1), True, Reason.ENROLLED, None),
        (decide(5), True, Reason.ENROLLED, None),
        (decide(1, state=None), False, Reason.NOT_ENROLLED, None),
        (decide(1, state="revoked"), False, Reason.REVOKED, None),
        (decide(1, state="revoked", done="1"), False, Reason.REVOKED, None),
        (decide(4, state=None), True, Reason.PREVIEW, None),
        (decide(4, state="revoked"), True, Reason.PREVIEW, None),
        (decide(1, state=None, teaches=True), True, Reason.TEACHES, None),
        (decide(5, state=None, teaches=True, order="strict"), True, Reason.TEACHES, None),
        # In strict order each required step opens the next; an optional one is never waited for.
        (decide(1, order="strict"), True, Reason.ENROLLED, None),
        (decide(2, order="strict"), False, Reason.EARLIER_STEP, 1),
        (decide(2, order="strict", done="1"), True, Reason.ENROLLED, None),
        (decide(5, order="strict", done="2"), False, Reason.EARLIER_STEP, 1),
        (decide(5, order="strict", done="1 2 4"), True, Reason.ENROLLED, None),
        (decide(2, order="strict", done="2"), True, Reason.ENROLLED, None),
        # In module order a module opens with the required steps of those before.
        (decide(2, order="modules"), True, Reason.ENROLLED, None),
        (decide(5, order="modules", done="1"), False, Reason.EARLIER_STEP, 2),
        (decide(5, order="modules", done="1 2"), True, Reason.ENROLLED, None),
        # What anybody may read, an enrolled learner may read too.
        (decide(4, order="modules"), True, Reason.PREVIEW, None),
        (decide(4, order="strict"), True, Reason.PREVIEW, None),
        (decide(4, order="strict", done="1 2"), True, Reason.ENROLLED, None),
    ],
)
def test_the_table_of_access(
    decision: Decision, allowed: bool, reason: Reason, waits_for: int | None
) -> None:
    assert decision == Decision(allowed, reason, waits_for)


PLACES = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 1)), min_size=1, max_size=8).map(
    lambda drawn: tuple(
        Place(i, sum(new for _, _, new in drawn[:i]), i, required, preview)
        for i, (required, preview, _) in enumerate(drawn, 1)
    )
)
FACTS = st.builds(
    Facts,
    st.booleans(),
    st.sampled_from([None, "active", "revoked", "unheard-of"]),
    st.sampled_from(["free", "modules", "strict"]),
    st.frozensets(st.integers(1, 8)),
)


@given(FACTS, PLACES, st.data())
def test_nothing_opens_without_a_fact_that_grants_it(
    facts: Facts, steps: tuple[Place, ...], data: st.DataObject
) -> None:
    """V11, V38"""
    step = data.draw(st.sampled_from(steps))

    if may_enter(facts, step, steps).allowed:
        assert facts.teaches or facts.state == "active" or step.preview


@given(FACTS, PLACES, st.data())
def test_a_closed_step_that_waits_names_an_earlier_required_step_that_is_not_done(
    facts: Facts, steps: tuple[Place, ...], data: st.DataObject
) -> None:
    step = data.draw(st.sampled_from(steps))

    decision = may_enter(facts, step, steps)

    assert (decision.reason == Reason.EARLIER_STEP) == (decision.waits_for is not None)
    if decision.waits_for is not None:
        opener = steps[decision.waits_for - 1]
        assert opener.required
        assert opener.position < step.position
        assert opener.step_id not in facts.done


@given(PLACES, st.sampled_from(["free", "modules", "strict"]))
def test_a_learner_is_never_stuck(steps: tuple[Place, ...], order: str) -> None:
    """The step that a closed one waits for is itself open, so the course can always be finished in order."""
    done: set[int] = set()
    for step in steps:
        assert may_enter(Facts(False, "active", order, frozenset(done)), step, steps).allowed
        done.add(step.step_id)


@given(FACTS, PLACES, st.data())
def test_doing_more_never_closes_a_step(facts: Facts, steps: tuple[Place, ...], data: st.DataObject) -> None:
    step, more = data.draw(st.sampled_from(steps)), data.draw(st.integers(1, 8))
    further = Facts(facts.teaches, facts.state, facts.order, facts.done | {more})

    if may_enter(facts, step, steps).allowed:
        assert may_enter(further, step, steps).allowed
