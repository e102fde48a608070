"""Columns and params that a model's signature names, from the JSON texts of its MLmodel file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# Shown of each part; how many more there are is said.
MOST_COLUMNS = 500
DEEPEST_TYPE = 6


@dataclass(frozen=True, slots=True)
class SignatureColumn:
    """`type` is written for people. `kind`: the type as the file has it, `tensor`, `array`, `object` and `map` among
    them. `shape`: of a tensor or of a list of params, as `(-1, 28, 28)`. `default`: JSON, empty where there is none.
    """

    name: str
    type: str
    is_required: bool
    kind: str = ""
    shape: str = ""
    default: str = ""


def signature_columns(text: object) -> tuple[tuple[SignatureColumn, ...], int]:
    """The columns, and how many more there are. Nothing for what is no schema."""
    columns = plain_json(text) if isinstance(text, str) else None
    if not isinstance(columns, list):
        return (), 0
    shown = tuple(signature_column(column) for column in columns[:MOST_COLUMNS] if isinstance(column, dict))
    return shown, max(0, len(columns) - MOST_COLUMNS)


def signature_column(column: dict[str, Any]) -> SignatureColumn:
    tensor = mapping(column.get("tensor-spec"))
    return SignatureColumn(
        name="" if column.get("name") is None else str(column["name"]),
        type=column_type(column),
        is_required=bool(column.get("required", True)) and "default" not in column,
        kind="tensor" if tensor else kind_of(column),
        shape=shape_text(tensor.get("shape") if tensor else column.get("shape")),
        default=json.dumps(column["default"], ensure_ascii=False, default=str) if "default" in column else "",
    )


def column_type(column: dict[str, Any], depth: int = 0) -> str:
    """`double`, `tensor float32`, `array of string`, `object {street: string, number?: long}`, `map to double`."""
    if tensor := mapping(column.get("tensor-spec")):
        return f"tensor {tensor.get('dtype', '')}"
    kind = kind_of(column)
    if depth >= DEEPEST_TYPE:
        return kind
    if kind == "array" and (items := mapping(column.get("items"))):
        return f"array of {column_type(items, depth + 1)}"
    if kind == "map" and (values := mapping(column.get("values"))):
        return f"map to {column_type(values, depth + 1)}"
    if kind == "object" and (properties := mapping(column.get("properties"))):
        inside = (
            f"{name}{'' if mapping(one).get('required', True) else '?'}: {column_type(mapping(one), depth + 1)}"
            for name, one in properties.items()
        )
        return f"object {{{', '.join(inside)}}}"
    return kind


def kind_of(column: dict[str, Any]) -> str:
    return str(column.get("type") or column.get("dtype") or "")


def shape_text(shape: object) -> str:
    return f"({', '.join(map(str, shape))})" if isinstance(shape, list) else ""


def plain_json(text: str | bytes) -> object:
    """None for what is no JSON, or holds half a surrogate pair, which no page can show."""
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def mapping(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
