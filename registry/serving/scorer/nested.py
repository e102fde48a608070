"""Values of nested types: arrays, objects and maps, checked against what the signature declares."""

from __future__ import annotations

import math

import numpy as np

from .casting import cast_array, decoded
from .errors import ScoringError, kind_of, quote
from .schema import Field, Type

NONE = type(None)
FITTING = {
    "boolean": (bool, np.bool_, NONE),
    "integer": (int, np.integer),
    "long": (int, np.integer),
    "float": (int, float, np.integer, np.floating, NONE),
    "double": (int, float, np.integer, np.floating, NONE),
    "string": (str, NONE),
    "binary": (str, bytes, NONE),
    "datetime": (str, np.datetime64, NONE),
}
# What values are read as before they are held against the type; others as they come.
NATURAL = {"float": np.float64, "double": np.float64, "datetime": "datetime64[ns]"}


def nested_value(value: object, type: Type, *, required: bool = True, where: str) -> object:
    """The value as the model takes it; `where` is what a message calls it."""
    if type.name == "any":
        return value
    if type.name == "array":
        return array(value, type, required, where)
    if type.name == "map":
        return mapping(value, type, required, where)
    if type.name == "object":
        return object_(value, type.properties, required, where)
    return scalar(value, type, required, where)


def scalar(value: object, type: Type, required: bool, where: str) -> object:
    """A number comes as numpy's, as in a column of it."""
    if not required and (value is None or (isinstance(value, float) and math.isnan(value))):
        return None
    if value is None:
        raise wrong(where, type, value)
    return scalars([value], type, where)[0]


def scalars(values: list, type: Type, where: str) -> list | np.ndarray:
    """Values of one type: a whole number will do for a double, a text for no number, and nothing is lost."""
    fits = FITTING[type.name]
    for value in values:
        if not isinstance(value, fits) or (isinstance(value, bool) and type.name != "boolean"):
            raise wrong(where, type, value)
    if type.name == "binary":
        return [decoded(value) if isinstance(value, str) else value for value in values]
    if type.name == "string" or (type.name == "boolean" and None in values):
        return values
    try:
        return cast_array(np.array(values, dtype=NATURAL.get(type.name)), type.dtype)
    except (ValueError, TypeError, OverflowError):
        raise wrong(where, type, values[0] if len(values) == 1 else values) from None


def array(value: object, type: Type, required: bool, where: str) -> object:
    is_open = not required or type.item.name == "any"
    if is_open and (value is None or (isinstance(value, (list, np.ndarray)) and len(value) == 0)):
        return value
    if not isinstance(value, (list, np.ndarray)):
        raise wrong(where, type, value)
    items = value.tolist() if isinstance(value, np.ndarray) else value
    if type.item.is_scalar:
        made = scalars(items, type.item, f"an item of {where}")
        made = made.tolist() if isinstance(made, np.ndarray) else made
    else:
        made = [nested_value(item, type.item, required=required, where=f"an item of {where}") for item in items]
    return stacked(made) if isinstance(value, np.ndarray) else made


def stacked(values: list) -> np.ndarray:
    """One array; of lists, where they differ in length."""
    try:
        return np.array(values)
    except ValueError:
        made = np.empty(len(values), dtype=object)
        made[:] = values
        return made


def object_(value: object, properties: tuple[Field, ...], required: bool, where: str) -> object:
    if not required and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise ScoringError(f"{where} must be object, not {kind_of(value)}: {quote(value)}.")
    known = {field.name: field for field in properties}
    missing = [field.name for field in properties if field.required and field.name not in value]
    if missing:
        raise ScoringError(f"{where} lacks the required properties {quote(missing)}.")
    extra = [name for name in value if name not in known]
    if extra:
        raise ScoringError(f"{where} has properties that the signature does not know: {quote(extra)}.")
    return {
        name: nested_value(part, known[name].type, required=known[name].required, where=f"{where}.{name}")
        for name, part in value.items()
    }


def mapping(value: object, type: Type, required: bool, where: str) -> object:
    if (not required or type.item.name == "any") and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise wrong(where, type, value)
    return {
        key: nested_value(part, type.item, required=required, where=f"{where}[{quote(key)}]")
        for key, part in value.items()
    }


def wrong(where: str, type: Type, value: object) -> ScoringError:
    return ScoringError(f"{where} must be {type}, not {kind_of(value)}: {quote(value)}.")
