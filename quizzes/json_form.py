"""Frozen dataclasses as JSON and back, without loss: how question revisions and layouts are stored.

A Fraction is written as "n/d", a tuple as a list, a dataclass as an object of its fields.
What was written before a field was there gets the default of that field.
"""

from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: object) -> Any:
    """Plain lists, objects, strings, numbers and None that say the same as `value`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    return value


def from_json(shape: type[T], data: Any) -> T:
    """The value of type `shape` that `to_json` wrote; TypeError or ValueError on anything else."""
    result: T = _read(shape, data)
    return result


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _read(shape: Any, data: Any) -> Any:
    if is_dataclass(shape) and isinstance(shape, type):
        return shape(
            **{name: _read(hint, data[name]) for name, hint in _hints(shape).items() if name in data}
        )
    if get_origin(shape) in (Union, UnionType):
        return None if data is None else _read(_without_none(shape), data)
    if get_origin(shape) is tuple:
        return _read_tuple(get_args(shape), data)
    return _read_plain(shape, data)


def _without_none(shape: Any) -> Any:
    (inner,) = (part for part in get_args(shape) if part is not type(None))
    return inner


def _read_tuple(parts: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if parts[-1] is Ellipsis:
        return tuple(_read(parts[0], item) for item in data)
    return tuple(_read(part, item) for part, item in zip(parts, data, strict=True))


def _read_plain(shape: Any, data: Any) -> Any:
    if shape is Fraction:
        return Fraction(data)
    if not isinstance(data, shape):
        raise TypeError(f"{data!r} is no {shape.__name__}")
    return data
