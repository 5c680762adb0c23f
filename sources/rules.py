"""How a source is written out. Pure."""

ENDINGS = (".", "?", "!")
CLOSING = "\"'”’»)"


def sentences(*facts: str) -> str:
    """The facts that are there, each with a full stop unless it ends by itself: `White P. Does it work? 2015.`"""
    return " ".join(f"{fact}{_stop(fact)}" for fact in facts if fact)


def _stop(fact: str) -> str:
    return "" if fact.rstrip(CLOSING).endswith(ENDINGS) else "."
