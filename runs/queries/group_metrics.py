"""What the runs of a set have of metrics, as arrays, and what groups of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from runs.queries.group_members import LARGE_SHARE, Members, id_list, ids_in
from runs.queries.run_columns import Column
from runs.search.identifiers import AGGREGATES, Aggregate
from runs.search.scope import equal_or_in
from runs.statistics.describe import Description, Descriptions, describe_groups
from trackui.db import fetch_all, in_list, is_sqlite, reading_cursor
from trackui.search.sql import among, indexed_by

# So many runs are looked up one by one, whatever their share.
FEW_RUNS = 2_000


@dataclass(frozen=True, slots=True)
class MetricValues:
    """Of the runs that have the metric: where they are among the members, and their number, which may be NaN."""

    places: np.ndarray
    values: np.ndarray

    def of(self, places: np.ndarray) -> np.ndarray:
        """Those of some members."""
        return self.values[np.isin(self.places, places)]


NONE = MetricValues(np.array([], dtype=np.int64), np.array([], dtype=np.float64))


def metric_of_all(members: Members, column: Column) -> MetricValues:
    """Of every member. Two statements, along the index of that number where the set is large."""
    if not members.is_large:
        return metrics_of(members, [column], np.arange(len(members)))[0]
    aggregate = AGGREGATES[column.stat]
    scope = equal_or_in("experiment_id", members.experiments)
    source = f"FROM runs_metricsummary{indexed_by(aggregate.index)} WHERE {scope.text} AND key_id = %s"
    params = [*scope.params, column.key_id]
    pks, numbers = number_pairs(aggregate.column, f"{source}{_having(aggregate, number=True)}", params)
    ((text,),) = fetch_all(f"SELECT {id_list('run_id')} {source}{_having(aggregate, number=False)}", params)
    without = ids_in(text)
    return _among(members, np.append(pks, without), np.append(numbers, np.full(len(without), np.nan)))


def number_pairs(
    column: str, source: str, params: Sequence, *, id_column: str = "run_id"
) -> tuple[np.ndarray, np.ndarray]:
    """Ids of runs and a number of each, without a Python object a row where that can be.

    PostgreSQL writes a double so that it reads as the same one, SQLite with fifteen digits: there rows are read, and
    ids are exact as doubles.
    """
    if is_sqlite():
        with reading_cursor() as cursor:
            cursor.execute(f"SELECT {id_column}, {column} {source}", params)
            rows = np.fromiter(chain.from_iterable(cursor), dtype=np.float64).reshape(-1, 2)
        return rows[:, 0].astype(np.int64), rows[:, 1]
    ((pks, numbers),) = fetch_all(f"SELECT array_agg({id_column})::text, array_agg({column})::text {source}", params)
    return ids_in(pks), np.fromstring(numbers.strip("{}"), sep=",") if numbers else np.array([])


def _having(aggregate: Aggregate, *, number: bool) -> str:
    """Rows that hold a number, or those that do not: apart, since both tests begin at a place in the index."""
    if aggregate.nan_flag:
        return f" AND {aggregate.nan_flag} = {'FALSE' if number else 'TRUE'}"
    if aggregate.is_nullable:
        return f" AND {aggregate.column} IS {'NOT ' if number else ''}NULL"
    return "" if number else " AND 1 = 0"


class MetricReader:
    """Metrics of the members, each way of reading where it is cheaper; what was read of all is kept."""

    def __init__(self, members: Members) -> None:
        self.members = members
        self.known: dict[Column, MetricValues] = {}

    def of_all(self, column: Column) -> MetricValues:
        if column not in self.known:
            self.known[column] = metric_of_all(self.members, column)
        return self.known[column]

    def of(self, columns: Sequence[Column], places: np.ndarray) -> list[MetricValues]:
        """Of some members; those of others may be among them."""
        is_most = self.members.is_large and len(places) > max(FEW_RUNS, LARGE_SHARE * len(self.members))
        unknown = [column for column in columns if column not in self.known and not is_most]
        read = dict(zip(unknown, metrics_of(self.members, unknown, places), strict=True))
        return [read[column] if column in read else self.of_all(column) for column in columns]


def metrics_of(members: Members, columns: Sequence[Column], places: np.ndarray) -> list[MetricValues]:
    """Of some members, in the order of the columns. One statement."""
    keys = sorted({column.key_id for column in columns})
    if not keys or not len(places):
        return [NONE for _ in columns]
    where = among("run_id", members.pks[places].tolist())
    numbers = {column.stat: _number(column) for column in columns}
    rows = fetch_all(
        f"SELECT key_id, run_id, {', '.join(numbers.values())} FROM runs_metricsummary"
        f" WHERE {where.text} AND key_id IN {in_list(keys)}",
        [*where.params, *keys],
    )
    stats = list(numbers)
    return [
        _values(members, [(row[1], row[2 + stats.index(column.stat)]) for row in rows if row[0] == column.key_id])
        for column in columns
    ]


def _number(column: Column) -> str:
    """NULL for NaN, whichever way the summary says it."""
    aggregate = AGGREGATES[column.stat]
    if not aggregate.nan_flag:
        return aggregate.column
    return f"CASE WHEN {aggregate.nan_flag} THEN NULL ELSE {aggregate.column} END"


def _values(members: Members, rows: Sequence[tuple[int, float | None]]) -> MetricValues:
    if not rows:
        return NONE
    pks, values = zip(*rows, strict=True)
    return _among(members, np.array(pks, dtype=np.int64), np.array(values, dtype=np.float64))  # None becomes NaN


def _among(members: Members, pks: np.ndarray, numbers: np.ndarray) -> MetricValues:
    places = members.positions(pks)
    is_member = places >= 0
    return MetricValues(places[is_member], numbers[is_member])


@dataclass(frozen=True, slots=True)
class GroupedMetric:
    """For each group where its least and its greatest finite member are, -1 for none, and its median, NaN for none."""

    described: Descriptions
    lowest: np.ndarray
    highest: np.ndarray
    medians: np.ndarray

    def of(self, group: int) -> Description:
        median = float(self.medians[group])
        return self.described.of(group, median=None if median != median else median)


def described(metric: MetricValues, groups: np.ndarray, count: int) -> Descriptions:
    """Without medians and members: what groups are put in order by."""
    return describe_groups(metric.values, groups[metric.places], count)


def grouped_metric(metric: MetricValues, groups: np.ndarray, count: int) -> GroupedMetric:
    """`groups`: for each member the number of its group, below `count`; those with -1 are left out."""
    of_each = groups[metric.places]
    is_in = of_each >= 0
    places, values, of_each = metric.places[is_in], metric.values[is_in], of_each[is_in]
    is_finite = np.isfinite(values)
    order = np.lexsort((values[is_finite], of_each[is_finite]))
    ordered, at = values[is_finite][order], places[is_finite][order]
    n = np.bincount(of_each[is_finite], minlength=count)
    ends = np.cumsum(n)
    starts, has = ends - n, n > 0
    lowest, highest = np.full(count, -1), np.full(count, -1)
    lowest[has], highest[has] = at[starts[has]], at[ends[has] - 1]
    medians = np.full(count, np.nan)
    low, high = ordered[(starts + (n - 1) // 2)[has]], ordered[(starts + n // 2)[has]]
    medians[has] = np.where(low == high, low, low / 2 + high / 2)
    return GroupedMetric(describe_groups(values, of_each, count), lowest, highest, medians)


def chosen_groups(groups: np.ndarray, chosen: Sequence[int], count: int) -> np.ndarray:
    """For each member the rank of its group among the chosen; -1 for others."""
    ranks = np.full(count, -1, dtype=np.int64)
    ranks[np.array(chosen, dtype=np.int64)] = np.arange(len(chosen))
    return ranks[groups]
