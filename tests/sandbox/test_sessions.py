"""Sessions as they are made, read, listed and ended."""

import pytest
import stripe

from tests.sandbox.conftest import NOON, Buy, course
from tests.stripe import Sandbox


def test_a_session_opens_with_a_page_and_without_a_payment(buy: Buy, sandbox: Sandbox) -> None:
    session = buy(client_reference_id="order-1", metadata={"order_id": "1"})

    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.id.startswith("cs_test_")
    assert session.url == f"{sandbox.api_base}/c/pay/{session.id}"
    assert session.livemode is False
    assert session.expires_at == NOON + 24 * 3600
    assert (session.client_reference_id, session.metadata.to_dict()) == ("order-1", {"order_id": "1"})


def test_money_is_the_sum_of_amounts_times_quantities(buy: Buy, client: stripe.StripeClient) -> None:
    session = buy(line_items=[course(1_000) | {"quantity": 3}, course(250)])

    lines = client.v1.checkout.sessions.line_items.list(session.id)

    assert (session.amount_total, session.amount_subtotal, session.currency) == (3_250, 3_250, "usd")
    assert [line.amount_total for line in lines] == [3_000, 250]


def test_nothing_to_pay_needs_no_payment_from_the_start(buy: Buy, sandbox: Sandbox) -> None:
    session = buy(line_items=[course(0)])
    done = sandbox.pay(session.id)

    assert (session.status, session.payment_status) == ("open", "no_payment_required")
    assert (done["status"], done["payment_status"]) == ("complete", "no_payment_required")
    assert done["payment_intent"] is None
    assert [event["type"] for event in sandbox.events()] == ["checkout.session.completed"]


def test_expansion_puts_objects_where_ids_stand(
    client: stripe.StripeClient, sandbox: Sandbox, paid: stripe.checkout.Session
) -> None:
    sandbox.refund(paid.id, 100)

    session = client.v1.checkout.sessions.retrieve(
        paid.id, {"expand": ["payment_intent.latest_charge.refunds", "line_items"]}
    )

    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    charge = session.payment_intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert [refund.amount for refund in charge.refunds or []] == [100]
    assert [line.amount_total for line in session.line_items or []] == [48_900]


def test_lists_expand_their_data(client: stripe.StripeClient, paid: stripe.checkout.Session) -> None:
    listed = client.v1.checkout.sessions.list({"expand": ["data.payment_intent"]})

    assert [session.id for session in listed] == [paid.id]
    assert isinstance(listed.data[0].payment_intent, stripe.PaymentIntent)


@pytest.mark.parametrize("path", ["colour", "payment_intent.colour", "data.payment_intent"])
def test_what_cannot_be_expanded_is_refused(
    client: stripe.StripeClient, paid: stripe.checkout.Session, path: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded") as raised:
        client.v1.checkout.sessions.retrieve(paid.id, {"expand": [path]})

    assert raised.value.param == "expand"


def test_lists_filter(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    old = buy(customer_email="old@example.org")
    sandbox.clock(advance=60)
    new = buy()
    sandbox.pay(new.id)
    intent = client.v1.checkout.sessions.retrieve(new.id).payment_intent
    assert isinstance(intent, str)

    def ids(params: stripe.params.checkout.SessionListParams) -> list[str]:
        return [session.id for session in client.v1.checkout.sessions.list(params)]

    assert ids({}) == [new.id, old.id]
    assert ids({"status": "open"}) == [old.id]
    assert ids({"created": {"gte": NOON + 1}}) == [new.id]
    assert ids({"created": {"lt": NOON + 60}}) == [old.id]
    assert ids({"created": NOON}) == [old.id]
    assert ids({"customer_details": {"email": "OLD@example.org"}}) == [old.id]
    assert ids({"payment_intent": intent}) == [new.id]


def test_lists_go_page_by_page(client: stripe.StripeClient, buy: Buy) -> None:
    made = [buy().id for _ in range(5)]

    newest = client.v1.checkout.sessions.list({"limit": 2})
    before = client.v1.checkout.sessions.list({"limit": 2, "ending_before": made[0]})

    assert ([each.id for each in newest], newest.has_more) == (made[:2:-1], True)
    assert ([each.id for each in before], before.has_more) == ([made[2], made[1]], True)
    assert [each.id for each in newest.auto_paging_iter()] == made[::-1]


@pytest.mark.parametrize(
    ("params", "param"), [({"limit": 101}, "limit"), ({"starting_after": "cs_0"}, "starting_after")]
)
def test_a_wrong_page_is_refused(client: stripe.StripeClient, params: dict[str, object], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.checkout.sessions.list(params)

    assert raised.value.param == param


def test_an_open_session_can_be_expired_once(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    session = buy()

    ended = client.v1.checkout.sessions.expire(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        client.v1.checkout.sessions.expire(session.id)

    assert (ended.status, ended.url, ended.payment_status) == ("expired", None, "unpaid")
    assert [event["type"] for event in sandbox.events()] == ["checkout.session.expired"]


def test_time_expires_a_session_and_its_unpaid_intent(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy(expires_at=NOON + 1800)
    sandbox.decline(session.id)
    sandbox.clock(advance=1800)

    seen = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})

    assert seen.status == "expired"
    assert isinstance(seen.payment_intent, stripe.PaymentIntent)
    assert seen.payment_intent.status == "canceled"


def test_a_strange_id_is_not_found(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.checkout.sessions.retrieve("cs_test_nobody")

    assert (raised.value.http_status, raised.value.code) == (404, "resource_missing")
