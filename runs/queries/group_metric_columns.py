"""Which metrics are shown of groups: those an address names, else those people look at first."""

from __future__ import annotations

from collections.abc import Sequence

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import KeyKind
from runs.queries.headlines import headline_rank
from runs.queries.run_columns import MOST_METRICS, Column, find_columns, key_uses, most_telling
from runs.search.identifiers import LAST

DEFAULT_METRICS, MOST_SHOWN_METRICS = 4, 20


def metric_columns(
    experiments: Sequence[int], specs: Sequence[str], *, at_most: int = DEFAULT_METRICS
) -> list[tuple[Column, DirectionOfMetric]]:
    """`at_most`: where the specs name no metric. Three statements."""
    asked = [column for column in find_columns(experiments, specs) if column.kind == KeyKind.METRIC]
    found = asked[:MOST_SHOWN_METRICS]
    if not found:
        uses = most_telling(key_uses(experiments, kind=KeyKind.METRIC, at_most=MOST_METRICS))
        found = [use.column(LAST) for use in uses]
    better = directions(experiments[0] if len(experiments) == 1 else None, [column.key for column in found])
    if not asked:
        found = sorted(found, key=lambda column: headline_rank(column.key, better[column.key]))[:at_most]
    return [(column, better[column.key]) for column in found]
