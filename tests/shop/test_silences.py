"""Stripe silent, busy, failing or refusing, and a school that cannot sell: what a press of Enroll leaves behind."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from core.clock import now
from core.database import transaction
from payments import gateway
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop.models import LegalText, Order
from tests import factories
from tests.shop.shop import Shop
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
