"""Which runs are in the run table: its filter, its facets and its order, made ready to search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import LifecycleStage
from runs.queries.facet_counts import FacetConditions
from runs.queries.run_columns import Experiments
from runs.queries.run_order import Sort, table_ordering
from runs.queries.run_scope import scope_of
from runs.queries.run_table_options import STAGES, RunTableOptions
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
    in_order,
    search_run_ids,
)
from trackui.search.errors import SearchSyntaxError


@dataclass(frozen=True, slots=True)
class RunTableSearch:
    """`written` is the filter alone, `condition` the filter with the choices."""

    experiments: tuple[int, ...]
    written: Condition
    condition: Condition
    choices: FacetConditions
    ordering: Ordering
    stages: tuple[LifecycleStage, ...]

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


def table_search(
    experiments: Experiments, options: RunTableOptions, sorts: Sequence[Sort]
) -> RunTableSearch | SearchSyntaxError:
    scope = scope_of(experiments).searched
    try:
        written = compile_filter(options.filter, scope=scope)
    except SearchSyntaxError as error:
        return error
    choices = FacetConditions(options.choices)
    return RunTableSearch(
        experiments=scope.experiments,
        written=written,
        condition=choices.narrow(written),
        choices=choices,
        ordering=table_ordering(sorts),
        stages=STAGES[options.stage],
    )
