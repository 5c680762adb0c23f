"""Pressing Enroll, and what becomes of an order: each ending that docs/orders.md names, against the sandbox."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from core.clock import now
from core.database import transaction
from core.errors import Conflict
from core.school import change_school
from enrollment import checkout, gateway
from enrollment.models import Enrollment, LegalText, Order
from enrollment.payments import PaymentsOff, Session, StripeRefused, StripeSilent
from enrollment.services import revoke
from tests import factories
from tests.enrollment.shop import Shop, publish_terms
from tests.stripe import KEY, Sandbox

SESSIONS = "/v1/checkout/sessions"


def keys(sandbox: Sandbox) -> list[str]:
    """The last part of each idempotency key that a session was asked for with: `session:<attempt>`."""
    return [
        each["idempotency_key"].partition(":session:")[2]
        for each in sandbox.requests("POST", SESSIONS)
        if each["path"] == SESSIONS
    ]


def sessions(sandbox: Sandbox) -> list[dict[str, Any]]:
    return sandbox.account.store.all("checkout.session")


def change_orders(**columns: Any) -> None:
    with transaction() as session:
        session.execute(update(Order).values(**columns))


def begin_twice_over_a_price_change(
    shop: Shop, buyer: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """While Stripe makes the session of one tab the price changes, and another tab begins: both can be paid."""
    create, other = gateway.create_session, []

    def slowly(purchase: gateway.Purchase) -> Session:
        made = create(purchase)
        monkeypatch.setattr(gateway, "create_session", create)
        shop.set_price(5900)
        other.append(shop.begin(buyer))
        return made

    monkeypatch.setattr(gateway, "create_session", slowly)
    return shop.begin(buyer), other[0]


# ---- How an order ends


def test_who_paid_is_in_and_has_a_receipt(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()

    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()

    order = shop.order(buyer)
    assert (order.state, order.payment_method, str(order.price)) == ("paid", "card", "49.00 USD")
    assert (order.terms_version, order.refund_days, order.livemode) == ("2026-11-21", 14, False)
    assert order.receipt_url.startswith(sandbox.api_base)
    assert shop.is_in(buyer)
    assert shop.mails(buyer) == ["receipt"]
    assert shop.changes(order) == [(None, "pending"), ("pending", "paid")]


def test_a_free_course_never_asks_stripe(shop: Shop, sandbox: Sandbox) -> None:
    buyer, course = shop.buyer(), factories.make_course()

    answer = factories.post(shop.browser(buyer), f"/courses/{course.slug}/enroll")

    assert answer.location == f"/learn/{course.slug}"
    assert shop.is_in(buyer, course)
    assert shop.orders(buyer) == []
    assert sandbox.requests() == []


def test_a_session_that_asks_for_nothing_is_no_way_into_a_course_that_costs(
    shop: Shop, sandbox: Sandbox
) -> None:
    """It counts as paid (test_order_rules.py), but it is not what was ordered."""
    buyer = shop.buyer()
    session = sandbox.account.store.get("checkout.session", shop.begin(buyer))
    assert session is not None
    sandbox.account.store.put(session | {"amount_total": 0, "payment_status": "no_payment_required"})

    sandbox.pay(session["id"])
    sandbox.deliver()

    assert shop.states(buyer) == ["review"]
    assert not shop.is_in(buyer)


def test_a_checkout_that_was_left_is_taken_up_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()

    assert shop.begin(buyer) == shop.begin(buyer)

    assert shop.states(buyer) == ["pending"]
    assert len(sessions(sandbox)) == 1
    assert shop.mails(buyer) == []


def test_after_a_checkout_expired_a_new_one_begins(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first = shop.begin(buyer)
    sandbox.expire(first)
    sandbox.deliver()
    assert shop.states(buyer) == ["expired"]

    second = shop.begin(buyer)

    assert second != first
    assert shop.states(buyer) == ["expired", "pending"]
    assert shop.mails(buyer) == []


def test_a_press_after_an_expiry_that_nobody_told_us_of_begins_anew(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first = shop.begin(buyer)
    sandbox.expire(first)

    assert shop.begin(buyer) != first

    assert shop.states(buyer) == ["expired", "pending"]


def test_a_card_that_was_refused_leaves_the_checkout_open_for_another(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.decline(session)
    sandbox.deliver()
    assert shop.states(buyer) == ["pending"]
    assert shop.begin(buyer) == session

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["paid"]
    assert shop.order(buyer).failure == ""
    assert shop.mails(buyer) == ["receipt"]


def test_a_debit_opens_the_course_only_when_it_settles(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.debit(session)
    sandbox.deliver()
    assert shop.states(buyer) == ["processing"]
    assert not shop.is_in(buyer)

    sandbox.settle(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["paid"]
    assert shop.is_in(buyer)
    assert shop.mails(buyer) == ["payment_processing", "receipt"]


def test_while_a_debit_is_on_its_way_nobody_pays_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.debit(shop.begin(buyer))

    answer = shop.press_enroll(shop.browser(buyer))  # before we were told, and
    again = shop.press_enroll(shop.browser(buyer))  # after

    assert answer.location == again.location == shop.order(buyer).url
    assert len(sessions(sandbox)) == 1


def test_after_a_debit_that_failed_a_new_order_may_be_paid(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.debit(session)
    sandbox.deliver()
    sandbox.fail(session)
    sandbox.deliver()
    assert shop.states(buyer) == ["failed"]
    assert "insufficient funds" in shop.order(buyer).failure

    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()

    assert shop.states(buyer) == ["failed", "paid"]
    assert shop.is_in(buyer)
    assert shop.mails(buyer) == ["payment_processing", "payment_failed", "receipt"]


# ---- Paid twice, or by somebody who is in


def test_of_two_tabs_that_both_paid_the_second_is_given_back(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shop.buyer()
    first, second = begin_twice_over_a_price_change(shop, buyer, monkeypatch)

    for session in (first, second):
        sandbox.pay(session)
        sandbox.deliver()

    older, newer = shop.orders(buyer)
    assert (older.state, newer.state, newer.refunded) == ("paid", "refunded", newer.price)
    assert shop.changes(newer)[1:] == [("pending", "duplicate"), ("duplicate", "refunded")]
    (asked,) = shop.refunds()
    assert asked["idempotency_key"] == f"order:{newer.number}:duplicate-refund"
    assert asked["params"]["payment_intent"] == newer.payment_id
    assert sorted(shop.mails(buyer)) == ["paid_twice", "receipt"]
    assert shop.count(Enrollment) == 1
    assert shop.is_in(buyer)


def test_a_refund_that_stripe_did_not_answer_is_asked_for_again(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shop.buyer()
    first, second = begin_twice_over_a_price_change(shop, buyer, monkeypatch)
    sandbox.pay(first)
    sandbox.deliver()
    sandbox.faults(kind="lose", method="POST", path="/v1/refunds", count=1)
    sandbox.pay(second)
    checkout.fulfill(second, "return")
    assert shop.states(buyer) == ["paid", "duplicate"]

    checkout.fulfill(second, "return")

    assert shop.states(buyer) == ["paid", "refunded"]
    assert len(sandbox.account.store.all("refund")) == 1


def test_who_was_let_in_by_hand_meanwhile_gets_the_money_back(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert shop.mails(buyer) == ["paid_twice"]
    assert shop.is_in(buyer)


def test_who_is_in_already_gets_no_session(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    factories.enroll(buyer, shop.course)

    answer = shop.press_enroll(shop.browser(buyer))

    assert answer.location == f"/learn/{shop.course.slug}"
    with pytest.raises(Conflict, match="in this course already"):
        shop.begin(buyer)
    assert shop.orders(buyer) == []
    assert sandbox.requests() == []


def test_whom_the_school_put_out_gets_no_session(shop: Shop, sandbox: Sandbox) -> None:
    buyer, admin = shop.buyer(), factories.make_user("", "Ida", "admin")
    number = factories.enroll(buyer, shop.course, "admin")
    with transaction():
        revoke(number, admin.id)

    assert shop.press_enroll(shop.browser(buyer)).status_code == 409

    assert shop.orders(buyer) == []
    assert sandbox.requests() == []


# ---- Something changed while a checkout was open


def test_an_open_checkout_is_honoured_at_its_old_price(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    shop.set_price(9900)

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["paid"]
    assert shop.order(buyer).amount_minor == 4900


def test_a_press_after_a_new_price_closes_the_old_checkout(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first = shop.begin(buyer)
    shop.set_price(9900)

    second = shop.begin(buyer)

    older, newer = shop.orders(buyer)
    assert (older.state, newer.state, newer.amount_minor) == ("expired", "pending", 9900)
    by_id = {each["id"]: (each["status"], each["amount_total"]) for each in sessions(sandbox)}
    assert by_id == {first: ("expired", 4900), second: ("open", 9900)}


def test_what_was_paid_while_the_old_checkout_was_being_closed_is_honoured(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    shop.set_price(9900)
    expire = gateway.expire_session

    def late(session_id: str) -> None:
        sandbox.pay(session_id)
        expire(session_id)

    monkeypatch.setattr(gateway, "expire_session", late)
    answer = shop.press_enroll(shop.browser(buyer))

    assert answer.location == shop.order(buyer).url
    assert shop.states(buyer) == ["paid"]
    assert sessions(sandbox)[0]["id"] == session
    assert shop.is_in(buyer)


def test_a_press_under_new_terms_makes_an_order_under_them(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first = shop.begin(buyer)
    publish_terms("2026-12-01")

    assert shop.begin(buyer) != first

    assert [(each.state, each.terms_version) for each in shop.orders(buyer)] == [
        ("expired", "2026-11-21"),
        ("pending", "2026-12-01"),
    ]


@pytest.mark.parametrize("wrong", [{"amount_minor": 4901}, {"currency": "EUR"}])
def test_money_that_is_not_what_was_ordered_is_for_a_person_to_look_at(
    shop: Shop, sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    with transaction():
        change_school({"support_email": "help@example.org"})
    buyer = shop.buyer()
    session = shop.begin(buyer)
    change_orders(**wrong)

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["review"]
    assert not shop.is_in(buyer)
    assert shop.mails(buyer) == []
    (mail,) = factories.mails("help@example.org")
    assert (mail.kind, shop.order(buyer).number in mail.text) == ("order_review", True)
    assert shop.refunds() == []


# ---- Stripe does not answer as it should


def test_when_stripe_is_silent_the_same_key_is_used_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)

    shop.begin(buyer)

    assert keys(sandbox) == ["1", "1"]


def test_when_nothing_listens_at_stripe_nothing_is_lost(shop: Shop, sandbox: Sandbox) -> None:
    from tests.servers import free_port

    buyer = shop.buyer()
    shop.app.extensions["stripe"] = gateway._make_client(KEY, f"http://127.0.0.1:{free_port()}")
    assert shop.press_enroll(shop.browser(buyer)).status_code == 503
    del shop.app.extensions["stripe"]

    shop.begin(buyer)

    assert keys(sandbox) == ["1"]
    assert shop.states(buyer) == ["pending"]


@pytest.mark.parametrize(("how", "tries"), [("cut", ["1", "1"]), ("500", ["1"])])
def test_a_session_whose_answer_was_lost_is_found_again(
    shop: Shop, sandbox: Sandbox, how: str, tries: list[str]
) -> None:
    """A lost connection asks again with the same key; a 500 looks among the sessions first."""
    buyer = shop.buyer()
    sandbox.faults(kind="lose", how=how, method="POST", count=1)
    if how == "cut":
        with pytest.raises(StripeSilent):
            shop.begin(buyer)

    found = shop.begin(buyer)

    assert [each["id"] for each in sessions(sandbox)] == [found]
    assert keys(sandbox) == tries
    assert shop.order(buyer).session_id == found


def test_a_definite_refusal_gives_the_next_attempt_a_key_of_its_own(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    shop.set_price(10)  # less than Stripe takes
    with pytest.raises(StripeRefused):
        shop.begin(buyer)
    assert shop.order(buyer).attempt == 2

    with pytest.raises(StripeRefused):
        shop.begin(buyer)

    assert keys(sandbox) == ["1", "2"]
    assert shop.states(buyer) == ["pending"]


def test_after_a_500_a_new_key_is_used_once_nothing_was_found(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=500, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    assert [each["path"] for each in sandbox.requests("GET")] == [SESSIONS]

    shop.begin(buyer)

    assert keys(sandbox) == ["1", "2"]
    assert len(sessions(sandbox)) == 1


def test_a_500_is_not_forgotten_while_stripe_cannot_be_searched(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=500, method="POST", count=1)
    sandbox.faults(kind="fail", status=429, method="GET", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    assert shop.order(buyer).attempt == 1

    with pytest.raises(StripeSilent):  # Stripe repeats its 500, now there is time to look.
        shop.begin(buyer)
    shop.begin(buyer)

    assert keys(sandbox) == ["1", "1", "2"]


def test_a_key_that_is_in_use_is_waited_for(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    sandbox.account.keys_in_use.add(key := f"order:{shop.order(buyer).number}:session:1")
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    sandbox.account.keys_in_use.discard(key)

    shop.begin(buyer)

    assert keys(sandbox) == ["1", "1", "1"]


@pytest.mark.parametrize("ended", [timedelta(hours=-1), timedelta(minutes=30)])
def test_an_order_without_a_session_whose_time_is_over_is_followed_by_a_new_one(
    shop: Shop, sandbox: Sandbox, ended: timedelta
) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    change_orders(expires_at=now() + ended)

    shop.begin(buyer)

    assert shop.states(buyer) == ["expired", "pending"]


# ---- Nothing can be sold


def test_without_legal_texts_nothing_is_sold(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    with transaction() as session:
        session.execute(delete(LegalText).filter_by(page="refunds"))

    answer = shop.press_enroll(shop.browser(buyer))

    assert (answer.status_code, "has not published" in answer.text) == (503, True)
    assert shop.orders(buyer) == []
    assert sandbox.requests() == []


def test_without_a_key_free_courses_work_and_others_say_that_payments_are_not_set_up(
    shop: Shop, sandbox: Sandbox
) -> None:
    config = shop.app.config["STRATUM"]
    shop.app.config["STRATUM"] = replace(
        config, env="production", stripe_secret_key=None, stripe_webhook_secrets=(), stripe_api_base=None
    )
    buyer, free = shop.buyer(), factories.make_course()
    browser = shop.browser(buyer)

    answer = shop.press_enroll(browser)
    factories.post(browser, f"/courses/{free.slug}/enroll")

    assert (answer.status_code, "not set up" in answer.text) == (503, True)
    assert shop.orders(buyer) == []
    assert shop.is_in(buyer, free)
    with pytest.raises(PaymentsOff):
        shop.begin(buyer)
