"""The reconciler: it repairs what webhooks missed, reports what a person must see, and harms nothing by running."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import jobs
from core.clock import now
from core.database import db, transaction
from payments import gateway
from payments.values import PaymentsOff, StripeSilent
from shop import checkout, reconcile
from shop import jobs as enrollment_jobs
from shop.models import EventFate, Order, ReconcileRun, StripeEventRow
from tests import factories
from tests.shop.shop import Shop
from tests.stripe import Sandbox


@pytest.fixture(autouse=True)
def _ripe_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "RIPE", timedelta(seconds=-1))


def run() -> reconcile.Report:
    db.session.rollback()
    report = reconcile.reconcile("job")
    db.session.rollback()
    return report


def change_orders(**columns: Any) -> None:
    with transaction() as session:
        session.execute(update(Order).values(**columns))


def begin_and_forget(shop: Shop, sandbox: Sandbox, buyer: Any) -> str:
    """Stripe made the session, and its answer was lost: the id that we never heard of."""
    sandbox.faults(kind="lose", how="cut", method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    return str(sandbox.account.store.all("checkout.session")[0]["id"])


def test_a_payment_whose_events_were_all_lost_is_found(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="drop")
    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()
    assert shop.states(buyer) == ["pending"]

    report = run()

    number = shop.order(buyer).number
    assert report.repaired == [{"order": number, "before": "pending", "after": "paid"}]
    assert (report.trouble, report.unknown_sessions) == ([], [])
    assert shop.is_in(buyer)
    assert shop.mails(buyer) == ["receipt"]


@pytest.mark.parametrize(("act", "state"), [("expire", "expired"), ("debit", "processing")])
def test_other_endings_are_found_too(shop: Shop, sandbox: Sandbox, act: str, state: str) -> None:
    buyer = shop.buyer()
    getattr(sandbox, act)(shop.begin(buyer))

    run()

    assert shop.states(buyer) == [state]


def test_a_refund_whose_events_were_lost_is_found_among_the_undelivered(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    sandbox.faults(kind="drop")
    sandbox.refund(session)
    sandbox.deliver()

    report = run()

    assert shop.states(buyer) == ["refunded"]
    assert report.events == {"replayed": 2, "failed": 0}
    assert run().events == {"replayed": 0, "failed": 0}  # What is settled is not asked for again.


def test_an_event_that_could_not_be_handled_is_replayed(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    sandbox.refund(session)
    sandbox.faults(kind="fail", status=503, method="GET")
    sandbox.deliver()
    sandbox.clear_faults()
    (event,) = sandbox.events("charge.refunded")
    with transaction() as database:
        assert database.get_one(StripeEventRow, event["id"]).fate is EventFate.WAITING

    run()

    assert shop.states(buyer) == ["refunded"]
    assert db.session.get_one(StripeEventRow, event["id"]).fate is EventFate.APPLIED


def test_a_double_payment_that_was_not_given_back_is(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    sandbox.pay(session)
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    checkout.fulfill(session, "return")
    assert shop.states(buyer) == ["duplicate"]

    run()

    assert shop.states(buyer) == ["refunded"]


def test_a_session_that_was_never_heard_of_is_found_by_its_order(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = begin_and_forget(shop, sandbox, buyer)

    assert run().trouble == []

    assert shop.order(buyer).session_id == session
    assert shop.begin(buyer) == session


def test_an_order_that_stripe_never_heard_of_is_closed_when_its_time_is_over(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    sandbox.faults(kind="fail", status=429, method="POST", count=1)
    with pytest.raises(StripeSilent):
        shop.begin(buyer)
    run()
    assert shop.states(buyer) == ["pending"]

    change_orders(expires_at=now() - timedelta(hours=1))
    run()

    assert shop.states(buyer) == ["expired"]


def test_an_order_whose_session_this_account_does_not_have_is_closed(shop: Shop, sandbox: Sandbox) -> None:
    """The school changed its key, perhaps from test to live: nobody can pay that session any more."""
    buyer = shop.buyer()
    shop.begin(buyer)
    sandbox.reset()

    report = run()

    assert shop.states(buyer) == ["expired"]
    assert report.trouble == []


def test_money_on_its_way_that_this_account_does_not_know_is_trouble(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.debit(shop.begin(buyer))
    sandbox.deliver()
    sandbox.reset()

    report = run()

    assert shop.states(buyer) == ["processing"]
    assert len(report.trouble) == 1


def test_a_paid_session_whose_order_is_not_here_is_reported(shop: Shop, sandbox: Sandbox) -> None:
    session = shop.begin(shop.buyer())
    sandbox.pay(session)
    change_orders(number="another", session_id=None)

    report = run()

    assert report.unknown_sessions == [session]


def test_a_payment_of_an_order_that_was_closed_is_found(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(shop.begin(buyer))
    change_orders(state="expired")

    run()

    assert shop.states(buyer) == ["paid"]


def test_young_orders_are_left_to_their_buyers(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "RIPE", timedelta(minutes=10))
    shop.begin(shop.buyer())

    assert run().looked_at == 0


def test_trouble_with_one_order_does_not_keep_another_from_being_looked_at(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = shop.buyer(), shop.buyer()
    lame, paid = shop.begin(first), shop.begin(second)
    sandbox.pay(paid)
    fetch = gateway.fetch_session

    def stumble(session_id: str) -> Any:
        if session_id == lame:
            raise StripeSilent(gateway.SILENT)
        return fetch(session_id)

    monkeypatch.setattr(gateway, "fetch_session", stumble)
    report = run()

    assert shop.states(second) == ["paid"]
    (trouble,) = report.trouble
    assert trouble.startswith("Order ")
    assert trouble.endswith(gateway.SILENT)


def test_each_run_keeps_its_report(shop: Shop, sandbox: Sandbox) -> None:
    report = run()

    kept = db.session.scalars(select(ReconcileRun)).one()
    assert (kept.cause, kept.report) == ("job", report.to_json())
    assert kept.finished_at is not None


def test_asking_for_a_run_rings_for_the_worker(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "ring", lambda *call: rung.append(call))

    with transaction():
        reconcile.ring("admin")
        assert rung == []

    assert rung == [(reconcile.BELL, "admin")]
    assert jobs._answers[reconcile.BELL] is reconcile.reconcile


def without_key(shop: Shop) -> None:
    config = shop.app.config["STRATUM"]
    off = {"stripe_secret_key": None, "stripe_webhook_secrets": (), "stripe_api_base": None}
    shop.app.config["STRATUM"] = replace(config, **off)


def test_without_a_key_the_hourly_job_rests_and_the_command_says_why(shop: Shop) -> None:
    without_key(shop)

    enrollment_jobs.hourly()

    with pytest.raises(PaymentsOff):
        reconcile.reconcile("job")
    ended = shop.app.test_cli_runner().invoke(args=["stratum", "stripe", "reconcile"])
    assert (ended.exit_code, "Payments are not set up" in ended.output) == (1, True)
    assert shop.count(ReconcileRun) == 0


def test_the_hourly_job_logs_what_a_person_must_look_at(
    shop: Shop, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.pay(shop.begin(shop.buyer()))
    change_orders(number="another", session_id=None)

    enrollment_jobs.hourly()

    assert "something needs a look" in caplog.text


def test_the_command_says_what_it_repaired(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(shop.begin(buyer))
    number = shop.order(buyer).number
    db.session.rollback()

    ended = shop.app.test_cli_runner().invoke(args=["stratum", "stripe", "reconcile"])

    assert ended.exit_code == 0
    assert "Orders looked at: 1; repaired: 1. Events replayed: 3." in ended.output
    assert f"Order {number}: pending is now paid." in ended.output


def test_the_command_fails_where_a_person_must_look(shop: Shop, sandbox: Sandbox) -> None:
    session = shop.begin(shop.buyer())
    sandbox.pay(session)
    change_orders(number="another", session_id=None)

    ended = shop.app.test_cli_runner().invoke(args=["stratum", "stripe", "reconcile"])

    assert ended.exit_code == 1
    assert f"Paid at Stripe without an order here: {session}." in ended.output
