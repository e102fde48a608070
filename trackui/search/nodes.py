"""What a filter says, as a tree. `start` and `end` are positions in the filter's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    start: int
    end: int


# --- Names ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identifier(Node):
    """`metrics.loss`: entity "metrics", key "loss". `status`: entity None, key "status".

    `is_quoted`: the key stood in quotes, so every dot in it belongs to it.
    """

    entity: str | None
    key: str
    is_quoted: bool

    def __str__(self) -> str:
        key = f"`{self.key}`" if self.is_quoted else self.key
        return key if self.entity is None else f"{self.entity}.{key}"


# --- Values -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value(Node):
    """A value; `source` is how it was written."""

    source: str


@dataclass(frozen=True, slots=True)
class Text(Value):
    """Text in single or double quotes, without them. Nothing in it is an escape."""

    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class Number(Value):
    number: int | float


@dataclass(frozen=True, slots=True)
class Moment(Value):
    """A date, perhaps with a time: milliseconds since the epoch, and how many it spans.

    `2026-01-16` spans a day, `2026-01-16 10:30` a minute.
    """

    timestamp: int
    span: int


@dataclass(frozen=True, slots=True)
class Quantity(Value):
    """`10m`, `-7d`, `1h30m`: milliseconds."""

    milliseconds: float


@dataclass(frozen=True, slots=True)
class Bare(Value):
    """Something that is no value: unquoted text, a number with a tail. Each field says what it wants instead."""


@dataclass(frozen=True, slots=True)
class ValueList(Value):
    """`('a', 'b')`: not empty; whether its items are text is for the field to check."""

    items: tuple[Value, ...]


# --- Conditions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`operator` in upper case with single blanks: =, LIKE, NOT IN, or one that no field takes (==, RLIKE)."""

    identifier: Identifier
    operator: str
    operator_start: int
    operator_end: int
    value: Value


@dataclass(frozen=True, slots=True)
class NullCheck(Node):
    """`params.lr IS NULL`, and IS NOT NULL where `is_negated`."""

    identifier: Identifier
    is_negated: bool


@dataclass(frozen=True, slots=True)
class Has(Node):
    """`has(params.lr)`."""

    identifier: Identifier


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A bare word: text that the name holds, in any case. `identifier` is what it would be as a field."""

    text: str
    identifier: Identifier | None


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Node, ...]


# --- Orders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderKey(Node):
    identifier: Identifier
    is_descending: bool
