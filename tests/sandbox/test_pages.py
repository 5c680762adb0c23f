"""The checkout page and the board: each button, what a page may do, and who may press."""

import re

import pytest
import requests
import stripe

from tests.sandbox.conftest import SCHOOL, Buy, course
from tests.stripe import Sandbox

EVIL = "http://evil.invalid"


def press(address: str, action: str, **fields: str) -> requests.Response:
    """Press a button of a checkout page, as its own form does."""
    origin = "/".join(address.split("/")[:3])
    data = {"action": action, **fields}
    return requests.post(address, data, headers={"Origin": origin}, allow_redirects=False, timeout=10)


def board(sandbox: Sandbox, button: str, **fields: str) -> requests.Response:
    origin = {"Origin": sandbox.api_base}
    return requests.post(sandbox.api_base + button, fields, headers=origin, allow_redirects=False, timeout=10)


def page(address: str) -> str:
    return requests.get(address, timeout=10).text


def state(client: stripe.StripeClient, session: stripe.checkout.Session) -> tuple[str | None, str]:
    seen = client.v1.checkout.sessions.retrieve(session.id)
    return seen.status, seen.payment_status


@pytest.mark.parametrize(
    ("action", "after"), [("pay", ("complete", "paid")), ("debit", ("complete", "unpaid"))]
)
def test_paying_leads_back_with_the_sessions_id(
    client: stripe.StripeClient, buy: Buy, action: str, after: tuple[str, str]
) -> None:
    session = buy()

    answer = press(str(session.url), action)

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{SCHOOL}/return?session_id={session.id}",
    )
    assert state(client, session) == after


def test_a_declined_card_is_shown_on_the_page_and_can_be_followed_by_paying(
    client: stripe.StripeClient, buy: Buy
) -> None:
    session = buy()
    address = str(session.url)

    declined = press(address, "decline")
    shown = page(address)
    paid = press(address, "pay")

    assert (declined.status_code, declined.headers["Location"]) == (303, f"/c/pay/{session.id}")
    assert re.search(r'role="alert"[^>]*><strong>Your card was declined', shown)
    assert paid.headers["Location"].startswith(SCHOOL)
    assert state(client, session) == ("complete", "paid")


def test_cancel_leads_back_and_leaves_the_session_open(client: stripe.StripeClient, buy: Buy) -> None:
    session = buy()

    answer = press(str(session.url), "cancel")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SCHOOL}/courses/one")
    assert state(client, session) == ("open", "unpaid")


def test_a_double_click_pays_once_and_leads_back_both_times(client: stripe.StripeClient, buy: Buy) -> None:
    session = buy()

    answers = [press(str(session.url), "pay") for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {f"{SCHOOL}/return?session_id={session.id}"}
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("end", "says", "back"),
    [
        ("pay", "complete", f"{SCHOOL}/return?session_id=cs_"),
        ("debit", "on its way", f"{SCHOOL}/return?session_id=cs_"),
        ("expire", "has expired", f"{SCHOOL}/courses/one"),
    ],
)
def test_the_page_of_an_ended_session_says_so_and_links_back(
    buy: Buy, sandbox: Sandbox, end: str, says: str, back: str
) -> None:
    session = buy()
    getattr(sandbox, end)(session.id)

    shown = page(str(session.url))

    assert says in shown
    assert f'href="{back}' in shown
    assert "<button" not in shown


def test_pressing_on_an_expired_session_shows_that_it_has_expired(buy: Buy, sandbox: Sandbox) -> None:
    session = buy()
    sandbox.expire(session.id)

    assert press(str(session.url), "pay").headers["Location"] == f"/c/pay/{session.id}"


def test_an_address_is_asked_for_where_the_school_gave_none(client: stripe.StripeClient, buy: Buy) -> None:
    session = buy(customer_email=None)

    empty = press(str(session.url), "pay", email="nobody")
    press(str(session.url), "pay", email="typed@example.org")
    seen = client.v1.checkout.sessions.retrieve(session.id)

    assert empty.status_code == 400
    assert 'aria-invalid="true"' in empty.text
    assert seen.customer_details is not None
    assert (seen.customer_email, seen.customer_details.email) == (None, "typed@example.org")


def test_where_nothing_is_to_pay_nothing_can_be_declined(buy: Buy) -> None:
    shown = page(str(buy(line_items=[course(0)]).url))

    assert re.findall(r'value="(\w+)"[^>]*>[^<]', shown) == ["pay", "cancel"]


def test_every_page_says_that_no_money_moves(buy: Buy, sandbox: Sandbox, client: stripe.StripeClient) -> None:
    session = buy()
    sandbox.pay(session.id)
    receipt = client.v1.charges.list().data[0].receipt_url

    pages = [page(str(address)) for address in (session.url, buy().url, receipt, sandbox.api_base)]
    pages.append(page(sandbox.api_base + "/c/pay/cs_test_nobody"))

    assert all("no money moves" in each for each in pages)


def test_the_policy_lets_the_form_lead_to_the_school_and_nowhere_else(buy: Buy) -> None:
    headers = requests.get(str(buy().url), timeout=10).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {SCHOOL}" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.invalid"}, {"Referer": "http://evil.invalid/"}, {"Origin": "null"}],
)
@pytest.mark.parametrize("path", ["/c/pay/{id}", "/board/sessions/{id}/expire", "/board/faults/clear"])
def test_a_form_from_elsewhere_is_refused(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, path: str, headers: dict[str, str]
) -> None:
    session = buy()

    answer = requests.post(
        sandbox.api_base + path.format(id=session.id), {"action": "pay"}, headers=headers, timeout=10
    )

    assert answer.status_code == 403
    assert state(client, session) == ("open", "unpaid")


def test_a_strange_name_is_not_answered(sandbox: Sandbox) -> None:
    assert requests.get(sandbox.api_base, headers={"Host": "evil.invalid"}, timeout=10).status_code == 403


def test_the_board_settles_refunds_and_expires(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    settled, failed, expired = buy(), buy(), buy()
    sandbox.debit(settled.id)
    sandbox.debit(failed.id)

    board(sandbox, f"/board/sessions/{settled.id}/settle")
    board(sandbox, f"/board/sessions/{failed.id}/fail")
    board(sandbox, f"/board/sessions/{expired.id}/expire")
    board(sandbox, f"/board/sessions/{settled.id}/half")
    board(sandbox, f"/board/sessions/{settled.id}/refund")

    assert [state(client, each) for each in (settled, failed, expired)] == [
        ("complete", "paid"), ("complete", "unpaid"), ("expired", "unpaid"),
    ]  # fmt: skip
    assert [refund.amount for refund in client.v1.refunds.list()] == [24_450, 24_450]


def test_the_board_offers_what_the_state_allows(buy: Buy, sandbox: Sandbox) -> None:
    session = buy()

    def acts() -> list[str]:
        return re.findall(rf'action="/board/sessions/{session.id}/(\w+)"', page(sandbox.api_base))

    seen = [acts()]
    sandbox.debit(session.id)
    seen.append(acts())
    sandbox.settle(session.id)
    seen.append(acts())
    refund = sandbox.refund(session.id)
    seen.append(acts())

    assert seen == [["expire"], ["settle", "fail"], ["refund", "half", "dispute", "inquiry"], []]
    assert f"/board/refunds/{refund['id']}/arrive" in page(sandbox.api_base)


def test_the_board_shows_what_became_of_an_event_and_sends_it_again(buy: Buy, sandbox: Sandbox) -> None:
    sandbox.expire(buy().id)
    event = sandbox.events()[0]["id"]

    waiting = page(sandbox.api_base)
    board(sandbox, f"/board/events/{event}")

    assert "0 tries" in waiting
    assert "1 try, last 200" in page(sandbox.api_base)


def test_the_board_orders_and_clears_faults(sandbox: Sandbox) -> None:
    board(
        sandbox,
        "/board/faults",
        kind="delay",
        count="2",
        seconds="5",
        path="/v1/refunds",
        how="cut",
        before="1",
    )
    ordered = sandbox.account.faults.listed()
    wrong = board(sandbox, "/board/faults", kind="delay", seconds="soon")
    board(sandbox, "/board/faults/clear")

    assert [(each["kind"], each["count"], each["seconds"], each["before"]) for each in ordered] == [
        ("delay", 2, 5, True)
    ]
    assert wrong.status_code == 400
    assert sandbox.account.faults.listed() == []


def test_what_the_state_forbids_is_said_on_a_page(buy: Buy, sandbox: Sandbox) -> None:
    answer = board(sandbox, f"/board/sessions/{buy().id}/settle")

    assert answer.status_code == 400
    assert "No debit is on its way" in answer.text


def test_the_board_disputes_and_decides(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    disputed, inquired = buy(), buy()
    for session, act in ((disputed, "dispute"), (inquired, "inquiry")):
        sandbox.pay(session.id)
        board(sandbox, f"/board/sessions/{session.id}/{act}")

    refunded = re.findall(r'action="/board/sessions/(\w+)/refund"', page(sandbox.api_base))
    offered = re.findall(r'action="(/board/disputes/\w+/\w+)"', page(sandbox.api_base))
    for address in offered:
        board(sandbox, address)

    assert [address.rpartition("/")[2] for address in offered] == [
        "warning_closed",
        "escalate",
        "won",
        "lost",
    ]
    assert refunded == [inquired.id]
    assert {dispute.status for dispute in client.v1.disputes.list()} == {"warning_closed", "won"}


def test_the_board_moves_a_subscription_through_its_life(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy(mode="subscription", line_items=[course(10_000, recurring={"interval": "month"})])
    shown = page(str(session.url))
    id = sandbox.pay(session.id)["subscription"]

    def press_and_see(button: str, **fields: str) -> str:
        board(sandbox, button.format(id=id), **fields)
        return client.v1.subscriptions.retrieve(id).status

    assert "Today, then 100.00 USD a month until cancelled" in shown
    assert press_and_see("/board/subscriptions/{id}/once") == "active"
    assert press_and_see("/board/clock", leap="month") == "past_due"
    assert press_and_see("/board/clock", leap="week") == "active"
    assert press_and_see("/board/subscriptions/{id}/end") == "active"
    assert re.search(r"Ends \d\d", page(sandbox.api_base))
    assert press_and_see("/board/clock", leap="month") == "canceled"
    assert f"/board/subscriptions/{id}/" not in page(sandbox.api_base)


def test_the_board_sets_the_tax_and_lets_a_transfer_arrive(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    customer = client.v1.customers.create({"email": "clinic@example.org"}).id
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "us_bank_transfer"}}
    session = buy(
        customer=customer,
        customer_email=None,
        automatic_tax={"enabled": True},
        customer_update={"address": "auto"},
        allowed_payment_method_types=["customer_balance"],
        payment_method_options={"customer_balance": transfer},
    )

    refused = board(sandbox, "/board/tax", percent="much")
    board(sandbox, "/board/tax", percent="10")
    press(str(session.url), "transfer")
    board(sandbox, f"/board/sessions/{session.id}/settle")

    assert refused.status_code == 400
    assert state(client, session) == ("complete", "paid")
    assert client.v1.checkout.sessions.retrieve(session.id).amount_total == 53_790


def test_a_clock_that_was_moved_is_set_back_on_the_board(buy: Buy, sandbox: Sandbox) -> None:
    by_the_schools_clock = sandbox.clock() + 23 * 3600
    board(sandbox, "/board/clock", leap="day")

    with pytest.raises(stripe.InvalidRequestError, match="its board sets it back"):
        buy(expires_at=by_the_schools_clock)
    board(sandbox, "/board/clock/back")

    assert "Set the clock back" not in page(sandbox.api_base)
