"""Values of columns that are not kept: read from points, or from all metrics of a run."""

from __future__ import annotations

from collections.abc import Sequence

from runs.charts.svg import sparkline_path
from runs.metrics.at_best import at_best
from runs.metrics.sparkline import sparklines
from runs.models import MetricSummary
from runs.queries.run_columns import STEPS, Column
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui.db import fetch_all
from trackui.search.sql import among


def computed_values(pks: Sequence[int], column: Column) -> dict[int, object]:
    """By run; runs without a value are left out."""
    if not pks:
        return {}
    if column.kind is None:
        return greatest_steps(pks) if column.key == STEPS else {}
    if column.is_line:
        return lines(pks, column)
    return at_best(pks, column.key_id, column.by_id, is_highest=column.is_highest)


def greatest_steps(pks: Sequence[int]) -> dict[int, int]:
    """The greatest last step of a run's own metrics; those of the system count otherwise. One statement."""
    where = among("v.run_id", pks)
    return dict(
        fetch_all(
            f"SELECT v.run_id, MAX(v.last_step) FROM runs_metricsummary v WHERE {where.text} AND v.key_id NOT IN"
            " (SELECT id FROM runs_key WHERE name >= %s AND name < %s) GROUP BY v.run_id",
            (*where.params, SYSTEM_METRICS, SYSTEM_METRICS[:-1] + chr(ord(SYSTEM_METRICS[-1]) + 1)),
        )
    )


def lines(pks: Sequence[int], column: Column) -> dict[int, str]:
    """A line in SVG's path language."""
    drawn = sparklines(list(MetricSummary.objects.filter(run__in=list(pks), key=column.key_id)))
    return {run: sparkline_path(points) for (run, _), points in drawn.items()}
