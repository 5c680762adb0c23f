"""Pressing Enroll, and what becomes of an order: each ending that docs/orders.md names, against the sandbox."""

from typing import Any

import pytest
from sqlalchemy import select, update

from core.database import transaction
from core.errors import Conflict
from core.school import change_school
from enrollment.models import Enrollment
from enrollment.services import revoke
from payments import gateway
from payments.purchases import Purchase
from payments.values import Session, StripeSilent
from shop import checkout
from shop.models import Order
from tests import factories
from tests.shop.shop import Shop, close, publish_terms
from tests.stripe import Sandbox


def sessions(sandbox: Sandbox) -> list[dict[str, Any]]:
    return sandbox.account.store.all("checkout.session")


def change_orders(**columns: Any) -> None:
    with transaction() as session:
        session.execute(update(Order).values(**columns))


def begin_twice(shop: Shop, buyer: Any) -> tuple[str, str]:
    """Two sessions that can both be paid: for a moment the school's key was another account's, and did not know the
    first one."""
    first = shop.begin(buyer)
    with transaction() as database:
        close(database.scalars(select(Order).filter_by(session_id=first)).one())
    return first, shop.begin(buyer)


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


def test_of_two_tabs_that_both_paid_the_second_is_given_back(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first, second = begin_twice(shop, buyer)

    for session in (first, second):
        sandbox.pay(session)
        sandbox.deliver()

    older, newer = shop.orders(buyer)
    assert (older.state, newer.state, newer.refunded) == ("paid", "refunded", newer.price)
    assert shop.changes(newer)[1:] == [("pending", "duplicate"), ("duplicate", "refunded")]
    (asked,) = shop.refunds()
    assert asked["idempotency_key"].startswith("refund:")
    assert asked["params"]["reason"] == "duplicate"
    assert asked["params"]["payment_intent"] == newer.payment_id
    assert sorted(shop.mails(buyer)) == ["paid_twice", "receipt"]
    assert shop.count(Enrollment) == 1
    assert shop.is_in(buyer)


def test_a_refund_that_stripe_did_not_answer_is_asked_for_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    first, second = begin_twice(shop, buyer)
    sandbox.pay(first)
    sandbox.deliver()
    sandbox.faults(kind="lose", method="POST", path="/v1/refunds", count=1)
    sandbox.pay(second)
    checkout.fulfill(second, "return")
    assert shop.states(buyer) == ["paid", "duplicate"]

    checkout.fulfill(second, "return")

    assert shop.states(buyer) == ["paid", "refunded"]
    assert len(sandbox.account.store.all("refund")) == 1


def test_a_refund_that_stripe_failed_at_is_asked_for_by_another_key(shop: Shop, sandbox: Sandbox) -> None:
    """Stripe repeats a 500 for a day; and where it had acted, it gives back no more than was paid."""
    for fault in ({"kind": "fail", "status": 500}, {"kind": "lose", "how": "500"}):
        buyer = shop.buyer()
        session = shop.begin(buyer)
        factories.enroll(buyer, shop.course, "admin")
        sandbox.pay(session)
        sandbox.faults(**fault, method="POST", path="/v1/refunds", count=1)

        sandbox.deliver()

        assert shop.states(buyer) == ["refunded"]
        assert shop.order(buyer).refunded_minor == 4900
    assert len(sandbox.account.store.all("refund")) == 2


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


def test_of_two_tabs_the_slower_is_sent_to_the_checkout_of_the_quicker(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Stripe made the session of the one, the price changed and the other began: it closed that order."""
    buyer, create, other = shop.buyer(), gateway.create_session, []

    def slowly(purchase: Purchase) -> Session:
        made = create(purchase)
        monkeypatch.setattr(gateway, "create_session", create)
        shop.set_price(5900)
        other.append(shop.begin(buyer))
        return made

    monkeypatch.setattr(gateway, "create_session", slowly)
    slower = shop.begin(buyer)

    assert [slower] == other
    assert [(each["status"], each["amount_total"]) for each in sessions(sandbox)] == [
        ("open", 5900),
        ("expired", 4900),
    ]
    assert shop.states(buyer) == ["expired", "pending"]


def test_an_order_whose_session_this_account_does_not_have_is_followed_by_a_new_one(
    shop: Shop, sandbox: Sandbox
) -> None:
    """The school changed its key: nobody is kept from buying by an order that nobody can pay."""
    buyer = shop.buyer()
    shop.begin(buyer)
    sandbox.reset()

    session = shop.begin(buyer)

    assert [each["id"] for each in sessions(sandbox)] == [session]
    assert shop.states(buyer) == ["expired", "pending"]


def test_an_order_of_test_mode_is_not_paid_with_live_money(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The school went live while an order waited for its session."""
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    monkeypatch.setattr(type(shop.app.config["STRATUM"]), "is_live", property(lambda _: True))

    shop.begin(buyer)

    assert [(each.state, each.livemode) for each in shop.orders(buyer)] == [
        ("pending", False),
        ("pending", True),
    ]


def test_a_debit_of_test_mode_keeps_nobody_from_buying_with_live_money(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shop.buyer()
    sandbox.debit(shop.begin(buyer))
    sandbox.deliver()
    monkeypatch.setattr(type(shop.app.config["STRATUM"]), "is_live", property(lambda _: True))

    shop.begin(buyer)

    assert [(each.state, each.livemode) for each in shop.orders(buyer)] == [
        ("processing", False),
        ("pending", True),
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
