"""How a plan stands, by what Stripe says and what was known: a table of cases, and what holds in all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from payments.billing import Invoice, Subscription
from shop.plans.rules import (
    GRACE,
    LATE,
    TRANSITIONS,
    Rhythm,
    TermState,
    Wish,
    next_due,
    next_state,
    standing,
    wish_of_buyer,
    wish_of_school,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = NOON + 30 * DAY
S = TermState


def invoice(until: datetime = MONTH) -> Invoice:
    return Invoice("in_1", True, False, Money(10_00, "USD"), NOON, until, NOON, "pi_1")


def told(**facts: Any) -> Subscription:
    """A subscription that goes well, its first period paid."""
    usual: dict[str, Any] = {
        "id": "sub_1", "order_number": "7", "school": "x", "livemode": False, "customer_id": "cus_1",
        "is_over": False, "is_failing": False, "renews_at": MONTH, "ends_at": None, "invoices": (invoice(),),
    }  # fmt: skip
    return Subscription(**{**usual, **facts})


OVER = {"is_over": True, "ends_at": NOON}
CASES = [
    # what Stripe says, paid, of how many, before, told to close on, the state, when access ends
    ("paid so far", {}, 1, 6, S.ACTIVE, None, S.ACTIVE, None),
    ("missed just now", {"is_failing": True}, 1, 6, S.ACTIVE, None, S.GRACE, None),
    ("missed, its day to come", {"is_failing": True}, 1, 6, S.GRACE, NOON + DAY, S.GRACE, None),
    ("missed, its day has come", {"is_failing": True}, 1, 6, S.GRACE, NOON, S.PAUSED, None),
    ("missed for long", {"is_failing": True}, 1, 6, S.PAUSED, NOON - 9 * DAY, S.PAUSED, None),
    ("paid in time", {}, 2, 6, S.GRACE, NOON + DAY, S.ACTIVE, None),
    ("paid after the pause", {}, 2, 6, S.PAUSED, NOON - DAY, S.ACTIVE, None),
    ("paid in full", {}, 6, 6, S.ACTIVE, None, S.SETTLED, None),
    ("paid in full, from a pause", {}, 6, 6, S.PAUSED, NOON, S.SETTLED, None),
    ("in full, and then cancelled", OVER, 6, 6, S.SETTLED, None, S.SETTLED, None),
    ("instalments cancelled", OVER, 5, 6, S.ACTIVE, None, S.ENDED, None),
    ("the last one came after the end", OVER, 6, 6, S.ENDED, None, S.SETTLED, None),
    ("old news after the end", {}, 5, 6, S.ENDED, None, S.ENDED, None),
    ("a membership goes on", {}, 40, None, S.ACTIVE, None, S.ACTIVE, None),
    ("a membership that will end", {"ends_at": MONTH}, 1, None, S.ACTIVE, None, S.ACTIVE, MONTH),
    ("one that goes on after all", {}, 1, None, S.ACTIVE, None, S.ACTIVE, None),
    ("cancelled at once: what is paid stays", OVER, 1, None, S.ACTIVE, None, S.ACTIVE, MONTH),
    ("its last period is over", OVER | {"invoices": (invoice(NOON),)}, 1, None, S.ACTIVE, None, S.ENDED, None),
    ("cancelled while a payment is missing", OVER | {"is_failing": True, "invoices": (invoice(NOON - DAY),)},
     1, None, S.GRACE, NOON + DAY, S.ENDED, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "paid", "of", "before", "closes", "state", "ends"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_how_a_plan_stands(
    facts: dict[str, Any], paid: int, of: int | None, before: S, closes: datetime | None, state: S, ends: Any
) -> None:
    found = standing(told(**facts), paid, of, before, closes, NOON)

    assert found.state is state
    if state is not S.SETTLED and before is not S.ENDED:
        assert found.ends_at == ends


def test_the_day_that_was_told_stays_until_it_is_paid() -> None:
    first = standing(told(is_failing=True), 1, 6, S.ACTIVE, None, NOON)
    later = standing(told(is_failing=True), 1, 6, first.state, first.grace_until, NOON + 3 * DAY)
    paid = standing(told(), 2, 6, later.state, later.grace_until, NOON + 4 * DAY)

    assert first.grace_until == later.grace_until == NOON + GRACE
    assert paid.grace_until is None


@pytest.mark.parametrize(
    ("facts", "closes", "looks"),
    [
        ({}, None, MONTH + LATE),
        ({"ends_at": MONTH - DAY}, None, MONTH - DAY),
        ({"is_failing": True}, NOON + timedelta(hours=5), NOON + timedelta(hours=5)),
        ({"is_failing": True}, NOON + 5 * DAY, NOON + DAY),
        ({"is_failing": True}, NOON - DAY, NOON + DAY),
        (OVER, None, MONTH),
    ],
)
def test_a_running_plan_is_looked_at_when_it_should_have_news(
    facts: dict[str, Any], closes: datetime | None, looks: datetime
) -> None:
    assert standing(told(**facts), 1, None, S.GRACE if closes else S.ACTIVE, closes, NOON).look_at == looks


@pytest.mark.parametrize(("is_over", "looks"), [(False, NOON), (True, None)])
def test_a_settled_plan_is_looked_at_until_stripe_draws_no_more(
    is_over: bool, looks: datetime | None
) -> None:
    assert standing(told(is_over=is_over), 6, 6, S.SETTLED, None, NOON).look_at == looks


@given(st.sampled_from(S), st.sampled_from(S))
def test_a_state_goes_only_where_the_table_leads(current: S, news: S) -> None:
    assert next_state(current, news) in {current, *TRANSITIONS[current]}


@given(
    before=st.sampled_from(S), failing=st.booleans(), over=st.booleans(), paid=st.integers(0, 8),
    closes=st.none() | st.integers(-10, 10), of=st.sampled_from([None, 6]),
)  # fmt: skip
def test_the_same_news_twice_changes_nothing_more(
    before: S, failing: bool, over: bool, paid: int, closes: int | None, of: int | None
) -> None:
    news = told(is_failing=failing, is_over=over, ends_at=NOON if over else None)
    known = NOON + closes * DAY if closes is not None else None
    once = standing(news, paid, of, before, known, NOON)

    assert standing(news, paid, of, once.state, once.grace_until, NOON) == once


def noon(*day: int) -> datetime:
    return datetime(*day, 12, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("begun", "rhythm", "due"),
    [
        (noon(2026, 11, 21), Rhythm.MONTH, noon(2026, 12, 21)),
        (noon(2026, 12, 31), Rhythm.MONTH, noon(2027, 1, 31)),
        (noon(2027, 1, 31), Rhythm.MONTH, noon(2027, 2, 28)),
        (noon(2028, 2, 29), Rhythm.YEAR, noon(2029, 2, 28)),
    ],
)
def test_the_second_payment_is_due_on_the_same_day_or_the_months_last(
    begun: datetime, rhythm: Rhythm, due: datetime
) -> None:
    assert next_due(begun, rhythm) == due


WISHES = [
    # the state, when it ends, whether Stripe draws on; what the school may ask, and the buyer of a membership
    (S.ACTIVE, None, True, Wish.END, Wish.END),
    (S.GRACE, None, True, Wish.END, Wish.END),
    (S.PAUSED, MONTH, True, Wish.GO_ON, Wish.GO_ON),
    (S.ACTIVE, MONTH, False, None, None),
    (S.SETTLED, None, False, None, None),
    (S.ENDED, None, False, None, None),
]


@pytest.mark.parametrize(("state", "ends_at", "draws_on", "of_school", "of_buyer"), WISHES)
def test_what_may_be_asked_of_the_end_of_a_plan(
    state: S, ends_at: datetime | None, draws_on: bool, of_school: Wish | None, of_buyer: Wish | None
) -> None:
    found = wish_of_school(state, ends_at, MONTH if draws_on else None)

    assert found is of_school
    assert wish_of_buyer(found, None, "") is of_buyer
    assert wish_of_buyer(found, 6, "") is None
    assert wish_of_buyer(found, None, "The school says so.") is not Wish.GO_ON
