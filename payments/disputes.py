"""Disputes at Stripe: read one, list the latest, hand in evidence. No transaction is open while it is asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from payments.gateway import _call, _dispute, _once, _pages
from payments.values import Dispute


def fetch(dispute_id: str) -> Dispute:
    """The dispute as it is now."""
    return _dispute(_call(lambda stripe: stripe.v1.disputes.retrieve(dispute_id)))


def since(moment: datetime, at_most: int = 1000) -> Iterator[Dispute]:
    """The disputes opened since then, newest first."""
    params: Any = {"created": {"gte": int(moment.timestamp())}, "limit": 100}
    return map(_dispute, _pages(lambda stripe, more: stripe.v1.disputes.list(params | more), at_most))


def submit(dispute_id: str, evidence: Mapping[str, str], key: str) -> Dispute:
    """Hand these texts in, for good; `key` is our name for this sending. Raises StripeRefused where it is too late."""
    params: Any = {"evidence": dict(evidence), "submit": True}
    return _dispute(_call(lambda stripe: stripe.v1.disputes.update(dispute_id, params, _once(key))))
