"""The door that Stripe knocks at: signatures, and events that come twice, late, out of order or astray."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.clock import now
from core.database import Base, db, transaction
from sandbox.deliveries import signature
from shop import checkout
from shop.models import EventFate, Order, StripeEventRow
from tests import factories
from tests.conftest import NOON, Clock
from tests.shop.shop import Shop
from tests.stripe import SECRET, Sandbox


def counts() -> dict[str, int]:
    """How many rows each table holds."""
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    return {each.name: db.session.scalar(select(func.count()).select_from(each)) or 0 for each in tables}


def knock(shop: Shop, body: bytes, header: str | None, **options: Any) -> int:
    headers = {} if header is None else {"Stripe-Signature": header}
    client = shop.app.test_client()
    return client.post("/webhooks/stripe", data=body, headers=headers, **options).status_code


def paid_event(shop: Shop, sandbox: Sandbox, buyer: Any) -> tuple[str, bytes]:
    """The id and the body of the event that a checkout was completed, which nobody has heard of yet."""
    sandbox.pay(shop.begin(buyer))
    (event,) = sandbox.events("checkout.session.completed")
    return event["id"], sandbox.webhook(event["id"])[0]


def signed(body: bytes, *secrets: str, ahead: int = 0) -> str:
    """A signature made `ahead` seconds from now by the product's clock."""
    return signature(body, secrets or (SECRET,), int(now().timestamp()) + ahead)


def row(event_id: str) -> StripeEventRow:
    db.session.rollback()
    return db.session.get_one(StripeEventRow, event_id)


def fate(event_id: str) -> EventFate:
    return row(event_id).fate


# ---- Signatures

FORGED: dict[str, Callable[[bytes], str | None]] = {
    "missing": lambda body: None,
    "empty": lambda body: "",
    "nonsense": lambda body: "t=,v1=",
    "of another secret": lambda body: signed(body, "whsec_other"),
    "of an empty secret": lambda body: signed(body, ""),
    "of a blank secret": lambda body: signed(body, " "),
    "of another body": lambda body: signed(body + b" "),
    "of 302 seconds ago": lambda body: signed(body, ahead=-302),
    "of 302 seconds ahead": lambda body: signed(body, ahead=302),
    "with a second time before": lambda body: f"t={int(now().timestamp())}," + signed(body, ahead=-900),
    "with a second time behind": lambda body: signed(body, ahead=-900) + f",t={int(now().timestamp())}",
    "of another scheme": lambda body: signed(body).replace("v1=", "v0="),
    "without a time": lambda body: signed(body).partition(",")[2],
    "at no moment of this world": lambda body: "t=" + "9" * 400 + ",v1=00",
    "at a moment that is no number": lambda body: "t=" + "9" * 5000 + ",v1=00",
    "in other digits": lambda body: "t=٣,v1=00".encode().decode("latin-1"),
    "in other letters": lambda body: signed(body).partition("v1=")[0] + "v1=\xe9",
}


def test_a_delivery_that_is_not_signed_just_now_by_a_secret_of_ours_leaves_no_trace(
    shop: Shop, sandbox: Sandbox
) -> None:
    _, body = paid_event(shop, sandbox, shop.buyer())
    before = counts()

    met = {name: knock(shop, body, forged(body)) for name, forged in FORGED.items()}

    assert met == dict.fromkeys(FORGED, 400)
    assert counts() == before


def test_a_signed_body_that_is_no_event_leaves_no_trace(shop: Shop) -> None:
    bodies = [b"\xff\xfe", b"{", b"[]", b"null", b'"event"', b'{"id": "evt_1"}']
    before = counts()

    met = [knock(shop, body, signed(body.decode("utf-8", "replace").encode())) for body in bodies]

    assert met == [400] * len(bodies)
    assert counts() == before


def test_a_body_that_is_too_large_or_of_unknown_length_leaves_no_trace(shop: Shop, sandbox: Sandbox) -> None:
    _, body = paid_event(shop, sandbox, shop.buyer())
    large = body[:-1] + b" " * (256 * 1024 - len(body)) + b" }"
    before = counts()

    assert knock(shop, large, signed(large)) == 413
    unmeasured = {"environ_overrides": {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}}
    assert knock(shop, body, signed(body), **unmeasured) == 411

    assert counts() == before


def test_a_signature_counts_for_five_minutes(shop: Shop, sandbox: Sandbox) -> None:
    event, body = paid_event(shop, sandbox, shop.buyer())

    assert [knock(shop, body, signed(body, ahead=ahead)) for ahead in (-299, 0, 299)] == [200] * 3

    assert fate(event) is EventFate.APPLIED


def test_the_five_minutes_are_those_of_the_products_clock(shop: Shop, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.clock(int(NOON.timestamp()))
    event, body = paid_event(shop, sandbox, shop.buyer())
    clock(NOON + timedelta(days=400))
    before = counts()

    assert [knock(shop, body, signed(body, ahead=ahead)) for ahead in (-302, -301, 301, 302)] == [400] * 4
    assert knock(shop, body, signature(body, (SECRET,), int(NOON.timestamp()))) == 400
    assert counts() == before

    assert [knock(shop, body, signed(body, ahead=ahead)) for ahead in (-300, 300)] == [200] * 2
    assert fate(event) is EventFate.APPLIED


def test_while_a_secret_is_rolled_either_of_two_works(shop: Shop, sandbox: Sandbox) -> None:
    _, body = paid_event(shop, sandbox, shop.buyer())
    shop.app.config["STRATUM"] = replace(
        shop.app.config["STRATUM"], stripe_webhook_secrets=("whsec_new", SECRET)
    )

    assert knock(shop, body, signed(body, "whsec_new")) == 200
    assert knock(shop, body, signed(body, SECRET)) == 200
    assert knock(shop, body, signed(body, "whsec_gone", SECRET)) == 200  # Stripe signs with both for a while.
    assert knock(shop, body, signed(body, "whsec_gone")) == 400


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_the_door_is_closed(shop: Shop, sandbox: Sandbox, secrets: tuple[str, ...]) -> None:
    _, body = paid_event(shop, sandbox, shop.buyer())
    shop.app.config["STRATUM"] = replace(shop.app.config["STRATUM"], stripe_webhook_secrets=secrets)
    before = counts()

    assert knock(shop, body, signed(body, "")) == 400
    assert knock(shop, body, signed(body)) == 400

    assert counts() == before


# ---- What becomes of an event


def test_an_event_that_comes_twice_counts_once(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    event, body = paid_event(shop, sandbox, buyer)
    asked = len(sandbox.requests())

    for _ in range(3):
        assert knock(shop, body, signed(body)) == 200

    kept = row(event)
    assert (kept.fate, kept.deliveries, kept.order_id) == (EventFate.APPLIED, 3, shop.order(buyer).id)
    assert shop.mails(buyer) == ["receipt"]
    assert len(sandbox.requests()) == asked + 1  # What is settled asks Stripe nothing.


def test_an_event_that_comes_late_finds_it_done(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    event, body = paid_event(shop, sandbox, buyer)
    checkout.fulfill(shop.order(buyer).session_id or "", "return")

    assert knock(shop, body, signed(body)) == 200

    assert fate(event) is EventFate.APPLIED
    assert shop.changes(shop.order(buyer)) == [(None, "pending"), ("pending", "paid")]
    assert shop.mails(buyer) == ["receipt"]


def test_news_of_an_expiry_that_comes_after_a_new_order_does_not_touch_it(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    sandbox.expire(shop.begin(buyer))
    shop.begin(buyer)

    sandbox.deliver()

    assert shop.states(buyer) == ["expired", "pending"]


def test_a_refund_that_is_heard_of_before_its_payment_ends_as_refunded(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.refund(session)
    sandbox.faults(kind="reorder", count=1)

    sandbox.deliver()

    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)
    assert "receipt" not in shop.mails(buyer)


def test_a_debit_whose_events_come_backwards_ends_as_it_stands(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.debit(session)
    sandbox.settle(session)
    sandbox.faults(kind="reorder", count=1)

    sandbox.deliver()

    assert shop.states(buyer) == ["paid"]
    assert shop.mails(buyer) == ["receipt"]


def test_an_event_of_the_other_mode_is_kept_and_ignored(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    event, body = paid_event(shop, sandbox, buyer)
    live = json.dumps({**json.loads(body), "livemode": True}).encode()

    assert knock(shop, live, signed(live)) == 200

    assert fate(event) is EventFate.IGNORED
    assert shop.states(buyer) == ["pending"]


def test_an_event_of_another_app_on_the_account_is_kept_and_ignored(shop: Shop, sandbox: Sandbox) -> None:
    session = foreign_session(shop, sandbox, {"order": "17"})
    sandbox.pay(session)

    assert {each.status for each in sandbox.deliver()} == {200}

    (event,) = sandbox.events("checkout.session.completed")
    assert fate(event["id"]) is EventFate.IGNORED
    assert shop.count(Order) == 0


def test_a_refund_of_a_payment_from_elsewhere_is_kept_and_ignored(shop: Shop, sandbox: Sandbox) -> None:
    session = foreign_session(shop, sandbox, {})
    sandbox.pay(session)
    sandbox.refund(session)

    assert {each.status for each in sandbox.deliver()} == {200}

    assert {fate(each["id"]) for each in sandbox.events()} == {EventFate.IGNORED}


NAMELESS: list[tuple[str, dict[str, Any]]] = [
    ("balance.available", {"object": "balance"}),
    ("refund.created", {"object": "refund", "id": "re_1"}),
    ("charge.refunded", {"object": "charge", "id": "ch_1", "payment_intent": None}),
    ("checkout.session.completed", {"object": "checkout.session"}),
]


def test_an_event_that_names_no_payment_is_kept_and_ignored(shop: Shop) -> None:
    """A balance has no id, and an old refund no payment intent; Stripe would send a 400 again for three days."""
    event = {"object": "event", "livemode": False, "api_version": None, "created": 1_790_000_000}
    for number, (kind, about) in enumerate(NAMELESS):
        body = json.dumps({**event, "id": f"evt_{number}", "type": kind, "data": {"object": about}}).encode()

        assert knock(shop, body, signed(body)) == 200

        assert fate(f"evt_{number}") is EventFate.IGNORED


def test_an_event_of_a_session_that_neither_stripe_nor_we_know_is_ignored(
    shop: Shop, sandbox: Sandbox
) -> None:
    session = foreign_session(shop, sandbox, {})
    sandbox.pay(session)
    (event,) = sandbox.events("checkout.session.completed")
    body, _ = sandbox.webhook(event["id"])
    sandbox.reset()

    assert knock(shop, body, signed(body)) == 200

    assert fate(event["id"]) is EventFate.IGNORED


@pytest.mark.parametrize("kind", ["checkout.session.completed", "charge.refunded"])
def test_news_of_an_order_is_not_thrown_away_while_a_wrong_key_keeps_us_from_reading(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from payments import gateway
    from payments.values import StripeRefused

    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    if kind == "charge.refunded":
        sandbox.deliver()
        sandbox.refund(session)
    (event,) = sandbox.events(kind)
    body, _ = sandbox.webhook(event["id"])

    def unknown(_: str) -> None:
        raise StripeRefused("No such session.", "resource_missing")

    with monkeypatch.context() as wrong:
        wrong.setattr(gateway, "fetch_session", unknown)
        wrong.setattr(gateway, "session_of_payment", lambda _: None)
        assert knock(shop, body, signed(body)) == 409
    assert fate(event["id"]) is EventFate.WAITING

    assert knock(shop, body, signed(body)) == 200
    assert shop.states(buyer) == ["paid" if kind == "checkout.session.completed" else "refunded"]


def test_an_order_of_ours_that_is_not_there_yet_makes_stripe_come_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    event, body = paid_event(shop, sandbox, buyer)
    order = shop.order(buyer)
    order_id, number, session = order.id, order.number, order.session_id
    hide(order_id, "not-yet", None)

    assert knock(shop, body, signed(body)) == 503
    assert (fate(event), number in row(event).error) == (EventFate.WAITING, True)

    hide(order_id, number, session)
    assert knock(shop, body, signed(body)) == 200
    assert (fate(event), shop.states(buyer)) == (EventFate.APPLIED, ["paid"])


def test_an_event_that_could_not_be_handled_is_handled_when_it_comes_again(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    event, body = paid_event(shop, sandbox, buyer)
    sandbox.faults(kind="fail", status=503, method="GET", count=1)

    assert knock(shop, body, signed(body)) == 503
    assert (fate(event), shop.states(buyer)) == (EventFate.WAITING, ["pending"])

    assert knock(shop, body, signed(body)) == 200
    kept = row(event)
    assert (kept.fate, kept.error, kept.deliveries) == (EventFate.APPLIED, "", 2)


def test_a_second_session_that_names_an_order_does_not_move_it_and_calls_the_school(
    shop: Shop, sandbox: Sandbox
) -> None:
    from core.school import change_school

    with transaction():
        change_school({"support_email": "help@example.org"})
    buyer = shop.buyer()
    shop.begin(buyer)
    order = shop.order(buyer)
    second = foreign_session(shop, sandbox, {"order": order.number, "school": "127.0.0.1:8000"})
    sandbox.pay(second)

    sandbox.deliver()

    assert shop.states(buyer) == ["pending"]
    assert not shop.is_in(buyer)
    assert [each.kind for each in factories.mails("help@example.org")] == ["order_review"]


def hide(order_id: int, number: str, session_id: str | None) -> None:
    with transaction() as session:
        values = {"number": number, "session_id": session_id}
        session.execute(update(Order).where(Order.id == order_id).values(**values))


def foreign_session(shop: Shop, sandbox: Sandbox, marks: dict[str, str]) -> str:
    """A session that somebody else made on the same account."""
    from stripe import StripeClient

    client = StripeClient(sandbox.key, base_addresses={"api": sandbox.api_base}, max_network_retries=0)
    price: Any = {"currency": "usd", "unit_amount": 4900, "product_data": {"name": "Something"}}
    params: Any = {
        "mode": "payment", "ui_mode": "hosted_page", "success_url": "https://elsewhere.example/",
        "line_items": [{"quantity": 1, "price_data": price}], "metadata": marks,
    }  # fmt: skip
    return str(client.v1.checkout.sessions.create(params).id)
