"""What the column picker offers: keys by use, found by a part of their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import KeyKind
from runs.queries.run_columns import (
    ATTRIBUTE_LABELS,
    Column,
    KeyUse,
    default_columns,
    find_columns,
    key_uses,
)

# Of each kind; the search finds the others.
MOST_OFFERED = 100
# The numbers of a metric that people choose between.
STATS = ("last", "min", "max", "mean", "first")


@dataclass(frozen=True, slots=True)
class Offer:
    """One key with the columns it can be. A metric can be several."""

    use: KeyUse
    columns: list[Column]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    shown: list[Column]
    attributes: list[Column]
    metrics: list[Offer]
    params: list[Offer]
    tags: list[Offer]
    find: str

    @property
    def shown_specs(self) -> set[str]:
        return {column.spec for column in self.shown}

    @property
    def is_cut(self) -> bool:
        return any(len(offers) == MOST_OFFERED for offers in (self.metrics, self.params, self.tags))


def column_choice(experiment_id: int, specs: Sequence[str], *, find: str = "") -> ColumnChoice:
    """At most seven statements, as fast with 12,000 keys as with 12."""
    shown = find_columns(experiment_id, specs) if specs else default_columns(experiment_id)
    offers = {
        kind: [
            Offer(use, _columns_of(use))
            for use in key_uses(experiment_id, kind=kind, containing=find, at_most=MOST_OFFERED)
        ]
        for kind in KeyKind
    }
    return ColumnChoice(
        shown=shown,
        attributes=[Column(None, key) for key, label in ATTRIBUTE_LABELS.items() if find.lower() in label.lower()],
        metrics=offers[KeyKind.METRIC],
        params=offers[KeyKind.PARAM],
        tags=offers[KeyKind.TAG],
        find=find,
    )


def _columns_of(use: KeyUse) -> list[Column]:
    stats = STATS if use.kind == KeyKind.METRIC else ("",)
    return [Column(use.kind, use.name, stat, use.key_id) for stat in stats]
