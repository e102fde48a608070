"""The signature of a model: what it takes and gives, checked piece by piece.

An MLmodel file holds it as three JSON texts, `inputs`, `outputs` and `params`, in the words of mlflow.types.schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from trackui.errors import InvalidParameterValue, shorten

SCALARS = frozenset(("boolean", "integer", "long", "float", "double", "string", "binary", "datetime"))
MOST_COLUMNS = 20_000
DEEPEST_TYPE = 32


@dataclass(frozen=True, slots=True)
class Column:
    """`spec` is the type as MLflow writes it, such as {"type": "array", "items": {"type": "string"}}."""

    name: str | None
    spec: dict
    required: bool = True

    @property
    def type(self) -> str:
        return self.spec["type"]

    @property
    def label(self) -> str:
        return type_label(self.spec)

    def as_json(self) -> dict:
        return {"name": self.name, **self.spec, "required": self.required}


@dataclass(frozen=True, slots=True)
class Tensor:
    """`shape` has -1 where any size will do; `dtype` is numpy's name."""

    name: str | None
    dtype: str
    shape: tuple[int, ...]
    required: bool = True

    type = "tensor"

    @property
    def label(self) -> str:
        return f"tensor {self.dtype} ({', '.join(map(str, self.shape))})"

    def as_json(self) -> dict:
        return {"name": self.name, "type": "tensor", "tensor-spec": {"dtype": self.dtype, "shape": list(self.shape)}}


@dataclass(frozen=True, slots=True)
class Param:
    """`shape` is (-1,) for a list, None for a single value."""

    name: str
    spec: dict
    default: object
    shape: tuple[int, ...] | None = None

    @property
    def type(self) -> str:
        return self.spec["type"]

    @property
    def label(self) -> str:
        label = type_label(self.spec)
        return label if self.shape is None else f"list of {label}"

    def as_json(self) -> dict:
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, **self.spec, "default": self.default, "shape": shape}


Schema = tuple[Column, ...] | tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """None is a part that the model does not tell: anything goes. A schema is all tensors or all columns."""

    inputs: Schema | None
    outputs: Schema | None
    params: tuple[Param, ...] | None
    # The model checks its inputs by the type hints of its own predict function.
    from_type_hints: bool = False

    def as_json(self) -> dict:
        parts = {"inputs": self.inputs, "outputs": self.outputs, "params": self.params}
        return {name: None if part is None else [field.as_json() for field in part] for name, part in parts.items()}


def parse_signature(content: object, *, from_type_hints: bool = False) -> Signature | None:
    """From the `signature` of an MLmodel file. Raises InvalidParameterValue with the field at fault."""
    if content is None:
        return None
    if not isinstance(content, dict):
        raise fault("it must be a mapping of inputs, outputs and params")
    params = json_list(content.get("params"), "params")
    return Signature(
        inputs=parse_schema(content.get("inputs"), "inputs"),
        outputs=parse_schema(content.get("outputs"), "outputs"),
        params=None if params is None else tuple(parse_param(item, f"params[{i}]") for i, item in enumerate(params)),
        from_type_hints=from_type_hints,
    )


def parse_schema(text: object, where: str) -> Schema | None:
    items = json_list(text, where)
    if not items:
        return None
    fields = tuple(parse_field(item, f"{where}[{i}]") for i, item in enumerate(items))
    names = [field.name for field in fields]
    if len({type(field) for field in fields}) > 1:
        raise fault(f"{where} mixes columns and tensors")
    if None in names and set(names) != {None}:
        raise fault(f"{where} names some of its fields and not others")
    if len(set(names)) < len(names) and None not in names:
        raise fault(f"{where} has two fields of one name")
    return fields


def json_list(text: object, where: str) -> list | None:
    if text is None:
        return None
    try:
        items = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        raise fault(f"{where} is no JSON") from None
    if not isinstance(items, list):
        raise fault(f"{where} must be a JSON list")
    if len(items) > MOST_COLUMNS:
        raise fault(f"{where} has more than {MOST_COLUMNS:,} fields")
    return items


def parse_field(item: object, where: str) -> Column | Tensor:
    if not isinstance(item, dict):
        raise fault(f"{where} is no object")
    name = item.get("name")
    if name is not None and not isinstance(name, (str, int)):
        raise fault(f"the name of {where} is no text")
    name = None if name is None else str(name)
    if item.get("type") == "tensor":
        return parse_tensor(item.get("tensor-spec"), name, where)
    required = item.get("required")
    if required is None:
        required = not item.get("optional", False)  # MLflow before 2.5 wrote it this way round
    return Column(name=name, spec=parse_type(item, where), required=bool(required))


def parse_tensor(spec: object, name: str | None, where: str) -> Tensor:
    spec = spec if isinstance(spec, dict) else {}
    dtype, shape = spec.get("dtype"), spec.get("shape")
    if not isinstance(dtype, str) or not is_shape(shape):
        raise fault(f"{where} is a tensor without dtype and shape")
    return Tensor(name=name, dtype=dtype, shape=tuple(shape))


def is_shape(shape: object) -> bool:
    return isinstance(shape, list) and all(type(size) is int and size >= -1 for size in shape)


def parse_type(item: object, where: str, depth: int = 0) -> dict:
    """The type alone: checked all the way down, names of properties kept."""
    kind = item.get("type", item.get("dtype")) if isinstance(item, dict) else None
    if depth > DEEPEST_TYPE:
        raise fault(f"{where} is nested deeper than {DEEPEST_TYPE}")
    if not isinstance(kind, str):
        raise fault(f"{where} has no type")
    if kind in SCALARS or kind == "any":
        return {"type": kind}
    if kind == "sparkml_vector":
        return {"type": "array", "items": {"type": "double"}}
    if kind == "array":
        return {"type": "array", "items": parse_type(item.get("items"), f"{where}.items", depth + 1)}
    if kind == "map":
        return {"type": "map", "values": parse_type(item.get("values"), f"{where}.values", depth + 1)}
    properties = item.get("properties") if kind == "object" else None
    if not isinstance(properties, dict) or not properties:
        raise fault(f"{where} has the type {shorten(kind)!r}, which a signature does not know")
    return {
        "type": "object",
        "properties": {
            str(name): {
                **parse_type(property, f"{where}.{shorten(name)}", depth + 1),
                "required": bool(property.get("required", True)),
            }
            for name, property in properties.items()
        },
    }


def parse_param(item: object, where: str) -> Param:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or "default" not in item:
        raise fault(f"{where} needs a name, a type and a default")
    shape = item.get("shape")
    if shape not in (None, [-1]):
        raise fault(f"the shape of {where} must be null or [-1]")
    return Param(
        name=item["name"],
        spec=parse_type(item, where),
        default=item["default"],
        shape=None if shape is None else tuple(shape),
    )


def type_label(spec: dict) -> str:
    """`double`, `array of string`, `map of long`, `object {name: string, age: long?}`."""
    if spec["type"] == "array":
        return f"array of {type_label(spec['items'])}"
    if spec["type"] == "map":
        return f"map of {type_label(spec['values'])}"
    if spec["type"] == "object":
        parts = (
            f"{name}: {type_label(part)}{'' if part['required'] else '?'}" for name, part in spec["properties"].items()
        )
        return f"object {{{', '.join(parts)}}}"
    return spec["type"]


def fault(reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"MLmodel: the signature cannot be read: {reason}.")
