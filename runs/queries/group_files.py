"""Groups, and two of them compared, as tables to take away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from runs.models import Run
from runs.queries.compared_groups import ComparedMetric
from runs.queries.group_metric_columns import metric_columns
from runs.queries.group_metrics import GroupedMetric, MetricReader, grouped_metric
from runs.queries.group_options import GroupTableOptions
from runs.queries.group_order import find_sort, ordered
from runs.queries.group_sides import Side
from runs.queries.grouping import Grouping, grouped_runs
from runs.queries.run_set import RunSet
from runs.statistics.describe import Description
from trackui.exports.tables import Column, Kind, Table

GROUPS_AT_ONCE = 1_000
COUNTS = ("n", "nan", "plus_inf", "minus_inf")
NUMBERS = ("mean", "std", "se", "low", "high", "min", "max", "median")


def group_file(run_set: RunSet, grouping: Grouping, options: GroupTableOptions, *, name: str) -> Table:
    """Every group in the order of the page, with every statistic of the metrics that the page shows."""
    grouped = grouped_runs(run_set, grouping)
    metrics = metric_columns(run_set.search.experiments, options.columns)
    reader = MetricReader(grouped.members)
    order = ordered(grouped, find_sort(options.sort, grouped, metrics, []), metrics, reader)
    found = [grouped_metric(reader.of_all(one), grouped.groups, len(grouped)) for one, _ in metrics]
    columns = [Column(values.field) for values in grouped.fields]
    columns += [Column("group"), Column("runs", Kind.INTEGER)]
    for column, _ in metrics:
        columns += [Column(f"{column.spec} {name}", Kind.INTEGER) for name in COUNTS]
        columns += [Column(f"{column.spec} {name}", Kind.NUMBER) for name in NUMBERS]
        columns += [Column(f"{column.spec} {end}") for end in ("min run_id", "max run_id")]

    def rows() -> Iterator[Sequence]:
        for start in range(0, len(order), GROUPS_AT_ONCE):
            chunk = [int(group) for group in order[start : start + GROUPS_AT_ONCE]]
            grouped.read_texts(chunk)
            run_ids = _run_ids(grouped.members.pks, found, chunk)
            for group in chunk:
                row = [text for _, text in grouped.values(group)]
                row += [grouped.key(group), int(grouped.counts[group])]
                for metric in found:
                    one = metric.of(group)
                    row += [getattr(one, name) for name in (*COUNTS, *NUMBERS)]
                    row += [run_ids.get(int(metric.lowest[group])), run_ids.get(int(metric.highest[group]))]
                yield row

    return Table(f"{name}-groups", columns, rows(), filter=run_set.options.filter)


def _run_ids(pks: np.ndarray, found: Sequence[GroupedMetric], groups: Sequence[int]) -> dict[int, str]:
    """By place, of the runs at the ends of these groups. One statement."""
    places = {int(at[group]) for metric in found for at in (metric.lowest, metric.highest) for group in groups} - {-1}
    by_pk = {int(pks[place]): place for place in places}
    return {by_pk[pk]: run_id for pk, run_id in Run.objects.filter(pk__in=list(by_pk)).values_list("pk", "run_id")}


def compared_file(a: Side, b: Side, compared: Sequence[ComparedMetric], *, name: str) -> Table:
    """A row a metric."""
    columns = [Column("metric"), Column("better")]
    for side in "ab":
        columns += [Column(f"{side} {name}", Kind.INTEGER) for name in COUNTS]
        columns += [Column(f"{side} {name}", Kind.NUMBER) for name in NUMBERS]
    columns += [Column(name, Kind.NUMBER) for name in TESTS]
    columns.append(Column("bootstrap method"))
    rows = (
        [
            one.column.spec,
            str(one.direction.direction or "") or None,
            *_described(one.sides.of_a),
            *_described(one.sides.of_b),
            *_tested(one),
        ]
        for one in compared
    )
    return Table(f"{name}-compared", columns, rows, filter=f"a: {a.label}; b: {b.label}")


TESTS = (
    "difference",
    "difference low",
    "difference high",
    "welch t",
    "welch degrees",
    "welch p",
    "welch p holm",
    "mann-whitney u",
    "mann-whitney p",
    "mann-whitney p holm",
    "b larger",
    "cliffs delta",
    "hedges g",
    "bootstrap low",
    "bootstrap high",
)


def _described(found: Description) -> list:
    return [getattr(found, name) for name in (*COUNTS, *NUMBERS)]


def _tested(one: ComparedMetric) -> list:
    welch, ranks, bootstrap = one.sides.welch, one.sides.mann_whitney, one.sides.bootstrap
    return [
        one.sides.difference,
        *((welch.low, welch.high, welch.t, welch.degrees, welch.p) if welch else (None,) * 5),
        one.welch_holm,
        *((ranks.u, ranks.p, one.ranks_holm, ranks.share, ranks.cliffs_delta) if ranks else (None,) * 5),
        one.sides.hedges_g,
        *((bootstrap.low, bootstrap.high, bootstrap.method) if bootstrap else (None,) * 3),
    ]
