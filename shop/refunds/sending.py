"""Asking Stripe for a refund that is written down, and writing down its answer.

It opens the transactions itself, and none is open while Stripe is asked. Whatever happens in between, the reconciler
comes back to a refund that was not answered: first it looks whether Stripe has made it, then it asks by the same key.
"""

from contextlib import suppress

from core.database import transaction
from payments import gateway, refunds
from payments.values import StripeFailed, StripeRefused
from shop import turns
from shop.asking import ask
from shop.orders import lock_with_buyer
from shop.plans import following
from shop.refunds import services
from shop.refunds.models import RefundRow
from shop.refunds.services import Wish


def give_back(number: str, wish: Wish, by: int) -> RefundRow:
    """Refund so much of an order, by an admin's word: the row, which says what became of it.

    Raises NotFound, Conflict, InvalidInput; StripeSilent where Stripe has not answered: the reconciler goes on.
    """
    with transaction():
        refund_id = services.place(lock_with_buyer(number), wish, by).id
    with gateway.patience():
        send(refund_id, "refund")
    return services.find_refund(refund_id)


def send(refund_id: int, cause: str) -> None:
    """Ask Stripe for a refund, once, however often this is called. What it refuses for good has failed.

    Raises StripeSilent, after which asking again is safe, and PaymentsOff.
    """
    try:
        _send(refund_id, cause)
    except StripeFailed:  # It repeats its own error for the same key: once more, with the next one.
        _send(refund_id, cause)


def _send(refund_id: int, cause: str) -> None:
    wanted = services.to_send(refund_id)
    if wanted is None:
        return
    asked, session_id = wanted
    try:
        ask(refunds.create, asked)
    except StripeFailed:
        _look(session_id, cause)  # It may have made it all the same.
        with transaction():
            services.count_failure(refund_id, asked.attempt)
        raise
    except StripeRefused as refusal:
        # Where it knows neither the payment nor its checkout, it has made nothing.
        with suppress(StripeRefused):
            _look(session_id, cause)
        with transaction():
            services.refuse(refund_id, refusal.sentence)
    else:
        _look(session_id, cause)


def _look(session_id: str, cause: str) -> None:
    session = ask(gateway.fetch_session, session_id)
    with transaction():
        turns.apply(session, cause)
    if session.subscription_id:  # Of a plan, its bills say what became of their money.
        following.look(session.subscription_id, cause)
