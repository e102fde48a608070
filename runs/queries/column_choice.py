"""What the column picker offers: the columns shown in their order, and keys by use, found by a part of their name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from runs.models import KeyKind
from runs.queries.run_columns import (
    ATTRIBUTE_LABELS,
    EXPERIMENT,
    LINE,
    Column,
    Experiments,
    KeyUse,
    default_columns,
    find_columns,
    key_uses,
    sampled_values,
)
from runs.queries.run_scope import RunScope, scope_of

# Of each kind; the search finds the others.
MOST_OFFERED = 40
# What people choose between of a metric.
STATS = ("last", "min", "max", "mean", "first", LINE)


@dataclass(frozen=True, slots=True)
class Offer:
    """One key with the columns it can be; a metric can be several. `constant`: its value in all of the newest runs."""

    use: KeyUse
    columns: list[Column]
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the table, at which place of how many."""

    column: Column
    place: int
    is_pinned: bool
    is_last: bool


@dataclass(frozen=True)
class ColumnChoice:
    shown: list[Shown]
    attributes: list[Column]
    metrics: list[Offer]
    params: list[Offer]
    tags: list[Offer]
    find: str
    # A column asked for that there is not.
    missing: str = ""

    @cached_property
    def shown_specs(self) -> set[str]:
        return {shown.column.spec for shown in self.shown}

    @property
    def differing(self) -> list[Offer]:
        return [offer for offer in self.params if offer.constant is None]

    @property
    def constant(self) -> list[Offer]:
        """Params that tell no run from another."""
        return [offer for offer in self.params if offer.constant is not None]

    @property
    def is_cut(self) -> bool:
        return any(len(offers) == MOST_OFFERED for offers in (self.metrics, self.params, self.tags))

    @property
    def is_empty(self) -> bool:
        return not (self.attributes or self.metrics or self.params or self.tags)


def column_choice(
    experiments: Experiments, specs: Sequence[str], *, added: str = "", pins: Iterable[str] = (), find: str = ""
) -> ColumnChoice:
    """`added`: one more column. At most a dozen statements, as fast with 12,000 keys as with 12."""
    scope = scope_of(experiments)
    columns = find_columns(scope, specs) if specs else default_columns(scope)
    new = find_columns(scope, [added]) if added else []
    columns = [*columns, *(column for column in new if column not in columns)]
    pinned = set(pins)
    uses = {kind: key_uses(scope, kind=kind, containing=find, at_most=MOST_OFFERED) for kind in KeyKind}
    values = sampled_values(scope, uses[KeyKind.PARAM])
    return ColumnChoice(
        shown=[
            Shown(column, place, column.spec in pinned, place == len(columns) - 1)
            for place, column in enumerate(columns)
        ],
        attributes=_attributes(scope, find),
        metrics=[Offer(use, [use.column(stat) for stat in STATS]) for use in uses[KeyKind.METRIC]],
        params=[Offer(use, [use.column()], _constant(values[use.key_id])) for use in uses[KeyKind.PARAM]],
        tags=[Offer(use, [use.column()]) for use in uses[KeyKind.TAG]],
        find=find,
        missing="" if new else added,
    )


def _attributes(scope: RunScope, find: str) -> list[Column]:
    """The experiment is worth a column where there are several."""
    return [
        Column(None, key)
        for key, label in ATTRIBUTE_LABELS.items()
        if find.lower() in label.lower() and (key != EXPERIMENT or not scope.is_single)
    ]


def _constant(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def moved(specs: Sequence[str], move: str) -> list[str]:
    """`up:3` puts the fourth before the third; what is no such move changes nothing."""
    where, _, place = move.partition(":")
    step = {"up": -1, "down": 1}.get(where, 0)
    order = list(specs)
    if not (place.isascii() and place.isdigit() and len(place) < 4):
        return order
    at = int(place)
    if at < len(order) and 0 <= at + step < len(order):
        order[at], order[at + step] = order[at + step], order[at]
    return order
