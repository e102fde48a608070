"""The run table: columns, rows, totals, facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page

from runs.metrics.direction import directions
from runs.models import Direction, KeyKind, Run
from runs.queries.run_cells import Cell, cells, column_values, is_figures, stored_values, table_runs
from runs.queries.run_columns import Column, default_columns, find_columns
from runs.queries.run_facets import Facet, run_facets
from runs.queries.run_order import NEWEST_FIRST, Sort, find_sorts
from runs.queries.run_pages import RunPages, page_of
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import table_search
from runs.search.hints import KeyHint
from runs.search.identifiers import LAST
from runs.search.run_search import Plan, Total
from trackui.search.errors import SearchSyntaxError

NONE = Total(0, is_exact=True)


@dataclass(frozen=True, slots=True)
class Head:
    """A column with what its page of values decides: figures stand on the right, under each other."""

    column: Column
    is_figures: bool
    direction: Direction | None = None

    @property
    def how(self) -> str:
        """Which number of a metric, where it is not the last."""
        return self.column.stat if self.column.kind == KeyKind.METRIC and self.column.stat != LAST else ""

    @property
    def falls_first(self) -> bool:
        """Whether a first click on it sorts from high to low: what is better, or newer, comes first."""
        if self.column.kind == KeyKind.METRIC:
            return self.direction != Direction.LOWER
        return self.column.kind is None and self.column.key in ("start_time", "end_time", "duration")


@dataclass(frozen=True, slots=True)
class Row:
    run: Run
    cells: list[tuple[Head, Cell]]


@dataclass(frozen=True, slots=True)
class RunTable:
    options: RunTableOptions
    heads: list[Head]
    groups: list[tuple[str, int]]
    rows: list[Row]
    page: Page
    total: Total
    order: list[str]
    sorts: list[Sort]
    facets: list[Facet]
    unknown: KeyHint | None = None
    # How the page was found, where the address asks for it.
    plan: Plan | None = None
    error: SearchSyntaxError | None = None

    @property
    def trouble(self) -> SearchSyntaxError | KeyHint | None:
        """What to underline in the filter."""
        return self.error or self.unknown

    @property
    def shares_of(self) -> int | None:
        """Of how many of the newest runs the facets show shares; None where they count all."""
        return next((facet.counted.runs for facet in self.facets if not facet.counted.is_all), None)

    @property
    def order_by(self) -> list[str]:
        """The order as clauses of a search."""
        return [sort.order_by for sort in self.sorts] or ["start_time DESC"]


def run_table(experiment_id: int, options: RunTableOptions) -> RunTable:
    """A page of the experiment's runs. A fixed number of statements, however many rows and columns."""
    columns = find_columns(experiment_id, options.columns) if options.columns else default_columns(experiment_id)
    sorts = find_sorts(experiment_id, options.order)
    search = table_search(experiment_id, options, sorts)
    if isinstance(search, SearchSyntaxError):
        return _without_rows(options, columns, sorts, search)
    total = search.count()
    plan: Plan | None = None

    def find(**window: int) -> list[int]:
        nonlocal plan
        found, plan = search.explain(**window)
        return found

    page, pks = page_of(total, options.page, options.page_size, find if options.explain else search.pks)
    heads, rows = _rows(pks, columns, _directions(experiment_id, columns), is_whole=total.number == len(pks))
    return RunTable(
        options=options,
        heads=heads,
        groups=_groups(columns),
        rows=rows,
        page=page,
        total=total,
        plan=plan,
        order=[sort.clause for sort in sorts] or [NEWEST_FIRST],
        sorts=sorts,
        facets=run_facets(experiment_id, search.written, search.choices, stages=search.stages, total=total),
        unknown=search.hint() if total.number == 0 else None,
    )


def _without_rows(
    options: RunTableOptions, columns: list[Column], sorts: list[Sort], error: SearchSyntaxError
) -> RunTable:
    return RunTable(
        options=options,
        heads=[Head(column, column.kind == KeyKind.METRIC) for column in columns],
        groups=_groups(columns),
        rows=[],
        page=RunPages(NONE, options.page_size).get_page(1),
        total=NONE,
        order=[sort.clause for sort in sorts] or [NEWEST_FIRST],
        sorts=sorts,
        facets=[],
        error=error,
    )


def _directions(experiment_id: int, columns: Sequence[Column]) -> dict[str, Direction]:
    """By spec, for metrics whose direction is declared or guessed. One statement."""
    metrics = [column for column in columns if column.kind == KeyKind.METRIC and column.stat not in ("count", "step")]
    known = directions(experiment_id, [column.key for column in metrics]) if metrics else {}
    return {column.spec: found for column in metrics if (found := known[column.key].direction) is not None}


def _rows(
    pks: Sequence[int], columns: Sequence[Column], better: dict[str, Direction], *, is_whole: bool
) -> tuple[list[Head], list[Row]]:
    """`is_whole`: these are all runs that match, so that the best of them can be marked."""
    runs = table_runs(pks)
    values = {column.spec: column_values(runs, column, found) for column, found in stored_values(pks, columns)}
    heads = [Head(column, is_figures(column, values[column.spec]), better.get(column.spec)) for column in columns]
    written = [
        cells(column, values[column.spec], best_is=better.get(column.spec) if is_whole else None) for column in columns
    ]
    return heads, [
        Row(run, [(head, of_column[position]) for head, of_column in zip(heads, written, strict=True)])
        for position, run in enumerate(runs)
    ]


def _groups(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Neighbours of one kind under one heading: [("", 2), ("Metrics", 3), ("Params", 5)]."""
    groups: list[tuple[str, int]] = []
    for column in columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups
