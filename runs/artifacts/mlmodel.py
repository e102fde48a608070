"""What an MLmodel file says, laid out: flavors, signature and origin.

It is read as data: nothing it names is opened or imported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml

FILE_NAME = "MLmodel"
MOST_ALIASES = 100
MOST_COLUMNS = 500
# Facts worth a line, with what they are called; the order is that of the page.
FACTS = {
    "model_id": "Model id",
    "run_id": "Run id",
    "utc_time_created": "Created (UTC)",
    "mlflow_version": "MLflow",
    "model_size_bytes": "Size in bytes",
}
# Of a flavor, what tells versions apart; the rest is plumbing.
VERSION_WORDS = ("version", "serialization_format", "loader_module")


@dataclass(frozen=True, slots=True)
class Flavor:
    name: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SignatureColumn:
    name: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class ModelCard:
    flavors: tuple[Flavor, ...]
    facts: tuple[tuple[str, str], ...]
    inputs: tuple[SignatureColumn, ...]
    outputs: tuple[SignatureColumn, ...]
    params: tuple[SignatureColumn, ...]


def model_card(text: str) -> ModelCard | None:
    """None for what is not an MLmodel file after all."""
    content = mapping(safe_yaml(text))
    flavors = content.get("flavors")
    if not isinstance(flavors, dict):
        return None
    signature = mapping(content.get("signature"))
    return ModelCard(
        flavors=tuple(Flavor(str(name), flavor_details(mapping(details))) for name, details in flavors.items()),
        facts=tuple((label, str(content[key])) for key, label in FACTS.items() if content.get(key) not in (None, "")),
        inputs=signature_columns(signature.get("inputs")),
        outputs=signature_columns(signature.get("outputs")),
        params=signature_columns(signature.get("params")),
    )


def safe_yaml(text: str) -> object:
    """Plain data, or None for what is no YAML or has more aliases than a person writes."""
    try:
        aliases = sum(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.CSafeLoader))
        return None if aliases > MOST_ALIASES else yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def mapping(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def flavor_details(details: dict) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(key), str(value))
        for key, value in details.items()
        if isinstance(value, (str, int, float)) and any(word in str(key) for word in VERSION_WORDS)
    )


def signature_columns(text: object) -> tuple[SignatureColumn, ...]:
    """Columns of a schema, which the file holds as JSON text."""
    try:
        columns = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        columns = None
    if not isinstance(columns, list):
        return ()
    return tuple(signature_column(column) for column in columns[:MOST_COLUMNS] if isinstance(column, dict))


def signature_column(column: dict) -> SignatureColumn:
    return SignatureColumn(
        name=str(column.get("name") or ""),
        type=column_type(column),
        is_required=bool(column.get("required", True)) and "default" not in column,
    )


def column_type(column: dict) -> str:
    """`double`, `tensor float32 (-1, 28, 28)`, `array of string`, `object`."""
    kind = str(column.get("type") or column.get("dtype") or "")
    tensor = mapping(column.get("tensor-spec"))
    if tensor:
        shape = tensor.get("shape")
        size = f" ({', '.join(map(str, shape))})" if isinstance(shape, list) else ""
        return f"tensor {tensor.get('dtype', '')}{size}"
    items = mapping(column.get("items"))
    return f"array of {items.get('type', '')}" if kind == "array" and items else kind
