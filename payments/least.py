"""The least amounts that Stripe takes in a payment. Pure. The one place that knows them."""

from core.money import Money

# Minor units, by docs.stripe.com/currencies; a currency that is not here has no least amount of its own.
_LEAST = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50,
    "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50,
    "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip


def least(currency: str) -> Money:
    """The smallest payment of this currency; one step above nothing where Stripe names none."""
    return Money(_LEAST.get(currency, 1), currency)


def can_be_asked(price: Money) -> bool:
    """Whether a buyer can be asked for this: nothing at all, or at least what Stripe takes."""
    return price.is_free or price.minor >= least(price.currency).minor
