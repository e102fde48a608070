"""A line in a table cell: a few points of each history, found by seeking, however long it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runs.models import MetricSummary
from trackui.db import fetch_all

POINTS = 24
# SQLite takes 32,766 bound values a statement, three a seek.
SEEKS_A_STATEMENT = 5_000
SEEK = """
    (SELECT {column} FROM runs_metricpoint p WHERE p.run_id = t.run_id AND p.key_id = t.key_id AND p.step >= t.step
     ORDER BY p.step, p.timestamp, p.value LIMIT 1)
"""
SparkPoint = tuple[int, float]


def sparklines(summaries: Sequence[MetricSummary]) -> dict[tuple[int, int], list[SparkPoint]]:
    """(run, key) -> points (step, value) ascending, finite: some at even distances, the ends and the extremes.

    The cost is that of the points answered, not of those there are. Metrics that stay at one step have none.
    """
    targets = [
        (summary.run_id, summary.key_id, step)
        for summary in summaries
        if summary.first_step < summary.last_step
        for step in spread(summary.first_step, summary.last_step)
    ]
    found: dict[tuple[int, int], dict[int, float]] = {}
    for start in range(0, len(targets), SEEKS_A_STATEMENT):
        for run, key, step, value, is_nan in seek(targets[start : start + SEEKS_A_STATEMENT]):
            if not is_nan and math.isfinite(value):
                found.setdefault((run, key), {})[step] = value
    for summary in summaries:
        if points := found.get((summary.run_id, summary.key_id)):
            points |= known_points(summary)
    return {identity: sorted(points.items()) for identity, points in found.items()}


def spread(first: int, last: int) -> list[int]:
    count = min(POINTS, last - first + 1)
    return [first + (last - first) * i // (count - 1) for i in range(count)]


def seek(targets: Sequence[tuple[int, int, int]]) -> list[tuple]:
    rows = ", ".join(["(%s, %s, %s)"] * len(targets))
    columns = ", ".join(SEEK.format(column=column) for column in ("step", "value", "is_nan"))
    sql = f"WITH t(run_id, key_id, step) AS (VALUES {rows}) SELECT run_id, key_id, {columns} FROM t"
    return fetch_all(sql, [value for target in targets for value in target])


def known_points(summary: MetricSummary) -> dict[int, float]:
    """What the summary knows: a spike between two seeks is not lost."""
    points = {summary.min_step: summary.min_value, summary.max_step: summary.max_value}
    points |= {summary.first_step: summary.first, summary.last_step: summary.last}
    return {step: value for step, value in points.items() if value is not None and math.isfinite(value)}
