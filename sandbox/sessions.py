"""Checkout Sessions: how one opens, what it costs, and how it ends without payment."""

from decimal import Decimal

from sandbox import buyers, checkout, coupons, customers, events, intents, session_checks, sums, taxes
from sandbox.account import Account
from sandbox.errors import Json, Missing, Refused

OVERDUE = """
select id from objects where kind = 'checkout.session'
and json_extract(body, '$.status') = 'open' and json_extract(body, '$.expires_at') <= ? order by seq
"""


def create(account: Account, params: Json) -> Json:
    session_checks.check(account, params)
    now = account.now()
    items = [checkout.line_item(item["price_data"], item["quantity"], now) for item in params["line_items"]]
    session = checkout.session(params, items, now, account.settings.base_url)
    session["_coupon"] = coupons.usable(account, params, session["currency"])
    session["discounts"] = [
        {"coupon": each["id"], "promotion_code": None} for each in [session["_coupon"]] if each
    ]
    _take_customer(account, session)
    price(session, sums.NO_TAX)
    session_checks.check_total(session["amount_total"], session["currency"])
    if session["amount_total"] == 0:
        # Stripe shows this from the start: an open session of this status has not been completed by anybody.
        session["payment_status"] = "no_payment_required"
    return account.store.put(session)


def _take_customer(account: Account, session: Json) -> None:
    """A customer whom the school named brings an address along."""
    if session["customer"]:
        known = customers.find(account, session["customer"])
        session["customer_details"] = buyers.details_of(known["email"]) | {"name": known["name"]}


def price(session: Json, percent: Decimal) -> None:
    """Draw the session's sums, with tax at `percent`."""
    sums.apply(session["_items"], session["_coupon"], percent)
    sums.total(session, session["_items"])


def locate(account: Account, session: Json) -> None:
    """Now that the buyer's country is known, tax can be drawn, as Stripe does only then."""
    if session["automatic_tax"]["enabled"]:
        price(session, taxes.percent(account, session))
        session["automatic_tax"]["status"] = "complete"


def find(account: Account, id: str) -> Json:
    """The session; Missing when there is none."""
    found = account.store.get("checkout.session", id)
    if found is None:
        raise Missing(f"No such checkout.session: {id}.", param="session", code="resource_missing")
    return found


def expire(account: Account, id: str, request: Json | None = None) -> Json:
    """End an open session without payment. Refused when it is open no longer."""
    session = find(account, id)
    if session["status"] != "open":
        raise Refused(
            f"Only an open session can be expired; this one is {session['status']}.", param="session"
        )
    session |= {"status": "expired", "url": None}
    _cancel_intent(account, session)
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "expired", session, request)
    return session


def intent_of(account: Account, session: Json) -> Json | None:
    """The payment intent of a session's attempts, also of a subscription's, where the session does not show it."""
    return account.store.get("payment_intent", session["_intent"] or "")


def _cancel_intent(account: Account, session: Json) -> None:
    intent = intent_of(account, session)
    if intent is not None:
        intents.cancel(account, intent)


def expire_due(account: Account) -> None:
    """End every open session whose time is over."""
    for row in account.store.rows(OVERDUE, account.now()):
        expire(account, row["id"])
