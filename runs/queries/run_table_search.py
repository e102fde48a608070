"""Which runs are in the run table: its filter, its facets and its order, made ready to search."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import KeyKind, LifecycleStage
from runs.queries.run_columns import key_uses
from runs.queries.run_facets import FacetConditions
from runs.queries.run_order import Sort, table_ordering
from runs.queries.run_table_options import STAGES, RunTableOptions
from runs.search.identifiers import AGGREGATES, Entity
from runs.search.keyset import after
from runs.search.run_search import Condition, Ordering, Scope, compile_filter, count_runs, search_run_ids
from trackui.search.errors import SearchSyntaxError

# Names among which the nearest is looked for when a filter names one that nobody has logged.
NAMES_TO_COMPARE = 3000


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A name in the filter that no run of the experiment has, where it stands, and the nearest that some have."""

    name: str
    start: int
    end: int
    nearest: str


@dataclass(frozen=True, slots=True)
class RunTableSearch:
    """`written` is the filter alone, `condition` the filter with the choices."""

    experiments: tuple[int, ...]
    written: Condition
    condition: Condition
    choices: FacetConditions
    ordering: Ordering
    stages: tuple[LifecycleStage, ...]

    def count(self) -> int:
        return count_runs(self.experiments, self.condition, stages=self.stages)

    def pks(self, *, limit: int, offset: int = 0, position: Sequence | None = None) -> list[int]:
        condition = self.condition if position is None else after(self.condition, self.ordering.terms, position)
        return search_run_ids(
            self.experiments, condition, self.ordering, stages=self.stages, limit=limit, offset=offset
        )


def table_search(
    experiment_id: int, options: RunTableOptions, sorts: Sequence[Sort]
) -> RunTableSearch | SearchSyntaxError:
    scope = Scope((experiment_id,))
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


def unknown_key(experiment_id: int, written: Condition) -> UnknownKey | None:
    """The first name of the filter that no run here has. Two statements, asked where nothing was found."""
    if not written.fields:
        return None
    known = {
        kind: [use.name for use in key_uses(experiment_id, kind=kind, at_most=NAMES_TO_COMPARE)]
        for kind in {_KINDS[field.entity] for field in written.fields}
    }
    for field in written.fields:
        names = known[_KINDS[field.entity]]
        stem, _, stat = field.key.rpartition(".")
        key = stem if stem and stat in AGGREGATES and field.key not in names else field.key
        if key not in names:
            nearest = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
            return UnknownKey(key, field.node.start, field.node.end, nearest[0] if nearest else "")
    return None


_KINDS = {Entity.METRIC: KeyKind.METRIC, Entity.PARAM: KeyKind.PARAM, Entity.TAG: KeyKind.TAG}
