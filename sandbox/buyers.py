"""A buyer at the checkout: what they type, and what a completed session says of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields

from sandbox import objects
from sandbox.errors import InvalidRequest, Json

ANYBODY = "buyer@example.org"  # where neither the session nor the page has an address
EXAMPLE = "Example"  # what a buyer on order writes into a field that must be filled


@dataclass(frozen=True)
class Buyer:
    """`fields` are the checkout's custom fields by key; `country` is a code of two letters, as `DE`."""

    email: str = ""
    name: str | None = None
    business_name: str | None = None
    country: str = "US"
    tax_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Json) -> "Buyer":
        """A buyer from JSON; InvalidRequest names what it cannot read."""
        for name in given:
            if name not in {each.name for each in fields(cls)}:
                raise InvalidRequest(f"Unknown parameter: {name}.", param=name)
        buyer = cls(**given)
        if not re.fullmatch("[A-Z]{2}", buyer.country):
            raise InvalidRequest("country must be two capital letters.", param="country")
        return buyer


def write_into(session: Json, buyer: Buyer) -> None:
    """What the completed session says of its buyer. What is not asked for is not kept."""
    details = details_of(known_email(session) or buyer.email or ANYBODY)
    details["address"] = {**objects.NO_ADDRESS, "country": buyer.country}
    details["name"] = buyer.business_name or buyer.name or _known_name(session)
    details["individual_name"] = buyer.name
    if session["tax_id_collection"]["enabled"]:
        details["business_name"] = buyer.business_name
        details["tax_ids"] = _tax_ids(buyer.tax_id)
    session["customer_details"] = details
    for each in session["custom_fields"]:
        each[each["type"]]["value"] = _written(each, buyer)
    asks_terms = (session["consent_collection"] or {}).get("terms_of_service") == "required"
    if session["consent_collection"]:
        session["consent"] = {"promotions": None, "terms_of_service": "accepted" if asks_terms else None}


def known_email(session: Json) -> str | None:
    """The address that the school gave, or that its customer has; None where the buyer types one."""
    details = session["customer_details"] if session["customer"] else None
    return session["customer_email"] or (details and details["email"])


def _known_name(session: Json) -> str | None:
    """The name of the customer whom the school named."""
    details = session["customer_details"] if session["customer"] else None
    return details and details["name"]


def details_of(email: str | None) -> Json:
    return {
        "address": objects.NO_ADDRESS,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _tax_ids(number: str) -> list[Json]:
    type = "eu_vat" if number[:2].isalpha() else "us_ein"
    return [{"type": type, "value": number}] if number else []


def _written(asked: Json, buyer: Buyer) -> str | None:
    """What stands in a custom field: what the buyer wrote, what stood there, or an example where it must be filled."""
    kind = asked[asked["type"]]
    written = buyer.fields.get(asked["key"]) or kind["default_value"]
    if written or asked["optional"]:
        return written or None
    return EXAMPLES[asked["type"]](kind)


EXAMPLES: dict[str, Callable[[Json], str]] = {
    "text": lambda _kind: EXAMPLE,
    "numeric": lambda _kind: "1",
    "dropdown": lambda kind: str(kind["options"][0]["value"]),
}


def mistake(session: Json, buyer: Buyer, agrees: bool) -> str | None:
    """What is wrong with a form as a person filled it, in a sentence; None where nothing is."""
    if "@" not in (known_email(session) or buyer.email).strip("@"):
        return "Write an e-mail address, such as name@example.org."
    for each in session["custom_fields"]:
        if not (each["optional"] or buyer.fields.get(each["key"])):
            return f"Fill in: {each['label']['custom']}."
    if (session["consent_collection"] or {}).get("terms_of_service") == "required" and not agrees:
        return "Agree to the terms first."
    return None
