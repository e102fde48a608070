"""Protocol requests as msgspec structs, and the conversion of JSON or query values into them.

Clients differ: R sends every scalar as text, Java every int64, some write lowerCamelCase. What they
mean is read the same; what cannot be read is refused with the message MLflow gives.
"""

import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
TRAILER = "See the API docs for more information about request parameters."
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
SPECIAL_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class _Fields(type(msgspec.Struct)):
    """Makes the fields of every subclass keyword-only, so that required ones may follow others."""

    def __new__(cls, name, bases, namespace, **options):
        return super().__new__(cls, name, bases, namespace, **{"kw_only": True, **options})


class Request(msgspec.Struct, metaclass=_Fields):
    """The fields of an endpoint. One without a default is required, and then not empty."""


R = TypeVar("R", bound=Request)


class KeyValue(Request):
    key: str
    value: str = ""


class ViewType(Enum):
    """Numbers on the wire count from 1, in this order."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"


def missing(path: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Missing value for required parameter '{path}'. {TRAILER}")


def invalid(path: str, value: object, reason: str) -> InvalidParameterValue:
    """A value of the right type that is not accepted."""
    return InvalidParameterValue(f"Invalid value {_quoted(value)} for parameter '{path}' supplied: {reason}")


def _wrong_type(path: str, value: object) -> InvalidParameterValue:
    hint = f"Hint: Value was of type '{type(value).__name__}'."
    return InvalidParameterValue(f"Invalid value {_quoted(value)} for parameter '{path}' supplied: {hint} {TRAILER}")


def _quoted(value: object) -> str:
    return shorten(json.dumps(value, ensure_ascii=False))


def from_json(struct: type[R], data: Mapping[str, Any]) -> R:
    """Build a request from a JSON object. Unknown members are ignored, null is the same as absent."""
    return _struct(struct, data, "")


def from_query(struct: type[R], query) -> R:
    """Build a request from a QueryDict; a repeated field is a repeated key."""
    names = {name: kind for name, kind, _ in _fields_of(struct)}
    data = {}
    for name in query:
        kind = names.get(name) or names.get(_snake_case(name))
        is_list = get_origin(kind) is list
        data[name] = query.getlist(name) if is_list else query[name]
        for text in query.getlist(name):
            check_text(text)
    return _struct(struct, data, "")


def _struct(struct: type, data: object, path: str) -> Any:
    if not isinstance(data, Mapping):
        raise _wrong_type(path, data)
    values = {}
    for name, kind, required in _fields_of(struct):
        value = data.get(name)
        camel = _camel_case(name)
        if camel != name and camel in data:
            if name in data:
                raise InvalidParameterValue(f"'{name}' and '{camel}' are one field: send one of them.")
            value = data[camel]
        field_path = f"{path}.{name}" if path else name
        if value is None or (required and value == "" and kind is not float):
            if required:
                raise missing(field_path)
            continue
        values[name] = _value(kind, value, field_path)
    return struct(**values)


@cache
def _fields_of(struct: type) -> list[tuple[str, Any, bool]]:
    """(name, type, required) of each field; `X | UnsetType` counts as X."""
    hints = get_type_hints(struct)
    return [(f.name, _bare(hints[f.name]), f.required) for f in msgspec.structs.fields(struct)]


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        options = [option for option in get_args(hint) if option not in (UnsetType, type(None))]
        assert len(options) == 1, hint
        return options[0]
    return hint


@cache
def _camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _snake_case(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


def _value(kind: Any, value: object, path: str) -> Any:
    if kind is str:
        if not isinstance(value, str):
            raise _wrong_type(path, value)
        return value
    if kind is int:
        return _integer(value, path)
    if kind is float:
        return _double(value, path)
    if kind is bool:
        return _boolean(value, path)
    if get_origin(kind) is list:
        if not isinstance(value, list):
            raise _wrong_type(path, value)
        (item,) = get_args(kind)
        return [_value(item, child, f"{path}[{index}]") for index, child in enumerate(value)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, value, path)
    return value


def _integer(value: object, path: str) -> int:
    number = value
    if isinstance(value, str) and len(value) <= 400 and NUMBER.fullmatch(value):
        number = int(value) if value.lstrip("+-").isdigit() else float(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        raise _wrong_type(path, value)
    if not INT64_MIN <= number <= INT64_MAX:
        raise invalid(path, value, f"It must be a 64-bit integer. {TRAILER}")
    return number


def _double(value: object, path: str) -> float:
    if isinstance(value, str) and len(value) <= 400:
        if value in SPECIAL_NUMBERS:
            return SPECIAL_NUMBERS[value]
        if NUMBER.fullmatch(value):
            return float(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _wrong_type(path, value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _boolean(value: object, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise _wrong_type(path, value)


def _enum(kind: type[Enum], value: object, path: str) -> Enum:
    """A member by the name it has on the wire, or by its number there, from 1."""
    members = list(kind)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 4:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(members):
        return members[value - 1]
    for member in members:
        if member.value == value:
            return member
    raise invalid(path, value, f"It must be one of {', '.join(str(m.value) for m in members)}.")


__all__ = ["UNSET", "KeyValue", "Request", "UnsetType", "ViewType", "from_json", "from_query", "invalid", "missing"]
