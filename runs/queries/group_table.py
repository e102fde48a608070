"""The table of groups: what each came to, over all of its runs, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.core.paginator import Page, Paginator

from runs.metrics.direction import DirectionOfMetric
from runs.models import Run
from runs.queries.baseline import Baseline, delta
from runs.queries.group_bars import Bar, axis_of
from runs.queries.group_codes import FieldValues
from runs.queries.group_metric_columns import metric_columns
from runs.queries.group_metrics import GroupedMetric, MetricReader, MetricValues, chosen_groups, grouped_metric
from runs.queries.group_options import GroupSort, GroupTableOptions
from runs.queries.group_order import find_sort, ordered
from runs.queries.group_parts import GroupCell, GroupRow, MetricHead, best_mean, shown_value, tone_of
from runs.queries.grouping import GroupedRuns, Grouping, grouped_runs
from runs.queries.run_cells import stored_values
from runs.queries.run_columns import Column, find_columns
from runs.queries.run_rows import RunRows, rows_of
from runs.queries.run_set import RunSet
from runs.statistics.describe import Description
from trackui.errors import shorten
from trackui.formats import change, decimals_for

# Of an open group so many runs are shown, and a link to all.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class GroupTable:
    """`notes`: parts of the address that name nothing here, in words; `reference`: the key of the group that others
    are measured against.
    """

    options: GroupTableOptions
    grouping: Grouping
    grouped: GroupedRuns
    heads: list[MetricHead]
    rows: list[GroupRow]
    page: Page
    sort: GroupSort
    notes: list[str]
    reference: str = ""

    @property
    def fields(self) -> list[FieldValues]:
        return self.grouped.differing

    @property
    def width(self) -> int:
        """Columns right of the ticks."""
        return 1 + len(self.fields) + sum(7 if head.is_full else 2 for head in self.heads)


def group_table(
    run_set: RunSet, grouping: Grouping, options: GroupTableOptions, *, baseline: Baseline | None = None
) -> GroupTable:
    """TooManyRuns beyond 200,000 runs. 100,000 runs in 20,000 groups take some 0.3 s."""
    return _Maker(run_set, grouping, options, baseline).table()


@dataclass
class _Maker:
    run_set: RunSet
    grouping: Grouping
    options: GroupTableOptions
    baseline: Baseline | None

    @cached_property
    def grouped(self) -> GroupedRuns:
        return grouped_runs(self.run_set, self.grouping)

    @cached_property
    def reader(self) -> MetricReader:
        return MetricReader(self.grouped.members)

    @cached_property
    def metrics(self) -> list[tuple[Column, DirectionOfMetric]]:
        return metric_columns(self.run_set.search.experiments, self.options.columns)

    def table(self) -> GroupTable:
        grouped, notes = self.grouped, self.notes()
        sort = find_sort(self.options.sort, grouped, self.metrics, notes)
        page = Paginator(ordered(grouped, sort, self.metrics, self.reader), self.options.page_size).get_page(
            self.options.page
        )
        shown = [int(group) for group in page.object_list]
        reference = grouped.find(self.options.reference) if self.options.reference else None
        if self.options.reference and reference is None:
            notes.append(f"No group has the key {shorten(self.options.reference, 40)!r} of the reference.")
        heads, rows = self.rows(shown, sort, reference, notes)
        return GroupTable(
            self.options,
            self.grouping,
            grouped,
            heads,
            rows,
            page,
            sort,
            notes,
            "" if reference is None else grouped.key(reference),
        )

    def notes(self) -> list[str]:
        notes = [f"No run here has {shorten(field, 80)} to group by." for field in self.grouped.keys.unknown[:5]]
        known = {column.spec for column, _ in self.metrics}
        asked = (spec for spec in self.options.columns if spec.startswith("metrics.") and spec not in known)
        return notes + [f"No run here has {shorten(spec, 80)}." for spec in asked][:5]

    # --- A page -----------------------------------------------------------------------------------

    def rows(
        self, shown: list[int], sort: GroupSort, reference: int | None, notes: list[str]
    ) -> tuple[list[MetricHead], list[GroupRow]]:
        grouped = self.grouped
        asked = shown if reference is None or reference in shown else [*shown, reference]
        places = np.concatenate([grouped.places(group) for group in asked]) if asked else np.array([], dtype=np.int64)
        columns = [column for column, _ in self.metrics]
        values = self.reader.of(columns, places)
        ranks = chosen_groups(grouped.groups, asked, len(grouped)) if asked else grouped.groups
        metrics = [grouped_metric(one, ranks, len(asked)) for one in values]
        opened = self.opened(shown, notes)
        grouped.read_texts(shown)
        runs = self.extreme_runs(metrics)
        drawn = self.drawn(sort)
        heads, cells = [], []
        for at, (column, direction) in enumerate(self.metrics):
            found = [metrics[at].of(rank) for rank in range(len(asked))]
            axis = axis_of(found[: len(shown)]) if at == drawn or self.options.is_full else None
            decimals = decimals_for([x for one in found for x in (one.mean, one.min, one.max, one.low, one.high)])
            spread = decimals_for([x for one in found for x in (one.std, one.se)])
            is_full = at == drawn or self.options.is_full
            heads.append(MetricHead(column, direction, is_full, decimals, max(0, spread - 1), axis))
            cells.append(self.cells(heads[-1], metrics[at], values[at], found, runs, asked, reference))
            is_measured = any(cell.delta is not None for cell in cells[-1])
            heads[-1] = replace(heads[-1], band=self.band(cells[-1], asked, reference), is_measured=is_measured)
        rows = [
            GroupRow(
                group,
                grouped.key(group),
                grouped.label(group),
                int(grouped.counts[group]),
                [shown_value(grouped, field, group) for field in grouped.differing],
                [of_metric[rank] for of_metric in cells],
                opened.get(group),
                group == reference,
            )
            for rank, group in enumerate(shown)
        ]
        return heads, rows

    def drawn(self, sort: GroupSort) -> int:
        """The metric that is shown in full: the one sorted by, else the first."""
        specs = [column.spec for column, _ in self.metrics]
        return specs.index(sort.field) if sort.field in specs else 0

    def opened(self, shown: list[int], notes: list[str]) -> dict[int, RunRows]:
        """The runs of the groups whose key is asked for, the latest made first."""
        found: dict[int, RunRows] = {}
        specs = ["start_time", "duration", *self.grouped.keys.left_out]
        columns = None
        for key in self.options.open:
            group = self.grouped.find(key)
            if group is None:
                notes.append(f"No group has the key {shorten(key, 40)!r}.")
            elif group in shown:
                columns = columns or [
                    *find_columns(self.run_set.search.experiments, specs),
                    *(column for column, _ in self.metrics),
                ]
                pks = self.grouped.pks(group)
                experiments = self.run_set.search.experiments
                found[group] = rows_of(pks[:MOST_SHOWN], columns, experiments, marks_best=len(pks) <= MOST_SHOWN)
        return found

    def extreme_runs(self, metrics: Sequence[GroupedMetric]) -> dict[int, Run]:
        """The runs at the ends of the groups, by place. One statement."""
        places = {int(place) for one in metrics for ends in (one.lowest, one.highest) for place in ends if place >= 0}
        pks = {int(self.grouped.members.pks[place]): place for place in places}
        runs = Run.objects.filter(pk__in=list(pks)).only("run_id", "name", "colour")
        return {pks[run.pk]: run for run in runs}

    def cells(
        self,
        head: MetricHead,
        metric: GroupedMetric,
        values: MetricValues,
        found: list[Description],
        runs: dict[int, Run],
        asked: list[int],
        reference: int | None,
    ) -> list[GroupCell]:
        base = self.base(head, found, asked, reference)
        best = best_mean(head.direction, found)
        cells = []
        for rank, one in enumerate(found):
            ends = (int(metric.highest[rank]), one.max), (int(metric.lowest[rank]), one.min)
            (best_at, best_value), (worst_at, worst_value) = ends[::-1] if head.direction.lower_is_better else ends
            moved = delta(one.mean, base) if asked[rank] != reference else None
            places = self.grouped.places(asked[rank]) if head.axis else None
            cells.append(
                GroupCell(
                    one,
                    runs.get(best_at),
                    runs.get(worst_at),
                    best_value,
                    worst_value,
                    best is not None and one.mean == best,
                    moved,
                    change(one.mean, base) if moved else "",
                    tone_of(moved, head.direction),
                    head.axis.bar(one, values.of(places).tolist()) if head.axis else None,
                )
            )
        return cells

    def band(self, cells: list[GroupCell], asked: list[int], reference: int | None) -> Bar | None:
        if reference is not None:
            return cells[asked.index(reference)].bar
        return next((cell.bar for cell in cells if cell.is_best), None)

    def base(self, head: MetricHead, found: list[Description], asked: list[int], reference: int | None) -> float | None:
        """What means are measured against: that of the reference, else the number of the baseline run."""
        if reference is not None:
            return found[asked.index(reference)].mean
        return self.of_baseline.get(head.column.spec)

    @cached_property
    def of_baseline(self) -> dict[str, float]:
        """Numbers of the baseline run, by spec."""
        run = self.baseline.run if self.baseline else None
        if run is None:
            return {}
        columns = [column for column, _ in self.metrics]
        return {column.spec: of.get(run.pk) for column, of in stored_values([run.pk], columns)}
