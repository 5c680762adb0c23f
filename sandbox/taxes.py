"""Automatic tax: one rate for everything, set by whoever tries the sandbox."""

from decimal import Decimal, InvalidOperation

from sandbox import sums
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json

MOST = 100  # per cent


def set_rate(account: Account, percent: float | str) -> None:
    """What automatic tax takes from now on, in per cent."""
    try:
        rate = Decimal(str(percent))
    except InvalidOperation as error:
        raise InvalidRequest("percent must be a number.", param="percent") from error
    if not 0 <= rate <= MOST:
        raise InvalidRequest(f"percent must lie between 0 and {MOST}.", param="percent")
    account.store.set("tax", str(rate))


def percent(account: Account, seller: Json) -> Decimal:
    """The tax on what a session or a subscription sells: none where the school leaves tax to itself."""
    if not seller["automatic_tax"]["enabled"]:
        return sums.NO_TAX
    return Decimal(account.store.setting("tax", "0"))
