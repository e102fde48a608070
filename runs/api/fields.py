"""Fields of the native API: doubles with NaN and infinities, times, maps of names to values, histories."""

import json
import math
import re
from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from runs.ingest.limits import check_key
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import INT64_MAX, INT64_MIN, SPECIAL_NUMBERS

NUMBER_SCHEMA = {"oneOf": [{"type": "number", "format": "double"}, {"type": "string", "enum": list(SPECIAL_NUMBERS)}]}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RUN_ID = re.compile(r"[0-9a-f]{32}")


# --- Numbers -----------------------------------------------------------------------------------


def json_number(value: float | None) -> float | str | None:
    """A double as JSON has it: NaN and infinities as the texts NaN, Infinity, -Infinity."""
    if value is None or math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def double(value: object) -> float:
    """The reverse of json_number. ValueError for anything else, booleans and numbers in text too."""
    if isinstance(value, str) and value in SPECIAL_NUMBERS:
        return SPECIAL_NUMBERS[value]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError("it must be a number, or 'NaN', 'Infinity' or '-Infinity'.")
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def int64(value: object) -> int:
    """A 64-bit integer; 3.0 is one, since some languages write all numbers so. ValueError for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not INT64_MIN <= value <= INT64_MAX:
        raise ValueError("it must be a whole number of 64 bits.")
    return value


@extend_schema_field(NUMBER_SCHEMA)
class DoubleField(serializers.Field):
    def to_representation(self, value: float) -> float | str | None:
        return json_number(value)


class Int64Field(serializers.IntegerField):
    def to_internal_value(self, data: object) -> int:
        try:
            return int64(data)
        except ValueError as error:
            raise serializers.ValidationError(capitalised(error)) from None


# --- Times -------------------------------------------------------------------------------------


def milliseconds(value: object) -> int:
    """A time as it travels: milliseconds since the epoch, or an ISO 8601 text, UTC where it names no zone."""
    if isinstance(value, str) and not value.isdecimal():
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("it must be milliseconds since 1970, or a time such as 2026-01-16T09:30:00Z.") from None
        since = (when if when.tzinfo else when.replace(tzinfo=UTC)) - EPOCH
        value = since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    elif isinstance(value, str):
        value = int(value) if len(value) < 20 else INT64_MAX + 1
    number = int64(value)
    if number < 0:
        raise ValueError("it must not lie before 1970.")
    return number


@extend_schema_field(
    {
        "oneOf": [{"type": "integer", "format": "int64"}, {"type": "string", "format": "date-time"}],
        "description": "Milliseconds since 1970-01-01 UTC, or an ISO 8601 time. Answers always have milliseconds.",
    }
)
class MillisecondsField(serializers.Field):
    def to_internal_value(self, data: object) -> int:
        try:
            return milliseconds(data)
        except ValueError as error:
            raise serializers.ValidationError(capitalised(error)) from None

    def to_representation(self, value: int | None) -> int | None:
        return value


# --- Names and values --------------------------------------------------------------------------


class StrictTextField(serializers.CharField):
    """Text as it was sent: not trimmed, and never made from a number."""

    def __init__(self, **options) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return check_text(data)


class RunIdField(StrictTextField):
    def to_internal_value(self, data: object) -> str:
        if not RUN_ID.fullmatch(super().to_internal_value(data)):
            raise serializers.ValidationError("A run id is 32 lower-case hexadecimal digits.")
        return data


def key(name: str, what: str) -> str:
    """A name of a param, metric or tag, checked; ValidationError with what is wrong."""
    try:
        return check_key(check_text(name), what, f"{what} name")
    except InvalidParameterValue as error:
        raise serializers.ValidationError(error.message) from None


class MapField(serializers.Field):
    """A JSON object of names to values; each fault is told under its name."""

    def __init__(self, *, what: str, at_most: int, **options) -> None:
        super().__init__(**options)
        self.what = what
        self.at_most = at_most

    def to_internal_value(self, data: object) -> dict:
        if not isinstance(data, dict):
            raise serializers.ValidationError("It must be an object of names and values.")
        if len(data) > self.at_most:
            raise serializers.ValidationError(f"At most {self.at_most} {self.what}s in one request, not {len(data)}.")
        values, faults = {}, {}
        for name, value in data.items():
            try:
                values[key(name, self.what)] = self.value(value)
            except serializers.ValidationError as error:
                faults[shorten(name)] = error.detail
            except (ValueError, InvalidParameterValue) as error:
                faults[shorten(name)] = [capitalised(error)]
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def value(self, value: object) -> object:
        raise NotImplementedError

    def to_representation(self, value: dict) -> dict:
        return value


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]},
        "description": "Names and values. Values are kept as text: a number or boolean as JSON writes it.",
    }
)
class TextMapField(MapField):
    def __init__(self, *, length: int, **options) -> None:
        super().__init__(**options)
        self.length = length

    def value(self, value: object) -> str | None:
        if isinstance(value, (bool, int, float)):
            return json.dumps(value)
        if not isinstance(value, str):
            raise ValueError("it must be text, a number or a boolean.")
        if len(value) > self.length:
            raise ValueError(f"it has {len(value)} characters; at most {self.length} can be kept.")
        return check_text(value)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "nullable": True},
        "description": "Tags to set; those with null are removed. Tags that are not named stay as they are.",
    }
)
class TagChangesField(TextMapField):
    def value(self, value: object) -> str | None:
        return None if value is None else super().value(value)


def capitalised(error: Exception) -> str:
    text = error.message if isinstance(error, InvalidParameterValue) else str(error)
    return text[:1].upper() + text[1:]
