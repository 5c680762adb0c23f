"""Handing in evidence, between the admin's door and Stripe: our row first, Stripe without a transaction, its answer."""

from collections.abc import Mapping
from typing import Any

from core.database import transaction
from payments import disputes
from payments.values import StripeFailed, StripeRefused
from shop.asking import ask
from shop.disputes import services


def send(dispute_id: int, evidence: Mapping[str, str], by: int) -> None:
    """Hand these texts in, once. After silence the same are sent again, by the same key, whatever is given now.

    Raises NotFound, Conflict where evidence was handed in or the dispute takes none, StripeSilent, StripeRefused.
    """
    with transaction():
        stripe_id, texts, key = services.freeze(dispute_id, evidence, by)
    try:
        told = ask(lambda: disputes.submit(stripe_id, texts, key))
    except (StripeRefused, StripeFailed) as trouble:
        _count(dispute_id, trouble)
        raise
    with transaction():
        services.note_sent(dispute_id, told)


def _count(dispute_id: int, trouble: Any) -> None:
    """The next try gets a key of its own; what was refused for good may be written anew."""
    with transaction():
        services.count_refusal(dispute_id, forget=isinstance(trouble, StripeRefused))
