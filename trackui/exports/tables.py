"""A table as people take it away: its columns, its rows, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column holds; each may be None. A time is milliseconds since the epoch."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is that of the file, without its ending; `filter` what rows were chosen by, as text.

    Rows are made as they are sent, each as long as `columns`. What fails at the first of them fails before an
    answer has begun.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    filter: str = ""


def columns(**kinds: Kind | str) -> tuple[Column, ...]:
    """`columns(run_id="text", step="integer")`."""
    return tuple(Column(name, Kind(kind)) for name, kind in kinds.items())
