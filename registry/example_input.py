"""A request that a model would take, made up from its signature: a row of ordinary values."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from runs.artifacts.mlmodel import ModelCard
from runs.artifacts.signature import SignatureColumn

VALUES = {
    "boolean": True,
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "string": "text",
    "datetime": "2026-01-01T00:00:00",
    "binary": "AA==",
    "array": [],
    "object": {},
    "map": {},
    "any": 1,
}
# A tensor with more numbers than this is left for people to write.
MOST_NUMBERS = 1_000


def example_request(card: ModelCard) -> dict | None:
    """A body for /invocations; None where the signature does not tell one."""
    if not card.inputs or card.left_out_columns:
        return None
    params = {"params": {one.name: json.loads(one.default) for one in card.params if one.name and one.default}}
    inputs = (
        tensor_inputs(card.inputs) if any(one.kind == "tensor" for one in card.inputs) else column_inputs(card.inputs)
    )
    return inputs and inputs | (params if params["params"] else {})


def column_inputs(columns: Sequence[SignatureColumn]) -> dict:
    return {
        "dataframe_split": {
            "columns": [one.name or at for at, one in enumerate(columns)],
            "data": [[VALUES.get(one.kind, "text") for one in columns]],
        }
    }


def tensor_inputs(columns: Sequence[SignatureColumn]) -> dict | None:
    shapes = [sizes(one) for one in columns]
    if any(shape is None or math.prod(shape) > MOST_NUMBERS for shape in shapes):
        return None
    filled = [zeros(shape) for shape in shapes]
    if len(columns) == 1 and not columns[0].name:
        return {"inputs": filled[0]}
    return {"inputs": {one.name: value for one, value in zip(columns, filled, strict=True)}}


def sizes(column: SignatureColumn) -> list[int] | None:
    """Of each dimension, 1 where any will do; None where the shape cannot be read."""
    try:
        return [max(1, int(size)) for size in column.shape.strip("()").split(",") if size.strip()]
    except ValueError:
        return None


def zeros(shape: Sequence[int]) -> list | float:
    return [zeros(shape[1:]) for _ in range(shape[0])] if shape else 0.0
