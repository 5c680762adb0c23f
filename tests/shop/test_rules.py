"""The states of an order, as pure rules: what Stripe says, and where an order may go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from payments.values import (
    Dispute,
    DisputeStatus,
    Payment,
    Refund,
    RefundState,
    Session,
    SessionStatus,
)
from shop.rules import OPEN_STATES, TRANSITIONS, UNDONE, OrderState, next_state, told_by
from tests.conftest import NOON

S = OrderState
PRICE = Money(4900, "USD")
PAYMENT = Payment("pi_1", has_failed=False, captured=4900)
PAID = Session(
    "cs_1", SessionStatus.COMPLETE, True, PRICE, False, "261121-AAAAAAAA", "school.example", "", NOON, PAYMENT
)
UNPAID = replace(PAID, is_paid=False, payment=replace(PAYMENT, captured=0))
WITH_MONEY = {S.PAID, S.DUPLICATE, S.REVIEW, S.PARTLY_REFUNDED, S.REFUNDED, S.CHARGED_BACK}
STATES = st.sampled_from(list(S))


def returned(amount: int, state: RefundState = RefundState.SUCCEEDED) -> Payment:
    return replace(PAYMENT, refunds=(Refund("re_1", state, amount, "USD"),))


def disputed(status: DisputeStatus, refunded: int = 0) -> Payment:
    dispute = Dispute("du_1", "pi_1", status, Money(100, "USD"), "general", None, NOON, False)
    return replace(returned(refunded), disputes=(dispute,))


@pytest.mark.parametrize(
    ("session", "told"),
    [
        (PAID, S.PAID),
        (replace(PAID, payment=None), S.PAID),  # nothing was to be paid, as agreed
        (replace(PAID, status=SessionStatus.OPEN), S.PENDING),  # of 0, which says so before anybody comes
        (replace(UNPAID, status=SessionStatus.OPEN), S.PENDING),
        (
            replace(UNPAID, status=SessionStatus.OPEN, payment=replace(PAYMENT, has_failed=True, captured=0)),
            S.PENDING,
        ),
        (replace(UNPAID, status=SessionStatus.EXPIRED), S.EXPIRED),
        (UNPAID, S.PROCESSING),
        (replace(UNPAID, payment=None), S.PROCESSING),
        (replace(UNPAID, payment=replace(PAYMENT, has_failed=True, captured=0)), S.FAILED),
        (replace(PAID, total=Money(4901, "USD")), S.REVIEW),
        (replace(PAID, total=Money(4900, "EUR")), S.REVIEW),
        (replace(PAID, total=Money(0, "USD"), payment=None), S.REVIEW),
        (replace(PAID, payment=returned(1)), S.PARTLY_REFUNDED),
        (replace(PAID, payment=returned(4899)), S.PARTLY_REFUNDED),
        (replace(PAID, payment=returned(4900)), S.REFUNDED),
        (replace(PAID, total=Money(1, "USD"), payment=returned(4900)), S.REFUNDED),
        (replace(PAID, payment=returned(4900, RefundState.PENDING)), S.PAID),
        (replace(PAID, payment=disputed(DisputeStatus.NEEDS_RESPONSE)), S.PAID),
        (replace(PAID, payment=disputed(DisputeStatus.WON)), S.PAID),
        (replace(PAID, payment=disputed(DisputeStatus.LOST)), S.CHARGED_BACK),
        (replace(PAID, payment=disputed(DisputeStatus.LOST, refunded=100)), S.CHARGED_BACK),
        (replace(PAID, payment=disputed(DisputeStatus.LOST, refunded=4900)), S.REFUNDED),
    ],
)
def test_what_a_session_means(session: Session, told: OrderState) -> None:
    assert told_by(session, PRICE) is told


@given(STATES, STATES)
def test_an_order_goes_where_the_table_leads_or_stays(current: OrderState, told: OrderState) -> None:
    after = next_state(current, told)

    assert after == (told if told in TRANSITIONS[current] else current)
    assert next_state(after, told) == after  # News that comes twice changes nothing.


@given(STATES, st.lists(STATES, max_size=8))
def test_nothing_leads_back(start: OrderState, news: list[OrderState]) -> None:
    state = start
    seen = [state]
    for told in news:
        state = next_state(state, told)
        if state is not seen[-1]:
            assert state not in seen
            seen.append(state)
        assert not (seen[0] in WITH_MONEY and state not in WITH_MONEY)


@pytest.mark.parametrize("told", [S.PAID, S.PARTLY_REFUNDED, S.DUPLICATE, S.REVIEW])
def test_a_refund_that_failed_leads_back_and_no_other_news_does(told: OrderState) -> None:
    assert next_state(S.REFUNDED, told) is S.REFUNDED
    assert next_state(S.REFUNDED, told, has_failed_refund=True) is told


def test_no_failed_refund_leads_back_to_an_order_without_money() -> None:
    assert set(UNDONE) == {S.PARTLY_REFUNDED, S.REFUNDED}
    assert set().union(*UNDONE.values()) <= WITH_MONEY


def test_money_that_came_wins_over_every_ending_without_it() -> None:
    for state in set(S) - WITH_MONEY:
        assert TRANSITIONS[state] >= WITH_MONEY


def test_what_opened_nothing_is_never_partly_refunded() -> None:
    """That state gives access; a double payment, and one under review, give none."""
    assert S.PARTLY_REFUNDED not in TRANSITIONS[S.DUPLICATE] | TRANSITIONS[S.REVIEW]


def test_an_order_that_is_over_is_never_the_open_one_again() -> None:
    for state in set(S) - set(OPEN_STATES):
        assert not TRANSITIONS[state] & set(OPEN_STATES)


def test_every_state_is_in_the_table_and_on_the_page() -> None:
    from tests.servers import ROOT

    drawn = (ROOT / "docs" / "orders.md").read_text()

    assert set(TRANSITIONS) == set(S)
    assert [state for state in S if f"`{state}`" not in drawn] == []
