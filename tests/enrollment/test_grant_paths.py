"""What grants come to: over any path of events, access stands exactly while one of them lets in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules import EndReason, Facts, GrantKind, PauseReason, Stay, is_open, may_enter, stay_of
from tests.conftest import NOON
from tests.enrollment.test_rules import STEPS


@dataclass(frozen=True)
class Grant:
    kind: GrantKind
    ends_at: datetime | None = None
    pause_reason: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""


# An event: what happens, to which source, and with which word or term.
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(0, 2), st.none() | st.integers(1, 40)),
        st.tuples(st.just("pause"), st.integers(0, 2), st.none() | st.sampled_from(list(PauseReason))),
        st.tuples(st.just("end"), st.integers(0, 2), st.sampled_from(list(EndReason))),
    ),
    max_size=12,
)
KINDS = (GrantKind.FREE, GrantKind.ORDER, GrantKind.PLAN)


def after(events: list[tuple[str, int, object]]) -> tuple[list[Grant], datetime]:
    """The grants that a path of events leaves, an hour apart, and the moment after the last."""
    grants: dict[int, Grant] = {}
    moment = NOON
    for deed, source, word in events:
        moment += timedelta(hours=1)
        found = grants.get(source)
        if deed == "give" and (found is None or found.ended_at is not None):
            term = moment + timedelta(hours=word) if isinstance(word, int) else None
            grants[source] = Grant(KINDS[source], term)
        elif deed == "pause" and found is not None and found.ended_at is None:
            grants[source] = replace(found, pause_reason=str(word or ""))
        elif deed == "end" and found is not None and found.ended_at is None:
            grants[source] = replace(found, ended_at=moment, end_reason=str(word), pause_reason="")
    return [grants[source] for source in sorted(grants)], moment


def lets_in(grant: Grant, now: datetime) -> bool:
    stands = grant.ended_at is None and not grant.pause_reason
    return stands and (grant.ends_at is None or now < grant.ends_at)


@given(EVENTS, st.integers(0, 60))
def test_access_stands_exactly_while_a_grant_lets_in(
    events: list[tuple[str, int, object]], hours: int
) -> None:
    """V11: no path of events leaves access without a fact that grants it."""
    grants, moment = after(events)
    if not grants:
        return
    now = moment + timedelta(hours=hours)
    stay = stay_of(grants)

    assert is_open(stay, now) == any(lets_in(grant, now) for grant in grants)


@given(EVENTS)
def test_who_is_let_in_by_nothing_is_told_why(events: list[tuple[str, int, object]]) -> None:
    grants, moment = after(events)
    if not grants:
        return
    stay = stay_of(grants)
    facts = Facts(
        False, stay.state, stay.end_reason, "free", frozenset(), STEPS, None, stay.pause_reason, stay.ends_at
    )

    decision = may_enter(facts, STEPS[0], moment)

    assert decision.allowed == any(lets_in(grant, moment) for grant in grants)


@given(EVENTS)
def test_the_sum_is_that_of_the_grants_taken_one_after_the_other(
    events: list[tuple[str, int, object]],
) -> None:
    grants, _ = after(events)
    if not grants:
        return
    folded = stay_of(grants[:1])
    for grant in grants[1:]:
        folded = added(folded, stay_of([grant]))

    assert (stay_of(grants).state, stay_of(grants).ends_at) == (folded.state, folded.ends_at)


RANK = ("revoked", "paused", "active")


def added(first: Stay, second: Stay) -> Stay:
    """The better of two stays; of two that are open, the longer one."""
    if first.state != second.state:
        return max(first, second, key=lambda stay: RANK.index(stay.state))
    if None in (first.ends_at, second.ends_at) or first.state != "active":
        return replace(first, ends_at=None)
    return max(first, second, key=lambda stay: stay.ends_at or NOON)
