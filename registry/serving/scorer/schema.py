"""The inputs a model declares, from the JSON that the front wrote; it has been checked there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DTYPES = {
    "boolean": np.dtype("bool"),
    "integer": np.dtype("int32"),
    "long": np.dtype("int64"),
    "float": np.dtype("float32"),
    "double": np.dtype("float64"),
    "string": np.dtype("str"),
    "binary": np.dtype("bytes"),
    "datetime": np.dtype("datetime64[ns]"),
}


@dataclass(frozen=True)
class Type:
    """`name` is a scalar of DTYPES, or any, array, object, map."""

    name: str
    item: Type | None = None  # of an array, and the values of a map
    properties: tuple[Field, ...] = ()  # of an object

    @property
    def is_scalar(self) -> bool:
        return self.name in DTYPES

    @property
    def dtype(self) -> np.dtype:
        return DTYPES[self.name]

    def __str__(self) -> str:
        if self.item is not None:
            return f"{self.name} of {self.item}"
        return self.name


@dataclass(frozen=True)
class Field:
    """A column, a tensor (then `dtype` and `shape` are set) or a property of an object; no name is a place in order."""

    name: str | None
    type: Type | None = None
    required: bool = True
    dtype: np.dtype | None = None
    shape: tuple[int, ...] = ()

    @property
    def is_array(self) -> bool:
        return self.type is not None and self.type.name == "array"


class Schema:
    """All columns or all tensors, all with names or none with."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self.is_tensor = fields[0].dtype is not None
        self.has_names = fields[0].name is not None
        self.by_name = {field.name: field for field in fields} if self.has_names else {}
        self.names = [field.name for field in fields] if self.has_names else list(range(len(fields)))
        self.required_names = [name for name, field in zip(self.names, fields, strict=True) if field.required]


def schema_of(items: list[dict] | None) -> Schema | None:
    return Schema(tuple(map(field_of, items))) if items else None


def field_of(item: dict) -> Field:
    if item["type"] == "tensor":
        spec = item["tensor-spec"]
        return Field(name=item["name"], dtype=np.dtype(spec["dtype"]), shape=tuple(spec["shape"]))
    return Field(name=item["name"], type=type_of(item), required=item["required"])


def type_of(spec: dict) -> Type:
    name = spec["type"]
    if name in ("array", "map"):
        return Type(name, item=type_of(spec["items" if name == "array" else "values"]))
    if name == "object":
        return Type(name, properties=tuple(map(property_of, spec["properties"].items())))
    return Type(name)


def property_of(item: tuple[str, dict]) -> Field:
    return Field(item[0], type=type_of(item[1]), required=item[1]["required"])
