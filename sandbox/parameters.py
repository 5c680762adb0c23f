"""Read form-encoded parameters and check them against Stripe's own types."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.errors import InvalidRequest, Json

FILE = Path(__file__).with_name("parameters.json")
UNSET = object()
BOOLEANS = {"true": True, "false": False}


@cache
def _types() -> Json:
    types: Json = json.loads(FILE.read_text())
    return types


def version() -> str:
    """The API version that the types describe, such as `2026-10-28.endive`."""
    return str(_types()["version"])


def operations() -> list[str]:
    """The operations that have types, such as `POST /v1/refunds`."""
    return list(_types()["operations"])


def read(pairs: Iterable[tuple[str, str]]) -> Json:
    """`a[b][0][c]=v` as nested dicts. Lists stay dicts with numbers as names: only the types tell them apart."""
    tree: Json = {}
    for name, value in pairs:
        _place(tree, name, value)
    return tree


def _place(tree: Json, name: str, value: str) -> None:
    first, *rest = name.replace("]", "").split("[")
    node, last = tree, first
    for part in rest:
        node = node.setdefault(last, {})
        if not isinstance(node, dict):
            raise InvalidRequest(f"{name} is given both as a value and as a group.", param=first)
        last = part or str(len(node))
    node[last] = value


def check(operation: str, given: Json) -> Json:
    """The parameters of an operation such as `POST /v1/refunds`, typed; InvalidRequest names the wrong one."""
    checked = _value(_types()["operations"][operation], given, "")
    return checked if isinstance(checked, dict) else {}


def _value(schema: Json, given: Any, name: str) -> Any:
    if "$ref" in schema:
        return _value(_types()["schemas"][schema["$ref"].rpartition("/")[2]], given, name)
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], given, name)
    if given == "" and schema.get("enum") == [""]:
        return UNSET
    if given == "":
        message = f"{name} is empty, which would unset it, and it cannot be unset. Leave it out instead."
        raise InvalidRequest(message, param=name, code="parameter_invalid_empty")
    return READERS[schema.get("type", "string")](schema, given, name)


def _any_of(choices: list[Json], given: Any, name: str) -> Any:
    """The first choice that fits; where none does, what the fullest says, for it is what was meant."""
    refusals = []
    for choice in choices:
        try:
            return _value(choice, given, name)
        except InvalidRequest as refusal:
            refusals.append((len(refusal.param or ""), refusal))
    raise max(refusals, key=lambda each: each[0])[1]


def _object(schema: Json, given: Any, name: str) -> Json:
    if not isinstance(given, dict):
        raise InvalidRequest(
            f"{name} must be a group of parameters.", param=name, code="parameter_invalid_type"
        )
    _require(schema.get("required", []), given, name)
    rest = schema.get("additionalProperties", False)
    known = schema.get("properties", {})
    checked = {}
    for key, each in given.items():
        within = _within(name, key)
        if key not in known and not isinstance(rest, dict):
            raise InvalidRequest(f"Unknown parameter: {within}.", param=within, code="parameter_unknown")
        if each == "" and key not in known:
            continue  # An empty value takes a metadata key away.
        checked[key] = _value(known.get(key, rest), each, within)
    return {key: each for key, each in checked.items() if each is not UNSET}


def _require(names: Iterable[str], given: Json, name: str) -> None:
    for key in names:
        if key not in given:
            within = _within(name, key)
            raise InvalidRequest(
                f"Missing required parameter: {within}.", param=within, code="parameter_missing"
            )


def _within(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def _array(schema: Json, given: Any, name: str) -> list[Any]:
    if not isinstance(given, dict) or not all(key.isdecimal() for key in given):
        raise InvalidRequest(f"{name} must be a list.", param=name, code="parameter_invalid_type")
    ordered = sorted(given.items(), key=lambda each: int(each[0]))
    return [_value(schema["items"], each, f"{name}[{key}]") for key, each in ordered]


def _string(schema: Json, given: Any, name: str) -> str:
    if not isinstance(given, str):
        raise InvalidRequest(f"{name} must be a string.", param=name, code="parameter_invalid_type")
    choices = schema.get("enum", [given])
    if given not in choices:
        raise InvalidRequest(f"{name} must be one of {', '.join(choices)}.", param=name)
    return given


def _integer(_schema: Json, given: Any, name: str) -> int:
    if not isinstance(given, str) or not re.fullmatch(r"-?[0-9]{1,18}", given):
        message = f"{name} must be a whole number."
        raise InvalidRequest(message, param=name, code="parameter_invalid_integer")
    return int(given)


def _number(_schema: Json, given: Any, name: str) -> float:
    if not isinstance(given, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", given):
        raise InvalidRequest(f"{name} must be a number.", param=name, code="parameter_invalid_type")
    return float(given)


def _boolean(_schema: Json, given: Any, name: str) -> bool:
    if not isinstance(given, str) or given.lower() not in BOOLEANS:
        raise InvalidRequest(f"{name} must be true or false.", param=name, code="parameter_invalid_type")
    return BOOLEANS[given.lower()]


READERS = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
