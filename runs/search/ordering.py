"""An order of runs as SQL over the table runs_run of the query around it.

Values come first, then NaN, then runs without one, whichever the direction; text is compared by
code point. Runs that are equal in everything asked for: newest first, then by run_id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.search.identifiers import (
    AGGREGATES,
    DURATION,
    NULLABLE,
    ORDER_ALIASES,
    TEXT_COLUMNS,
    TIME_COLUMNS,
    Entity,
    Field,
    field,
)
from runs.search.scope import KEYED, Keys, Scope
from trackui.errors import shorten
from trackui.search.errors import SearchSyntaxError
from trackui.search.nodes import OrderKey
from trackui.search.order_by import parse_order_by
from trackui.search.sql import Sql, text_order

DURATION_COLUMN = "(runs_run.end_time - runs_run.start_time)"


@dataclass(frozen=True, slots=True)
class Term:
    """One expression to order by; never the place of NULLs, which databases put where they like."""

    sql: Sql
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class MetricKey:
    """A leading metric order that an index can be walked for: the last value of `key`."""

    key: int
    is_descending: bool
    # How many terms it stands for.
    terms: int


@dataclass(frozen=True, slots=True)
class Ordering:
    """`sql` follows ORDER BY; `params` are bound to its %s."""

    terms: tuple[Term, ...]
    leading_metric: MetricKey | None = None
    is_default: bool = False

    @property
    def sql(self) -> str:
        return order_sql(self.terms).text

    @property
    def params(self) -> tuple:
        return order_sql(self.terms).params


def order_sql(terms: Sequence[Term]) -> Sql:
    parts = [f"{term.sql.text} {'DESC' if term.is_descending else 'ASC'}" for term in terms]
    return Sql(", ".join(parts), tuple(p for term in terms for p in term.sql.params))


NEWEST = Term(Sql(TIME_COLUMNS["start_time"]), is_descending=True)


def run_id_term(*, is_descending: bool = False) -> Term:
    return Term(Sql(text_order(TEXT_COLUMNS["run_id"])), is_descending)


def compile_order_by(clauses: Sequence[str], *, scope: Scope, natural: bool = False) -> Ordering:
    """The order that the clauses mean for the runs in scope; SearchSyntaxError says what is wrong with them.

    `natural`: params that read as numbers come first, as numbers; without it params are text, as
    MLflow has them. Costs a query where keys are named.
    """
    order_keys = parse_order_by(clauses)
    found = [order_field(key) for key in order_keys]
    refuse_duplicates(found)
    keys = Keys([f for f in found if f.entity in KEYED], scope)
    terms: list[Term] = []
    leading_metric = None
    for position, (key, f) in enumerate(zip(order_keys, found, strict=True)):
        added = field_terms(f, keys, is_descending=key.is_descending, natural=natural)
        if position == 0 and f.entity is Entity.METRIC:
            pk, name = keys.metric(f)
            if pk is not None and name == "last":
                leading_metric = MetricKey(pk, key.is_descending, len(added))
        terms += added
    attributes = {f.key for f in found if f.entity is Entity.ATTRIBUTE}
    if "start_time" not in attributes:
        terms.append(NEWEST)
    if "run_id" not in attributes:
        terms.append(run_id_term())
    return Ordering(tuple(terms), leading_metric, is_default=not found)


def order_field(key: OrderKey) -> Field:
    found = field(key.identifier, aliases=ORDER_ALIASES)
    if found.entity is Entity.DATASET:
        raise SearchSyntaxError(
            f"Invalid order_by entity type 'dataset' in '{shorten(key.identifier, 100)}'.",
            start=key.start,
            end=key.end,
            expected="a metric, param, tag or attribute",
        )
    return found


def refuse_duplicates(fields: Sequence[Field]) -> None:
    seen: set[tuple[Entity, str]] = set()
    for f in fields:
        if (f.entity, f.key) in seen:
            raise SearchSyntaxError(
                f"`order_by` contains duplicate fields: {shorten(f.node, 100)}", start=f.node.start, end=f.node.end
            )
        seen.add((f.entity, f.key))


# --- Terms of one field -----------------------------------------------------------------------


def field_terms(found: Field, keys: Keys, *, is_descending: bool, natural: bool) -> list[Term]:
    match found.entity:
        case Entity.METRIC:
            key, name = keys.metric(found)
            return metric_terms(key, name, is_descending=is_descending)
        case Entity.PARAM:
            return param_terms(keys.pk(found.key), is_descending=is_descending, natural=natural)
        case Entity.TAG:
            return text_terms("runs_runtag", keys.pk(found.key), is_descending=is_descending)
    return attribute_terms(found.key, is_descending=is_descending)


def attribute_terms(key: str, *, is_descending: bool) -> list[Term]:
    if key == "run_id":
        return [run_id_term(is_descending=is_descending)]
    if key in TEXT_COLUMNS:
        return [Term(Sql(text_order(TEXT_COLUMNS[key])), is_descending)]
    column = DURATION_COLUMN if key == DURATION else TIME_COLUMNS[key]
    term = Term(Sql(column), is_descending)
    return [Term(Sql("(CASE WHEN runs_run.end_time IS NULL THEN 1 ELSE 0 END)")), term] if key in NULLABLE else [term]


def metric_terms(key: int | None, name: str, *, is_descending: bool) -> list[Term]:
    """Rank 0 for a number, 1 for NaN, 2 for none; then the number."""
    if key is None:
        return []
    aggregate = AGGREGATES[name]
    if aggregate.nan_flag:
        rank = f"CASE WHEN probe.{aggregate.nan_flag} THEN 1 ELSE 0 END"
    elif aggregate.is_nullable:
        rank = f"CASE WHEN probe.{aggregate.column} IS NULL THEN 1 ELSE 0 END"
    else:
        rank = "0"
    value = f"CASE WHEN probe.{aggregate.nan_flag} THEN 0 ELSE probe.{aggregate.column} END"
    return [
        Term(column("runs_metricsummary", rank, key, missing="2")),
        Term(column("runs_metricsummary", value if aggregate.nan_flag else f"probe.{aggregate.column}", key), is_descending),
    ]


def param_terms(key: int | None, *, is_descending: bool, natural: bool) -> list[Term]:
    if not natural or key is None:
        return text_terms("runs_param", key, is_descending=is_descending)
    rank = "CASE WHEN probe.number IS NULL THEN 1 ELSE 0 END"
    return [
        Term(column("runs_param", rank, key, missing="2")),
        Term(column("runs_param", "probe.number", key), is_descending),
        Term(column("runs_param", text_order("probe.value"), key), is_descending),
    ]


def text_terms(table: str, key: int | None, *, is_descending: bool) -> list[Term]:
    if key is None:
        return []
    return [
        Term(column(table, "0", key, missing="1")),
        Term(column(table, text_order("probe.value"), key), is_descending),
    ]


def column(table: str, expression: str, key: int, *, missing: str = "") -> Sql:
    """What a table keyed by (run, key) holds for the run; `missing` where it holds nothing."""
    text = f"(SELECT {expression} FROM {table} probe WHERE probe.run_id = runs_run.id AND probe.key_id = %s)"
    return Sql(f"COALESCE({text}, {missing})" if missing else text, (key,))
