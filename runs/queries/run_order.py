"""The order of the run table: clauses of an address over its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import KeyKind
from runs.queries.run_columns import EXPERIMENT, Column, Experiments, find_columns
from runs.search.ordering import (
    FieldOrder,
    Ordering,
    Source,
    attribute_order,
    ending_newest,
    experiment_order,
    metric_order,
    natural_order,
    text_field,
)

NEWEST_FIRST = "-start_time"
MOST_CLAUSES = 5
RUN_NAME = "run_name"


@dataclass(frozen=True, slots=True)
class Sort:
    column: Column
    is_descending: bool

    @property
    def clause(self) -> str:
        """As addresses write it: `-metrics.loss.min`."""
        return f"-{self.column.spec}" if self.is_descending else self.column.spec

    @property
    def order_by(self) -> str:
        """As order_by of a search; the numbers of metrics whose key needs quotes cannot be written there."""
        spec, key = self.column.spec, self.column.key
        if self.column.kind is not None and not key.replace(".", "").replace("_", "").isalnum():
            spec = f"{spec.partition('.')[0]}.`{key}`"
        return f"{spec} {'DESC' if self.is_descending else 'ASC'}"


def find_sorts(experiments: Experiments, clauses: Sequence[str]) -> list[Sort]:
    """What the clauses name, in their order; what there is not is left out. At most one statement."""
    clauses = clauses[:MOST_CLAUSES]
    specs = [clause.removeprefix("-") for clause in clauses]
    columns = {column.spec: column for column in find_columns(experiments, specs) if not column.is_line}
    columns[RUN_NAME] = Column(None, RUN_NAME)
    sorts = {spec: clause.startswith("-") for spec, clause in zip(specs, clauses, strict=True) if spec in columns}
    return [Sort(columns[spec], is_descending) for spec, is_descending in sorts.items()]


def table_ordering(sorts: Sequence[Sort]) -> Ordering:
    """Runs that are equal in everything asked for: newest first, then by run_id."""
    orders = [_field_order(sort.column, is_descending=sort.is_descending) for sort in sorts]
    return ending_newest(orders, attributes={sort.column.key for sort in sorts if sort.column.kind is None})


def _field_order(column: Column, *, is_descending: bool) -> FieldOrder:
    match column.kind:
        case KeyKind.METRIC:
            return metric_order(column.key_id, column.stat, is_descending=is_descending)
        case KeyKind.PARAM:
            return natural_order(Source("runs_param", column.key_id), is_descending=is_descending)
        case KeyKind.TAG:
            return text_field(Source("runs_runtag", column.key_id), is_descending=is_descending)
    if column.key == EXPERIMENT:
        return experiment_order(is_descending=is_descending)
    return attribute_order(column.key, is_descending=is_descending)
