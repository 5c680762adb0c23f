"""Money that goes back at Stripe, and money for somebody who may not come in (any more)."""

from typing import Any

import pytest
from sqlalchemy import delete, select

from accounts.models import User
from certificates.models import Certificate
from core.database import db, transaction
from enrollment.models import Enrollment
from enrollment.services import revoke
from progress.services import done_steps
from shop import checkout, orders, turns
from shop.models import Order
from tests import factories
from tests.shop.shop import Shop
from tests.stripe import Sandbox


def buy(shop: Shop, sandbox: Sandbox, buyer: Any) -> str:
    """The buyer paid and is in: the id of the session."""
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    assert shop.is_in(buyer)
    return session


def certificate(buyer: Any) -> Certificate:
    db.session.rollback()
    return db.session.scalars(select(Certificate).filter_by(user_id=buyer.id)).one()


def finish(shop: Shop, buyer: Any) -> None:
    factories.complete(buyer, *factories.steps_of(shop.course))
    assert certificate(buyer).revoked_at is None


def put_out(buyer: Any) -> None:
    """The school ends the buyer's access by hand."""
    admin = factories.make_user("", "Ida", "admin")
    with transaction() as session:
        found = session.scalars(select(Enrollment.id).filter_by(user_id=buyer.id)).one()
        revoke(found, admin.id)


def test_a_full_refund_ends_access_and_withdraws_the_certificate(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    finish(shop, buyer)

    sandbox.refund(session)
    sandbox.deliver()

    order = shop.order(buyer)
    assert (order.state, order.refunded) == ("refunded", order.price)
    assert not shop.is_in(buyer)
    assert certificate(buyer).revoked_reason == "The course was refunded."
    assert shop.mails(buyer) == ["receipt", "certificate_issued", "refunded"]


def test_refund_access_and_certificate_are_one_commit(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails last, nothing of it has happened; and the event is there to bring it again."""
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    finish(shop, buyer)
    sandbox.refund(session)

    with monkeypatch.context() as broken:

        def fail(*_: object) -> None:
            raise RuntimeError("the disk is full")

        broken.setattr(checkout.stripe_events, "settle", fail)
        sandbox.deliver()
    assert shop.states(buyer) == ["paid"]
    assert shop.is_in(buyer)
    assert certificate(buyer).revoked_at is None
    assert "refunded" not in shop.mails(buyer)

    sandbox.deliver(early=True)
    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)
    assert certificate(buyer).revoked_at is not None


def test_a_certificate_does_not_outlive_the_refund_of_one_whom_the_school_had_put_out(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    finish(shop, buyer)
    put_out(buyer)

    sandbox.refund(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert certificate(buyer).revoked_at is not None
    db.session.rollback()
    assert db.session.scalars(select(Enrollment.end_reason)).one() == "admin"  # The school's word stands.


def test_who_was_let_in_again_by_hand_stays_in_when_the_order_is_refunded(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    put_out(buyer)
    factories.enroll(buyer, shop.course, "admin")

    sandbox.refund(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert shop.is_in(buyer)


def test_a_refund_of_a_part_keeps_access(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)

    sandbox.refund(session, 1000)
    sandbox.deliver()
    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("partly_refunded", 1000)
    assert shop.is_in(buyer)
    assert shop.mails(buyer) == ["receipt"]

    sandbox.refund(session)  # The rest of it makes it a full one.
    sandbox.deliver()
    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("refunded", 4900)
    assert not shop.is_in(buyer)


def test_a_pending_refund_ends_access_only_when_it_went_through(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    refund = sandbox.refund(session, status="pending")
    sandbox.deliver()
    assert shop.states(buyer) == ["paid"]
    assert shop.is_in(buyer)

    sandbox.refund_arrives(refund["id"])
    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)


def test_a_refund_that_falls_back_changes_nothing(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)

    sandbox.refund_falls(sandbox.refund(session, status="pending")["id"])
    sandbox.deliver()

    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("paid", 0)
    assert shop.is_in(buyer)


def test_who_was_refunded_may_buy_again_and_finds_all_progress(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    lesson = factories.steps_of(shop.course)[0]
    session = buy(shop, sandbox, buyer)
    factories.complete(buyer, lesson)
    sandbox.refund(session)
    sandbox.deliver()
    assert not shop.is_in(buyer)

    buy(shop, sandbox, buyer)

    assert shop.states(buyer) == ["refunded", "paid"]
    assert done_steps(buyer.id, shop.course.id) == {lesson.id}
    assert shop.mails(buyer) == ["receipt", "refunded", "receipt"]


def test_old_news_of_a_refunded_order_does_not_touch_the_new_one(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    sandbox.refund(session)
    sandbox.deliver()
    buy(shop, sandbox, buyer)

    for event in sandbox.events():
        sandbox.deliver(event=event["id"])
    checkout.fulfill(session, "return")

    assert shop.states(buyer) == ["refunded", "paid"]
    assert shop.is_in(buyer)


# ---- Paid, but nobody may come in


def test_who_was_erased_before_the_payment_came_lets_nobody_in(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    number = shop.order(buyer).number
    with transaction() as database:
        database.execute(delete(User).where(User.id == buyer.id))

    sandbox.pay(session)
    sandbox.deliver()

    db.session.rollback()
    order = orders.find_order(number)
    assert (order.state, order.user_id) == ("review", None)
    assert shop.count(Enrollment) == 0


def test_who_was_put_out_by_the_school_does_not_come_back_by_paying(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    put_out(buyer)

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(buyer) == ["review"]
    assert not shop.is_in(buyer)
    assert shop.mails(buyer) == []

    sandbox.refund(session)
    sandbox.deliver()
    assert shop.states(buyer) == ["refunded"]
    assert shop.mails(buyer) == ["refunded"]


def test_a_part_of_a_payment_under_review_may_go_back_and_still_opens_nothing(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    put_out(buyer)
    sandbox.pay(session)
    sandbox.deliver()

    sandbox.refund(session, 1000)
    sandbox.deliver()

    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("review", 1000)
    assert not shop.is_in(buyer)


def test_of_a_double_payment_the_rest_goes_back_too_where_a_part_did(shop: Shop, sandbox: Sandbox) -> None:
    """Stripe could not be asked for the refund, and somebody began it by hand."""
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    sandbox.pay(session)
    sandbox.faults(kind="fail", status=429, method="POST", path="/v1/refunds", count=1)
    checkout.fulfill(session, "return")
    assert shop.states(buyer) == ["duplicate"]

    sandbox.refund(session, 1000)
    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert [each["amount"] for each in sandbox.account.store.all("refund")] == [3900, 1000]
    assert isinstance(shop.order(buyer), Order)


def test_an_order_paid_otherwise_than_ordered_is_let_in_by_an_admin_alone(
    shop: Shop, sandbox: Sandbox
) -> None:
    admin, buyer = factories.make_user("", "Ida", "admin"), shop.buyer()
    session = shop.begin(buyer)
    number = shop.order(buyer).id
    with transaction() as database:
        database.get_one(Order, number).amount_minor = 9900
    sandbox.pay(session)
    sandbox.deliver()
    assert (shop.states(buyer), shop.is_in(buyer)) == (["review"], False)

    checkout.fulfill(session, "reconcile")
    assert shop.states(buyer) == ["review"]
    name = shop.order(buyer).number
    with transaction():
        turns.accept(name, admin.id)

    assert (shop.states(buyer), shop.is_in(buyer)) == (["paid"], True)
    assert str(shop.order(buyer).amount) == "49.00 USD"
    sandbox.refund(session)
    sandbox.deliver()
    assert (shop.states(buyer), shop.is_in(buyer)) == (["refunded"], False)


def test_an_order_of_which_a_part_went_back_before_it_was_accepted_says_so(
    shop: Shop, sandbox: Sandbox
) -> None:
    admin, buyer = factories.make_user("", "Ida", "admin"), shop.buyer()
    session = shop.begin(buyer)
    order_id = shop.order(buyer).id
    with transaction() as database:
        database.get_one(Order, order_id).amount_minor = 4000
    sandbox.pay(session)
    sandbox.refund(session, 900)
    sandbox.deliver()
    assert shop.states(buyer) == ["review"]

    number = shop.order(buyer).number
    with transaction():
        turns.accept(number, admin.id)

    assert (shop.states(buyer), shop.is_in(buyer)) == (["partly_refunded"], True)
    assert shop.mails(buyer) == ["receipt"]


def test_who_was_let_in_by_hand_stays_in_when_the_accepted_order_is_refunded(
    shop: Shop, sandbox: Sandbox
) -> None:
    admin, buyer = factories.make_user("", "Ida", "admin"), shop.buyer()
    session = shop.begin(buyer)
    number = shop.order(buyer).id
    with transaction() as database:
        database.get_one(Order, number).amount_minor = 9900
    sandbox.pay(session)
    sandbox.deliver()
    factories.enroll(buyer, shop.course, "admin")

    name = shop.order(buyer).number
    with transaction():
        turns.accept(name, admin.id)
    sandbox.refund(session)
    sandbox.deliver()

    assert (shop.states(buyer), shop.is_in(buyer)) == (["refunded"], True)


def test_a_last_step_that_is_written_after_the_refund_earns_nothing(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    sandbox.refund(session)
    sandbox.deliver()

    factories.complete(buyer, *factories.steps_of(shop.course))

    assert shop.count(Certificate) == 0
