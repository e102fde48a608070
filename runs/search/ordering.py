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
from trackui.search.sql import Sql, indexed_text, text_order

DURATION_COLUMN = "(runs_run.end_time - runs_run.start_time)"


@dataclass(frozen=True, slots=True)
class Source:
    """The row of a table keyed by (run, key) that a run is ordered by."""

    table: str
    key: int


@dataclass(frozen=True, slots=True)
class Term:
    """One expression to order by, over runs_run or, with a source, over its row, named `v`.

    `missing` is what it is for a run without that row. Where it is NULL, an earlier term has
    already told such runs apart: databases put NULLs where they like.
    """

    expression: str
    is_descending: bool = False
    source: Source | None = None
    missing: str = "NULL"

    @property
    def direction(self) -> str:
        return "DESC" if self.is_descending else "ASC"

    @property
    def sql(self) -> Sql:
        """As an expression of its own."""
        if self.source is None:
            return Sql(self.expression)
        where = "v.run_id = runs_run.id AND v.key_id = %s"
        text = f"(SELECT {self.expression} FROM {self.source.table} v WHERE {where})"
        return Sql(text if self.missing == "NULL" else f"COALESCE({text}, {self.missing})", (self.source.key,))

    def joined(self, alias: str) -> str:
        """As an expression over the source's row joined under an alias."""
        expression = self.expression.replace("v.", f"{alias}.")
        return f"CASE WHEN {alias}.run_id IS NULL THEN {self.missing} ELSE {expression} END"


@dataclass(frozen=True, slots=True)
class Walk:
    """Rows of a source in the order of an index: those `where` holds for, by `terms`."""

    where: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """The terms of one field, and the walks that give the same order, runs without a row left out."""

    terms: tuple[Term, ...] = ()
    walks: tuple[Walk, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """`sql` follows ORDER BY in a query over runs_run alone; `params` are bound to its %s."""

    fields: tuple[FieldOrder, ...]
    is_default: bool = False

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for field_order in self.fields for term in field_order.terms)

    @property
    def sql(self) -> str:
        return ", ".join(f"{term.sql.text} {term.direction}" for term in self.terms)

    @property
    def params(self) -> tuple:
        return tuple(p for term in self.terms for p in term.sql.params)

    def joined(self) -> tuple[Sql, str]:
        """Joins, and what follows ORDER BY: the same order with each source's row read once."""
        return joined_terms(self.terms)


def joined_terms(terms: Sequence[Term]) -> tuple[Sql, str]:
    sources = list(dict.fromkeys(term.source for term in terms if term.source is not None))
    joins = [
        Sql(f" LEFT JOIN {s.table} o{i} ON o{i}.run_id = runs_run.id AND o{i}.key_id = %s", (s.key,))
        for i, s in enumerate(sources)
    ]
    order = [
        f"{term.expression if term.source is None else term.joined(f'o{sources.index(term.source)}')} {term.direction}"
        for term in terms
    ]
    return Sql("".join(join.text for join in joins), tuple(p for join in joins for p in join.params)), ", ".join(order)


NEWEST = Term(TIME_COLUMNS["start_time"], is_descending=True)


def run_id_term(*, is_descending: bool = False) -> Term:
    return Term(text_order(TEXT_COLUMNS["run_id"]), is_descending)


def compile_order_by(clauses: Sequence[str], *, scope: Scope, natural: bool = False) -> Ordering:
    """The order that the clauses mean for the runs in scope; SearchSyntaxError says what is wrong with them.

    `natural`: params that read as numbers come first, as numbers; without it params are text, as
    MLflow has them. Costs a query where keys are named.
    """
    order_keys = parse_order_by(clauses)
    found = [order_field(key) for key in order_keys]
    refuse_duplicates(found)
    keys = Keys([f for f in found if f.entity in KEYED], scope)
    orders = [
        field_order(f, keys, is_descending=key.is_descending, natural=natural)
        for key, f in zip(order_keys, found, strict=True)
    ]
    attributes = {f.key for f in found if f.entity is Entity.ATTRIBUTE}
    last = [] if "start_time" in attributes else [NEWEST]
    if "run_id" not in attributes:
        last.append(run_id_term())
    orders.append(FieldOrder(tuple(last)))
    return Ordering(tuple(order for order in orders if order.terms), is_default=not found)


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


def field_order(found: Field, keys: Keys, *, is_descending: bool, natural: bool) -> FieldOrder:
    match found.entity:
        case Entity.METRIC:
            key, name = keys.metric(found)
            return FieldOrder() if key is None else metric_order(key, name, is_descending=is_descending)
        case Entity.PARAM:
            key = keys.pk(found.key)
            if key is not None and natural:
                return natural_order(Source("runs_param", key), is_descending=is_descending)
            return FieldOrder() if key is None else text_field(Source("runs_param", key), is_descending=is_descending)
        case Entity.TAG:
            key = keys.pk(found.key)
            return FieldOrder() if key is None else text_field(Source("runs_runtag", key), is_descending=is_descending)
    return FieldOrder(attribute_terms(found.key, is_descending=is_descending))


def attribute_terms(key: str, *, is_descending: bool) -> tuple[Term, ...]:
    if key == "run_id":
        return (run_id_term(is_descending=is_descending),)
    if key in TEXT_COLUMNS:
        return (Term(text_order(TEXT_COLUMNS[key]), is_descending),)
    term = Term(DURATION_COLUMN if key == DURATION else TIME_COLUMNS[key], is_descending)
    is_missing = Term("CASE WHEN runs_run.end_time IS NULL THEN 1 ELSE 0 END")
    return (is_missing, term) if key in NULLABLE else (term,)


def metric_order(key: int, name: str, *, is_descending: bool) -> FieldOrder:
    """Rank 0 for a number, 1 for NaN, 2 for none; then the number."""
    source = Source("runs_metricsummary", key)
    aggregate = AGGREGATES[name]
    column = f"v.{aggregate.column}"
    value = Term(column, is_descending, source)
    if aggregate.nan_flag:
        rank = Term(f"CASE WHEN v.{aggregate.nan_flag} THEN 1 ELSE 0 END", source=source, missing="2")
        # What stands beside the flag says nothing.
        value = Term(f"CASE WHEN v.{aggregate.nan_flag} THEN 0 ELSE {column} END", is_descending, source)
    elif aggregate.is_nullable:
        rank = Term(f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END", source=source, missing="2")
    else:
        rank = Term("0", source=source, missing="2")
    walks = ()
    if aggregate.is_indexed:
        walks = (
            Walk(f"v.{aggregate.nan_flag} = FALSE", (Term(column, is_descending, source),)),
            Walk(f"v.{aggregate.nan_flag} = TRUE", ()),
        )
    return FieldOrder((rank, value), walks)


def natural_order(source: Source, *, is_descending: bool) -> FieldOrder:
    """Numbers, then text, then none."""
    rank = Term("CASE WHEN v.number IS NULL THEN 1 ELSE 0 END", source=source, missing="2")
    number = Term("v.number", is_descending, source)
    text = value_terms(source, is_descending=is_descending)
    walks = (Walk("v.number IS NOT NULL", (number, *text)), Walk("v.number IS NULL", text))
    return FieldOrder((rank, number, text[-1]), walks)


def text_field(source: Source, *, is_descending: bool) -> FieldOrder:
    text = value_terms(source, is_descending=is_descending)
    return FieldOrder((Term("0", source=source, missing="1"), text[-1]), (Walk("1 = 1", text),))


def value_terms(source: Source, *, is_descending: bool) -> tuple[Term, ...]:
    """The indexed start of the text, then all of it."""
    start = Term(indexed_text("v.value"), is_descending, source)
    return start, Term(text_order("v.value"), is_descending, source)
