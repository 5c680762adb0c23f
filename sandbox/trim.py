"""Cut Stripe's parameter types down to what the sandbox serves: `python -m sandbox.trim SOURCE.json`.

SOURCE is an OpenAPI document with the request types of the PyPI package `stripe`; the result is
`parameters.json` beside this file.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.operations import OPERATIONS
from sandbox.parameters import FILE

PREFIX = "#/components/schemas/"
ORIGIN = (
    "Request parameter types that ship in the PyPI package stripe 16.1.0 (MIT licence), written as JSON Schema "
    "and cut by sandbox/trim.py to the operations that the sandbox serves."
)


# What the package types and the document does not have, or has under a name that another type bears too.
CREATED = {"$ref": PREFIX + "InvoiceListParamsCreated"}
PORTAL_FLOWS = ("payment_method_update", "subscription_cancel", "subscription_pause", "subscription_update")
ADDED: dict[str, Any] = {
    "POST /v1/billing_portal/sessions": {
        "type": "object",
        "properties": {
            "configuration": {"type": "string"},
            "customer": {"type": "string"},
            "customer_account": {"type": "string"},
            "expand": {"type": "array", "items": {"type": "string"}},
            "flow_data": {
                "type": "object",
                "properties": {
                    "after_completion": {
                        "type": "object",
                        "properties": {
                            "redirect": {
                                "type": "object",
                                "properties": {"return_url": {"type": "string"}},
                                "required": ["return_url"],
                                "additionalProperties": False,
                            },
                            "type": {
                                "type": "string",
                                "enum": ["hosted_confirmation", "portal_homepage", "redirect"],
                            },
                        },
                        "required": ["type"],
                        "additionalProperties": False,
                    },
                    "type": {"type": "string", "enum": [*PORTAL_FLOWS, "subscription_update_confirm"]},
                },
                "required": ["type"],
                "additionalProperties": False,
            },
            "locale": {"type": "string"},
            "on_behalf_of": {"type": "string"},
            "return_url": {"type": "string"},
        },
        "required": [],
        "additionalProperties": False,
    },
    "GET /v1/invoice_payments": {
        "type": "object",
        "properties": {
            "created": {"anyOf": [CREATED, {"type": "integer"}]},
            "ending_before": {"type": "string"},
            "expand": {"type": "array", "items": {"type": "string"}},
            "invoice": {"type": "string"},
            "limit": {"type": "integer"},
            "payment": {
                "type": "object",
                "properties": {
                    "payment_intent": {"type": "string"},
                    "payment_record": {"type": "string"},
                    "type": {"type": "string", "enum": ["payment_intent", "payment_record"]},
                },
                "required": ["type"],
                "additionalProperties": False,
            },
            "starting_after": {"type": "string"},
            "status": {"type": "string", "enum": ["canceled", "open", "paid"]},
        },
        "required": [],
        "additionalProperties": False,
    },
}


def trim(source: dict[str, Any]) -> dict[str, Any]:
    """Operations and the schemas they reach, in the form `sandbox.parameters` reads."""
    operations = {name: ADDED.get(name) or _parameters(_operation(source, name)) for name in OPERATIONS}
    schemas = source["components"]["schemas"]
    return {
        "origin": ORIGIN,
        "version": source["info"]["version"],
        "operations": operations,
        "schemas": {name: schemas[name] for name in sorted(_reached(operations, schemas))},
    }


def _operation(source: dict[str, Any], name: str) -> dict[str, Any]:
    method, path = name.split(" ")
    operation: dict[str, Any] = source["paths"][path][method.lower()]
    return operation


def _parameters(operation: dict[str, Any]) -> dict[str, Any]:
    """One object schema for an operation, whether its parameters travel in the address or in the body."""
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
        schema: dict[str, Any] = content["schema"]
        return schema
    query = [each for each in operation["parameters"] if each["in"] == "query"]
    return {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in query},
        "required": [each["name"] for each in query if each["required"]],
        "additionalProperties": False,
    }


def _reached(operations: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = set(_references(operations))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_references(schemas[name])) - found
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(PREFIX)
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


if __name__ == "__main__":
    trimmed = trim(json.loads(Path(sys.argv[1]).read_text()))
    FILE.write_text(json.dumps(trimmed, separators=(",", ":"), sort_keys=True) + "\n")
