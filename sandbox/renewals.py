"""What the passing of time does to subscriptions: invoices are drawn and tried again, and subscriptions end.

All that is due happens in the order of its time, each at its own moment, however far the clock was moved. At one
moment endings come first, so that nothing is drawn for a period that does not begin, then renewals, then retries;
among these the older subscription comes first.
"""

from collections.abc import Callable, Iterator

from sandbox import customers, events, intents, invoices, objects, subscriptions, sums, taxes
from sandbox.account import Account
from sandbox.bills import Bill
from sandbox.errors import Json

DAY = 24 * 3600
RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)  # after the first attempt; then the invoice stays open
LIVING = """
select id from objects where kind = 'subscription'
and json_extract(body, '$.status') in ('active', 'past_due') order by seq
"""

Act = Callable[[Account, Json], None]
Due = tuple[int, int, int, Act, Json]


def run_due(account: Account) -> None:
    """Let everything happen that is due by now."""
    now = account.now()
    while due := min(_due(account, now), key=lambda each: each[:3], default=None):
        moment, _, _, act, thing = due
        with account.at(moment):
            act(account, thing)


def _due(account: Account, now: int) -> Iterator[Due]:
    """What is due: its moment, the rank of its act, the age of its subscription; then the act and its object."""
    for age, row in enumerate(account.store.rows(LIVING)):
        subscription = subscriptions.find(account, row["id"])
        for rank, (moment, act, thing) in enumerate(_acts(account, subscription)):
            if moment is not None and moment <= now:
                yield moment, rank, age, act, thing


def _acts(account: Account, subscription: Json) -> Iterator[tuple[int | None, Act, Json]]:
    yield subscription["cancel_at"], _end, subscription
    yield subscriptions.period(subscription)[1], renew, subscription
    for invoice in invoices.open_of(account, subscription["id"]):
        yield invoice["next_payment_attempt"], _retry, invoice


def _end(account: Account, subscription: Json) -> None:
    subscriptions.end(account, subscription)


def _retry(account: Account, invoice: Json) -> None:
    collect(account, invoice)
    subscriptions.follow(account, invoice)


def renew(account: Account, subscription: Json) -> None:
    """The next period begins, and its invoice is drawn and tried at once."""
    past = subscriptions.period(subscription)
    subscriptions.turn(subscription)
    lines: list[Json] = subscription["_lines"]
    sums.apply(lines, subscription["_coupon"], taxes.percent(account, subscription))
    invoice = draw(account, subscription, lines, "subscription_cycle", past)
    subscription["status"] = "active" if collect(account, invoice) else "past_due"
    account.store.put(subscription)
    events.emit(account, "customer.subscription.updated", subscription)


def draw(account: Account, subscription: Json, lines: list[Json], reason: str, past: tuple[int, int]) -> Json:
    """The invoice of a subscription's current period."""
    invoice = invoices.draw(
        account,
        Bill(
            lines, subscription["currency"], subscription["customer"], subscription["_details"], reason,
            subscriptions.period(subscription), past, subscription["automatic_tax"]["enabled"],
            subscription=subscription,
        ),
    )  # fmt: skip
    subscription["latest_invoice"] = invoice["id"]
    account.store.put(subscription)
    return invoice


def collect(account: Account, invoice: Json, is_automatic: bool = True) -> bool:
    """Try the customer's card for an open invoice. Only automatic attempts move the plan of retries on."""
    if invoice["amount_due"] == 0:
        return bool(invoices.settle(account, invoice))
    intent = _intent(account, invoice)
    charge = intents.attempt(account, intent, "card", invoice["customer_email"])
    if customers.card_passes(account, invoice["customer"]):
        intents.succeed(account, intent, charge)
        return bool(invoices.settle(account, invoice))
    intents.miss(account, intent, charge, intents.DECLINED)
    if is_automatic:
        _plan_retry(invoice)
    account.store.put(invoice)
    events.emit(account, "invoice.payment_failed", invoice)
    return False


def _intent(account: Account, invoice: Json) -> Json:
    """The invoice's one payment intent, made by its first attempt."""
    asked = invoices.payments(account, invoice["id"])
    if asked:
        found = account.store.get("payment_intent", asked[0]["payment"]["payment_intent"])
        assert found is not None
        return found
    data = {"description": "Subscription update"}
    intent = account.store.put(objects.payment_intent(invoice, invoice["amount_due"], data, account.now()))
    invoices.ask(account, invoice, intent["id"])
    return intent


def _plan_retry(invoice: Json) -> None:
    failures = invoice["attempt_count"]
    first = invoice["status_transitions"]["finalized_at"]
    following = first + RETRIES[failures] if failures < len(RETRIES) else None
    invoice |= {"attempt_count": failures + 1, "attempted": True, "next_payment_attempt": following}
