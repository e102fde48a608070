"""A figure over the runs that an address means: which runs and values go into it, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from runs.charts.axes import Axis, AxisScale, category_axis, number_axis
from runs.models import Job, JobState, Run
from runs.queries.categories import categories
from runs.queries.explore_choices import Choices
from runs.queries.group_members import Members, TooManyRuns, members
from runs.queries.run_set import RunSet
from runs.queries.value_columns import ValueColumn, value_columns
from runs.queries.whole_columns import whole_columns
from runs.search.run_search import Total
from trackui.exports.tables import Column as TableColumn
from trackui.formats import count

# So many are read, the first in order: beyond that the caption says so.
MOST_RUNS = 100_000
RUNS_AT_ONCE = 1_000
# Fewer are always read in order.
FEW_RUNS = 1_000
# So many of very many runs are put in order, for the first rows of a table.
MOST_FIRST = 200


@dataclass(frozen=True)
class RunValues:
    """Runs with the columns that the figure shows. `total`: how many there are, as text; `first`: primary keys that
    come first in order, where the runs are not in order themselves.
    """

    experiment_id: int
    pks: list[int]
    total: str
    values: dict[str, ValueColumn]
    choices: Choices
    is_all: bool = True
    marked_pk: int | None = None
    first: tuple[int, ...] = ()

    def one(self, name: str) -> ValueColumn | None:
        column = self.choices.one(name)
        return None if column is None else self.values[column.spec]

    def many(self, name: str) -> list[ValueColumn]:
        return [self.values[column.spec] for column in self.choices.columns.get(name, ())]

    def scale(self, name: str) -> AxisScale | None:
        chosen = self.choices.settings.get(f"{name}_scale", "auto")
        return None if chosen == "auto" else AxisScale(chosen)

    def in_order(self, positions: np.ndarray) -> np.ndarray:
        """Which of these come first: places in `positions`. As far as `first` tells it, then as they are."""
        ranks = {pk: rank for rank, pk in enumerate(self.first)}
        order = [ranks.get(self.pks[at], len(ranks)) for at in positions.tolist()] if ranks else []
        return np.argsort(order, kind="stable") if order else np.arange(len(positions))

    def names(self, positions: Iterable[int]) -> list[tuple[str, str]]:
        """run_id and name of some of the runs. One statement a thousand."""
        return list(self.named(positions))

    def named(self, positions: Iterable[int]) -> Iterator[tuple[str, str]]:
        pks = [self.pks[at] for at in positions]
        for start in range(0, len(pks), RUNS_AT_ONCE):
            some = pks[start : start + RUNS_AT_ONCE]
            found = {pk: pair for pk, *pair in Run.objects.filter(pk__in=some).values_list("pk", "run_id", "name")}
            yield from (tuple(found.get(pk, ("", ""))) for pk in some)


def run_values(
    runs: RunSet, choices: Choices, *, marked: str = "", limit: int = MOST_RUNS, in_order: bool = False
) -> RunValues:
    """A handful of statements for the runs, and one to three a column. `in_order`: also of very many runs.

    100,000 runs take some 80 ms and 50 ms a column; in order four times as long.
    """
    columns = choices.all_columns
    whole = None if in_order or limit < MOST_RUNS else _whole_set(runs)
    if whole is not None:
        pks, is_all, first = whole.pks.tolist(), True, tuple(runs.pks(limit=MOST_FIRST))
        read = whole_columns(whole, columns)
    else:
        # One more than are read, to know whether there are more.
        pks, first = runs.pks(limit=limit + 1), ()
        is_all, pks = len(pks) <= limit, pks[:limit]
        read = value_columns(pks, columns)
    total = count(len(pks)) if is_all else total_text(runs.count())
    values = {column.spec: of_column for column, of_column in zip(columns, read, strict=True)}
    marked_pk = Run.objects.filter(run_id=marked).values_list("pk", flat=True).first() if marked else None
    return RunValues(runs.experiment_id, pks, total, values, choices, is_all, marked_pk, first)


def _whole_set(runs: RunSet) -> Members | None:
    """The runs where they are so large a share of their experiment that all of it is read at once."""
    try:
        found = members(runs)
    except TooManyRuns:
        return None
    return found if found.is_large and FEW_RUNS < len(found) <= MOST_RUNS else None


def total_text(total: Total) -> str:
    return count(total.number) if total.is_exact else f"about {count(total.number)}"


@dataclass(frozen=True)
class DataTable:
    """The numbers behind a figure. Rows with a run begin with its run_id and its name; `specs`: the param that each of
    the first rows is about.
    """

    columns: Sequence[TableColumn]
    make_rows: Callable[[], Iterable[Sequence[Any]]]
    length: int
    of_runs: bool = False
    specs: tuple[str, ...] = ()

    @property
    def rows(self) -> Iterable[Sequence[Any]]:
        return self.make_rows()


@dataclass(frozen=True)
class Forest:
    """How the job does that answers a figure. `problem`: why there can be none; `is_small`: it takes seconds."""

    job: Job | None
    problem: str
    is_small: bool
    runs: int

    @property
    def is_ready(self) -> bool:
        return self.job is not None and self.job.state == JobState.DONE and self.job.result is not None

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.is_over

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED


@dataclass(frozen=True)
class Explored:
    """`chart` is None where there is nothing to draw, and `problem` says why. `front`: runs to go on with; `notes`:
    what is to be known of the figure; `forest`: of figures that a job answers; `choices`: where it chose others than
    were asked for.
    """

    chart: Any = None
    table: DataTable | None = None
    problem: str = ""
    front: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    forest: Forest | None = None
    choices: Choices | None = None


# --- What can be drawn --------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A column along an axis: `at` where each run stands, NaN where it does not."""

    column: ValueColumn
    axis: Axis
    at: np.ndarray

    @cached_property
    def on_axis(self) -> np.ndarray:
        return np.isfinite(self.at)

    @cached_property
    def left_out(self) -> list[str]:
        return left_out(self.column, self.axis)

    @property
    def counted(self) -> np.ndarray:
        """As the axis counts: powers where it is logarithmic."""
        return np.log10(self.at) if self.axis.is_log else self.at


def placed(column: ValueColumn, *, scale: AxisScale | None = None, with_unset: bool = False) -> Placed:
    if not column.is_numeric:
        found = categories(column, with_unset=with_unset)
        axis = category_axis(column.label, found.names, spec=column.spec, values=found.values)
        return Placed(column, axis, np.where(found.at >= 0, found.at, np.nan).astype("f8"))
    if column.is_time:
        finite = column.numbers[column.is_finite]
        ends = number_axis("", finite, scale=AxisScale.LINEAR)
        axis = Axis(f"{column.label} (UTC)", AxisScale.TIME, ends.low, ends.high, spec=column.spec)
        return Placed(column, axis, column.numbers)
    axis = number_axis(column.label, column.numbers, scale=scale, spec=column.spec)
    usable = column.is_finite & (column.numbers > 0) if axis.is_log else column.is_finite
    return Placed(column, axis, np.where(usable, column.numbers, np.nan))


def left_out(column: ValueColumn, axis: Axis | None = None) -> list[str]:
    """What of a column is on no axis of numbers, counted over all runs."""
    name = column.label
    unset = int((~column.is_set).sum())
    said = [f"{count(unset)} without {name}"] if unset else []
    if not column.is_numeric:
        return said
    strange = column.is_set & ~column.is_finite
    words = np.zeros(len(strange), dtype=bool)
    if column.texts is not None:
        words = strange
    infinite = int((np.isinf(column.numbers)).sum())
    nan = int((strange & np.isnan(column.numbers) & ~words).sum())
    low = int((column.is_finite & (column.numbers <= 0)).sum()) if axis is not None and axis.is_log else 0
    return [
        *said,
        *([f"{count(nan)} with {name} NaN"] if nan else []),
        *([f"{count(infinite)} with {name} infinite"] if infinite else []),
        *([f"{count(int(words.sum()))} with a text in {name}"] if words.any() else []),
        *([f"{count(low)} with {name} not above 0, which has no place on a logarithmic axis"] if low else []),
    ]


def of_runs(values: RunValues, shown: int) -> str:
    """How many of the runs the figure shows."""
    if values.is_all:
        return f"{count(shown)} of {count(len(values.pks))} runs"
    return f"{count(shown)} of the first {count(len(values.pks))} runs in order, of {values.total}"
