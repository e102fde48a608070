"""Metrics as a request brings them: `{"loss": [[0, 0.9], [1, 0.5]], "accuracy": 0.97}`."""

from typing import NamedTuple

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from runs.api.fields import NUMBER_SCHEMA, MapField, double, int64, milliseconds

MAX_POINTS = 100_000


class Point(NamedTuple):
    """A point before its gaps are filled: `step` and `timestamp` are None where the request leaves them out."""

    step: int | None
    value: float
    timestamp: int | None


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [
                NUMBER_SCHEMA,
                {
                    "type": "array",
                    "items": {"type": "array", "minItems": 2, "maxItems": 3, "items": NUMBER_SCHEMA},
                },
            ]
        },
        "description": (
            "Names, each with one value or with its history: a list of `[step, value]` or `[step, value, timestamp]`. "
            f"At most {MAX_POINTS:,} points in one request."
        ),
        "example": {"loss": [[0, 0.9], [1, 0.5], [2, "NaN"]], "accuracy": 0.97},
    }
)
class HistoriesField(MapField):
    def to_internal_value(self, data: object) -> dict[str, list[Point]]:
        if isinstance(data, dict):
            points = sum(len(value) if isinstance(value, list) else 1 for value in data.values())
            if points > MAX_POINTS:
                raise serializers.ValidationError(
                    f"At most {MAX_POINTS:,} points in one request, not {points:,}. Append the others to the run."
                )
        return super().to_internal_value(data)

    def value(self, value: object) -> list[Point]:
        if not isinstance(value, list):
            return [Point(None, double(value), None)]
        return [point(item, index) for index, item in enumerate(value)]


def point(item: object, index: int) -> Point:
    if not isinstance(item, list) or not 2 <= len(item) <= 3:
        raise ValueError(f"point {index} must be [step, value] or [step, value, timestamp].")
    try:
        part = "step"
        step = int64(item[0])
        part = "value"
        value = double(item[1])
        part = "timestamp"
        timestamp = milliseconds(item[2]) if len(item) == 3 else None
    except ValueError as error:
        raise ValueError(f"the {part} of point {index} is wrong: {error}") from None
    return Point(step, value, timestamp)
