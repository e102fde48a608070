"""Cells of the run table: the values of its columns for some runs, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from runs.models import Direction, KeyKind, Run
from runs.queries.baseline import Delta, delta
from runs.queries.computed_values import computed_values
from runs.queries.run_columns import EXPERIMENT, STEPS, Column
from runs.queries.stored_rows import stored_rows
from runs.search.identifiers import AGGREGATES
from trackui.formats import NOTHING, are_figures, change, decimals_for, full_number, number, signed

# A cell shows this much of a text, and all of it on hover.
CELL_LENGTH = 60
HOVER_LENGTH = 500
# Told by the template, since they go on.
TIMES = ("start_time", "end_time", "duration")


@dataclass(frozen=True, slots=True)
class Cell:
    """`full` is what the text leaves out, for hover.

    `delta`: from the baseline, in percent, `tone` good or bad; None in columns that are not measured against it.
    `line`: the path of a small line.
    """

    text: str = NOTHING
    full: str = ""
    is_set: bool = True
    is_best: bool = False
    delta: str | None = None
    tone: str = ""
    line: str = ""


NO_CELL = Cell(is_set=False)


def table_runs(pks: Sequence[int], *, with_experiment: bool = False) -> list[Run]:
    """In the order of `pks`. One statement."""
    runs = Run.objects.defer("artifact_uri")
    runs = runs.select_related("experiment") if with_experiment else runs
    found = runs.in_bulk(pks) if pks else {}
    return [found[pk] for pk in pks if pk in found]


def stored_values(pks: Sequence[int], columns: Sequence[Column]) -> Iterator[tuple[Column, dict[int, object]]]:
    """For each column its values by run, as stored. One statement a kind of column, more for the computed."""
    found: dict[tuple[KeyKind, int], dict[int, tuple]] = {}
    for kind, (table, selected) in _STORED.items():
        keys = sorted({column.key_id for column in columns if column.kind == kind and not is_read_apart(column)})
        for pk, key, *value in stored_rows(table, f"run_id, key_id, {selected}", pks, keys):
            found.setdefault((kind, key), {})[pk] = tuple(value)
    for column in columns:
        if is_read_apart(column):
            yield column, computed_values(pks, column)
            continue
        stored = found.get((column.kind, column.key_id), {}) if column.kind else {}
        if column.kind == KeyKind.METRIC:
            yield column, {pk: _metric_number(value, column.stat) for pk, value in stored.items()}
        else:
            yield column, {pk: value[0] for pk, value in stored.items()}


def is_read_apart(column: Column) -> bool:
    return column.is_computed or column.is_line


_METRIC_COLUMNS = (
    "last_value", "last_is_nan", "first_value", "first_is_nan", "min_value", "max_value", "mean_value", "count",
    "last_step",
)  # fmt: skip
_STORED = {
    KeyKind.METRIC: ("runs_metricsummary", ", ".join(_METRIC_COLUMNS)),
    KeyKind.PARAM: ("runs_param", "value"),
    KeyKind.TAG: ("runs_runtag", "value"),
}


def _metric_number(row: tuple, stat: str) -> float | None:
    values = dict(zip(_METRIC_COLUMNS, row, strict=True))
    aggregate = AGGREGATES[stat]
    if aggregate.nan_flag and values[aggregate.nan_flag]:
        return math.nan
    value = values[aggregate.column]
    # All values were NaN: the run has the metric, and this number of it is no number.
    return math.nan if value is None else value


def column_values(runs: Sequence[Run], column: Column, stored: dict[int, object]) -> list:
    if column.kind is None and not column.is_computed:
        return [str(run.experiment) if column.key == EXPERIMENT else getattr(run, column.key) for run in runs]
    return [stored.get(run.pk) for run in runs]


def is_figures(column: Column, values: Sequence) -> bool:
    if column.kind == KeyKind.METRIC:
        return not column.is_line
    if column.kind is None:
        return column.key in ("duration", STEPS)
    return are_figures(values)


def cells(
    column: Column,
    values: Sequence,
    *,
    direction: Direction | None = None,
    marks_best: bool = False,
    baseline_at: int | None = None,
    is_beside: bool = False,
) -> list[Cell]:
    """`direction`: which end of a metric is better. `marks_best`: where there is more than one value to choose from.

    `baseline_at`: which of the values the others are measured against; `is_beside`: it is not one of them.
    """
    if column.is_line:
        return [Cell("", line=path) if path else NO_CELL for path in values]
    if column.kind == KeyKind.METRIC or column.key == STEPS:
        decimals = decimals_for(values)
        among = [value for at, value in enumerate(values) if not is_beside or at != baseline_at]
        best = _best(among, direction) if marks_best else None
        written = [NO_CELL if value is None else _figure(value, decimals, value == best) for value in values]
        return written if baseline_at is None else _compared(written, values, baseline_at, direction)
    if column.kind is None and column.key in TIMES:
        return [NO_CELL] * len(values)
    return [NO_CELL if value is None else _text(value) for value in values]


def _best(values: Sequence[float | None], best_is: Direction | None) -> float | None:
    numbers = {value for value in values if value is not None and not math.isnan(value)}
    if best_is is None or len(numbers) < 2:
        return None
    return max(numbers) if best_is == Direction.HIGHER else min(numbers)


def _figure(value: float, decimals: int, is_best: bool) -> Cell:
    text, full = number(value, decimals), full_number(value)
    return Cell(text, "" if text.replace(",", "") == full else full, is_best=is_best)


def _compared(
    written: Sequence[Cell], values: Sequence[float | None], baseline_at: int, direction: Direction | None
) -> list[Cell]:
    base = values[baseline_at]
    return [
        replace(cell, delta="baseline" if at == baseline_at else "")
        if at == baseline_at or (found := delta(value, base)) is None
        else _with_delta(cell, value, base, found, direction)
        for at, (cell, value) in enumerate(zip(written, values, strict=True))
    ]


def _with_delta(cell: Cell, value: float, base: float, found: Delta, direction: Direction | None) -> Cell:
    """The change in percent, the difference on hover."""
    tone = ""
    if direction is not None and found.absolute:
        tone = "good" if (found.absolute > 0) == (direction == Direction.HIGHER) else "bad"
    judged = {"good": ": better", "bad": ": worse"}.get(tone, "")
    full = f"{cell.full or cell.text}, {signed(found.absolute)} from the baseline{judged}"
    return replace(cell, full=full, delta=change(value, base), tone=tone)


def _text(value: str) -> Cell:
    if len(value) <= CELL_LENGTH and "\n" not in value:
        return Cell(value)
    return Cell(" ".join(value[: CELL_LENGTH * 2].split())[:CELL_LENGTH] + "…", value[:HOVER_LENGTH])
