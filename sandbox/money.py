"""Amounts as people read them."""

ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof")
    + ("xpf",)
)
THREE_DECIMAL = frozenset(("bhd", "iqd", "jod", "kwd", "omr", "tnd"))


def written(amount: int, currency: str) -> str:
    """`48900, "usd"` as `489.00 USD`; the amount is in minor units and not negative."""
    places = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    whole, rest = divmod(amount, 10**places)
    fraction = f".{rest:0{places}d}" if places else ""
    return f"{whole:,}{fraction} {currency.upper()}"
