"""The fields of a form made from a model's signature: a column or a param each, read back as what the model takes."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from runs.artifacts.signature import SignatureColumn

INTEGERS = {"integer": 2**31, "long": 2**63}
FLOATS = frozenset(("float", "double"))
# Written as JSON: what has parts, and what may be anything.
STRUCTURED = frozenset(("array", "object", "map", "any"))
LONGEST_VALUE = 20_000


class NotThat(ValueError):
    """What a value must be, in words that follow “must be”."""


@dataclass(frozen=True, slots=True)
class TryField:
    """`name`: of the form's field; `label`: the column or the param; `text`: what stands in the field.

    `position`: of an unnamed column, by which the request calls it.
    """

    name: str
    label: str
    column: SignatureColumn
    position: int
    text: str = ""
    error: str = ""

    @property
    def kind(self) -> str:
        """How the field looks: number, flag, time, json or text."""
        kind = self.column.kind
        if self.is_structured:
            return "json"
        if kind == "boolean":
            return "flag"
        if kind in INTEGERS or kind in FLOATS:
            return "number"
        return "time" if kind == "datetime" else "text"

    @property
    def is_structured(self) -> bool:
        """A param with a shape is a list."""
        return self.column.kind in STRUCTURED or bool(self.column.shape)

    @property
    def key(self) -> str | int:
        return self.column.name or self.position

    @property
    def is_left_out(self) -> bool:
        """Blank, and not needed."""
        return not self.text.strip() and not self.column.is_required

    def read(self) -> object:
        """The value as it travels in JSON. NotThat says what it must be."""
        text = self.text.strip()
        if self.column.kind == "string" and not self.is_structured:
            return self.text
        if not text:
            raise NotThat("filled in")
        return read_structured(text) if self.is_structured else read_scalar(text, self.column.kind)


def read_scalar(text: str, kind: str) -> object:
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise NotThat("true or false")
        return text.lower() == "true"
    if kind in INTEGERS:
        return read_integer(text, INTEGERS[kind])
    if kind in FLOATS:
        return read_float(text)
    if kind == "datetime":
        return read_time(text)
    return text


def read_integer(text: str, limit: int) -> int:
    try:
        if len(text) > 30:
            raise ValueError
        number = int(text)
    except ValueError:
        raise NotThat("a whole number") from None
    if not -limit <= number < limit:
        raise NotThat(f"from {-limit:,} to {limit - 1:,}")
    return number


def read_float(text: str) -> float | None:
    """NaN is a value that is missing."""
    try:
        number = float(text)
    except ValueError:
        raise NotThat("a number") from None
    if math.isinf(number):
        raise NotThat("a finite number")
    return None if math.isnan(number) else number


def read_time(text: str) -> str:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise NotThat("a date and time such as 2026-01-31T12:00:00") from None
    return text


def read_structured(text: str) -> object:
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise NotThat('JSON, such as [1, 2] or {"a": 1}') from None


def refuse_constant(word: str) -> None:
    raise ValueError(word)


def written(value: object) -> str:
    """A value of an example as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def try_fields(columns: tuple[SignatureColumn, ...], prefix: str, texts: Mapping[str | int, str]) -> list[TryField]:
    """`texts`: what is known of each, by its key."""
    fields = [
        TryField(f"{prefix}{at}", column.name or f"column {at + 1}", column, at) for at, column in enumerate(columns)
    ]
    return [replace(field, text=texts.get(field.key, "")) for field in fields]


def posted(fields: list[TryField], form: Mapping[str, str]) -> list[TryField]:
    """With what a person wrote, and what is wrong with it."""
    return [checked(replace(field, text=form.get(field.name, ""))) for field in fields]


def checked(field: TryField) -> TryField:
    if field.is_left_out:
        return field
    if len(field.text) > LONGEST_VALUE:
        return replace(field, text="", error=f"must be at most {LONGEST_VALUE:,} characters")
    try:
        field.read()
    except NotThat as problem:
        return replace(field, error=f"must be {problem}")
    return field
