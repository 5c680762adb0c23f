"""Refusals in Stripe's shape: `{"error": {type, code, param, message}}` with a status."""

from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """A refusal. `stored` says whether an idempotency key remembers it: not where only validation failed."""

    status = 400
    type = "invalid_request_error"
    stored = False

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message, self.param, self.code = message, param, code

    def body(self) -> Json:
        error = {"type": self.type, "message": self.message, "param": self.param, "code": self.code}
        return {"error": {name: value for name, value in error.items() if value is not None}}


class InvalidRequest(StripeError):
    """The parameters cannot be meant as they stand."""


class Refused(StripeError):
    """The parameters are sound; the state of things forbids the act."""

    stored = True


class Missing(StripeError):
    """No such object, or no such address."""

    status = 404


class Unauthenticated(StripeError):
    status = 401


class WrongKeyUse(StripeError):
    """An idempotency key came back with other parameters."""

    type = "idempotency_error"


class KeyInUse(StripeError):
    """The first request under this idempotency key is still being answered."""

    status = 409
    type = "idempotency_error"


class Faulty(StripeError):
    """A failure that somebody ordered; 500 is remembered by a key as Stripe does, 429 and 503 are not."""

    type = "api_error"

    def __init__(self, status: int) -> None:
        super().__init__(f"The sandbox was told to answer this request with {status}.")
        self.status, self.stored = status, status == 500
        if status == 429:
            self.type, self.code = "invalid_request_error", "rate_limit"


class Declined(StripeError):
    """A card was declined: unlike the other refusals this one is returned, for the attempt has happened."""

    status = 402
    type = "card_error"


class Forbidden(StripeError):
    """Not from there, or not under that name."""

    status = 403
