"""Which runs are in the run table: its filter, its facets and its order, made ready to search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runs.models import LifecycleStage
from runs.queries.computed_values import computed_values
from runs.queries.facet_counts import FacetConditions
from runs.queries.run_columns import Experiments
from runs.queries.run_order import Sort, table_ordering
from runs.queries.run_scope import scope_of
from runs.queries.run_table_options import STAGES, RunTableOptions
from runs.search.computed import MOST_COMPUTED
from runs.search.families import in_order
from runs.search.hints import KeyHint, key_hints
from runs.search.run_search import (
    Condition,
    Ordering,
    Plan,
    Scope,
    Total,
    compile_filter,
    count_runs,
    explain_search,
    search_run_ids,
)
from trackui.search.errors import SearchSyntaxError


@dataclass(frozen=True, slots=True)
class RunTableSearch:
    """`written` is the filter alone, `condition` the filter with the choices.

    `problem`: why the order is not the one asked for.
    """

    experiments: tuple[int, ...]
    written: Condition
    condition: Condition
    choices: FacetConditions
    ordering: Ordering
    stages: tuple[LifecycleStage, ...]
    problem: str = ""

    def count(self) -> Total:
        return count_runs(self.experiments, self.condition, stages=self.stages)

    def hint(self) -> KeyHint | None:
        """The first key of the filter that no run here has. Two statements or three: asked where nothing was found."""
        hints = key_hints(self.written, scope=Scope(self.experiments))
        return hints[0] if hints else None

    def pks(self, *, limit: int, offset: int = 0, position: Sequence | None = None) -> list[int]:
        return search_run_ids(
            self.experiments,
            self.condition,
            self.ordering,
            stages=self.stages,
            limit=limit,
            offset=offset,
            position=position,
        )

    def sorted(self, pks: Sequence[int]) -> list[int]:
        """These runs in order, whether they match or not. One statement."""
        return in_order(pks, self.ordering)

    def explain(self, *, limit: int, offset: int = 0) -> tuple[list[int], Plan]:
        """The page, and how it was found."""
        return explain_search(
            self.experiments, self.condition, self.ordering, stages=self.stages, limit=limit, offset=offset
        )


@dataclass(frozen=True, slots=True)
class ComputedOrder(RunTableSearch):
    """Runs by a value that no index holds: all that match are read, which are at most MOST_COMPUTED."""

    by: Sort | None = None

    def pks(self, *, limit: int, offset: int = 0, position: Sequence | None = None) -> list[int]:
        """A position is one of the order behind this one, so it is past the end."""
        if position is not None:
            return []
        found = super(ComputedOrder, self).pks(limit=MOST_COMPUTED)
        return self._by_value(found)[offset : offset + limit]

    def sorted(self, pks: Sequence[int]) -> list[int]:
        return self._by_value(super(ComputedOrder, self).sorted(pks))

    def explain(self, *, limit: int, offset: int = 0) -> tuple[list[int], Plan]:
        found, plan = super(ComputedOrder, self).explain(limit=MOST_COMPUTED)
        choice = f"{self.by.column.spec} is read for each run that matches, and they are sorted by it."
        return self._by_value(found)[offset : offset + limit], replace(plan, choices=(*plan.choices, choice))

    def _by_value(self, pks: Sequence[int]) -> list[int]:
        """Values, then NaN, then runs without one; equal ones as they were."""
        values = computed_values(pks, self.by.column)
        sign = -1 if self.by.is_descending else 1

        def rank(pk: int) -> tuple[int, float]:
            value = values.get(pk)
            if value is None:
                return 2, 0
            return (1, 0) if math.isnan(value) else (0, sign * value)

        return sorted(pks, key=rank)


def by_computed_value(search: RunTableSearch, sorts: Sequence[Sort]) -> RunTableSearch:
    """By the first clause where that is of a computed value and the runs are few enough, else as it was, and why."""
    first = sorts[0]
    if not first.column.is_computed:
        spec = next(sort.column.spec for sort in sorts if sort.column.is_computed)
        return replace(search, problem=f"{spec} is read from points, and can only be sorted by first.")
    total = search.count()
    if not total.is_exact or total.number > MOST_COMPUTED:
        return replace(
            search,
            problem=f"{first.column.spec} is read for each run, so at most {MOST_COMPUTED:,} runs are sorted by it;"
            f" {total} match. Narrow them down by a filter.",
        )
    values = {name: getattr(search, name) for name in search.__dataclass_fields__}
    return ComputedOrder(**values, by=first)


def table_search(
    experiments: Experiments, options: RunTableOptions, sorts: Sequence[Sort]
) -> RunTableSearch | SearchSyntaxError:
    scope = scope_of(experiments).searched
    try:
        written = compile_filter(options.filter, scope=scope)
    except SearchSyntaxError as error:
        return error
    choices = FacetConditions(options.choices)
    search = RunTableSearch(
        experiments=scope.experiments,
        written=written,
        condition=choices.narrow(written),
        choices=choices,
        ordering=table_ordering([sort for sort in sorts if not sort.column.is_computed]),
        stages=STAGES[options.stage],
    )
    return by_computed_value(search, sorts) if any(sort.column.is_computed for sort in sorts) else search
