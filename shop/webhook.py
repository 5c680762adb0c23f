"""The door that Stripe knocks at. Nothing is believed but a signature, and then only that something happened."""

import logging

from flask import Blueprint, abort, request

from core.web import ANYONE, allow, csrf
from payments import gateway
from shop import checkout

bp = Blueprint("webhook", __name__)
MOST_BYTES = 256 * 1024
_log = logging.getLogger("payments")


@bp.post("/webhooks/stripe")
@allow(ANYONE)
def stripe() -> tuple[str, int]:
    """An event: 200 once it is settled, an error of ours (so that Stripe brings it again) until then."""
    request.max_content_length = MOST_BYTES
    try:
        event = gateway.read_event(request.get_data(), request.headers.get("Stripe-Signature"))
    except gateway.BadSignature as error:
        _log.warning("a delivery was refused: %s", error)
        abort(400)
    return checkout.hear(event).value, 200


csrf.exempt(stripe)  # The signature is its token.
