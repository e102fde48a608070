"""An order of runs as SQL over the table runs_run of the query around it.

Values come first, then NaN, then runs without one, whichever the direction; text is compared by
code point. Runs that are equal in everything asked for: newest first, then by run_id.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from runs.models import RunStatus
from runs.search.identifiers import (
    AGGREGATES,
    DURATION,
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
from trackui.search.sql import INDEXED_CHARACTERS, TRUE, Sql, indexed_text, text_order

# Attributes of runs, and the index that has them in order.
INDEXES = {
    "run_name": "run_name",
    "user_id": "run_user",
    "start_time": "run_newest",
    "end_time": "run_ended",
    DURATION: "run_duration",
}
TEXT_INDEXES = {"runs_param": "param_value", "runs_runtag": "tag_value"}
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
    """Rows that an index holds in order: those of a source, or runs themselves, that `where` holds for, by `terms`.

    Without terms they all come alike, and what is ordered by next decides. `rank` is what the first term of
    the field is for them, None where there is one walk only; `places` are where in the field's terms the
    values of the walk's terms stand, those in `cut` by their indexed start. `is_whole`: no two runs
    are alike. `index`: its name. `floor`: what keeps NULLs out, where nothing else bounds it from below.
    """

    where: Sql = TRUE
    terms: tuple[Term, ...] = ()
    rank: object = None
    places: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()
    index: str = ""
    floor: Sql = TRUE
    source: Source | None = None
    is_missing: bool = False
    is_whole: bool = False
    start_tie: Term | None = None

    @property
    def tie(self) -> Term:
        """What follows in the index."""
        pk = Term("runs_run.id" if self.source is None else "v.run_id", self.terms[-1].is_descending)
        return self.start_tie or pk

    def values(self, position: Sequence) -> tuple:
        """The values of its terms at a position of the field."""
        return tuple(
            position[place][:INDEXED_CHARACTERS] if place in self.cut else position[place] for place in self.places
        )


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """The terms of one field, and the walks that one after the other give the same order."""

    terms: tuple[Term, ...] = ()
    walks: tuple[Walk, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """`sql` follows ORDER BY in a query over runs_run alone; `params` are bound to its %s."""

    fields: tuple[FieldOrder, ...]

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


# The collation of run_id is that of its index: hexadecimal digits compare alike in all.
RUN_ID = Term(TEXT_COLUMNS["run_id"])
NEWEST_FIRST = FieldOrder(
    (NEWEST, RUN_ID), (Walk(terms=(NEWEST, RUN_ID), places=(0, 1), index="run_newest", is_whole=True),)
)


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
    return ending_newest(orders, attributes={f.key for f in found if f.entity is Entity.ATTRIBUTE})


def ending_newest(orders: Sequence[FieldOrder], *, attributes: Collection[str]) -> Ordering:
    """The fields, then newest first, then run_id, where `attributes` does not name these already."""
    fields = [order for order in orders if order.terms]
    if "start_time" not in attributes and "run_id" not in attributes:
        fields.append(NEWEST_FIRST)
    elif "start_time" not in attributes:
        fields.append(FieldOrder((NEWEST,)))
    elif "run_id" not in attributes:
        if fields[-1].terms == (NEWEST,):
            fields[-1] = NEWEST_FIRST
        else:
            fields.append(FieldOrder((run_id_term(),)))
    return Ordering(tuple(fields))


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
    return attribute_order(found.key, is_descending=is_descending)


def experiment_order(*, is_descending: bool) -> FieldOrder:
    """By name; the runs of one are all alike, so what is ordered by next decides."""
    name = f"(SELECT {text_order('e.name')} FROM runs_experiment e WHERE e.id = runs_run.experiment_id)"
    return FieldOrder((Term(name, is_descending),), (Walk(),))


def attribute_order(key: str, *, is_descending: bool) -> FieldOrder:
    if key == "run_id":
        return FieldOrder((run_id_term(is_descending=is_descending),))
    if key == "status":
        states = sorted(RunStatus.values, reverse=is_descending)
        walks = (Walk(Sql("runs_run.status = %s", (status,)), rank=status, index="run_facets") for status in states)
        return FieldOrder((Term(text_order(TEXT_COLUMNS[key]), is_descending),), tuple(walks))
    if key in TEXT_COLUMNS:
        return text_attribute_order(key, is_descending=is_descending)
    term = Term(DURATION_COLUMN if key == DURATION else TIME_COLUMNS[key], is_descending)
    if key == "start_time":
        # The index goes on by run_id, the other way round than by start.
        tie = Term(TEXT_COLUMNS["run_id"], not is_descending)
        return FieldOrder((term,), (Walk(terms=(term,), places=(0,), index="run_newest", start_tie=tie),))
    is_missing = Term("CASE WHEN runs_run.end_time IS NULL THEN 1 ELSE 0 END")
    ended = Walk(Sql(f"{term.expression} IS NOT NULL"), (term,), rank=0, places=(1,), index=INDEXES[key])
    return FieldOrder((is_missing, term), (ended, Walk(Sql("runs_run.end_time IS NULL"), rank=1, index="run_ended")))


def text_attribute_order(key: str, *, is_descending: bool) -> FieldOrder:
    column = TEXT_COLUMNS[key]
    walks = ()
    if key in INDEXES:
        start = Term(indexed_text(column), is_descending)
        walks = (Walk(terms=(start,), places=(0,), cut=(0,), index=INDEXES[key]),)
    return FieldOrder((Term(text_order(column), is_descending),), walks)


def metric_order(key: int, name: str, *, is_descending: bool) -> FieldOrder:
    """Rank 0 for a number, 1 for NaN, 2 for none; then the number."""
    source = Source("runs_metricsummary", key)
    aggregate = AGGREGATES[name]
    column = f"v.{aggregate.column}"
    value = Term(column, is_descending, source)
    number = Walk(TRUE, (value,), rank=0, places=(1,), index=aggregate.index, source=source)
    if aggregate.nan_flag:
        rank = Term(f"CASE WHEN v.{aggregate.nan_flag} THEN 1 ELSE 0 END", source=source, missing="2")
        # What stands beside the flag says nothing.
        value = Term(f"CASE WHEN v.{aggregate.nan_flag} THEN 0 ELSE {column} END", is_descending, source)
        number = replace(number, where=Sql(f"v.{aggregate.nan_flag} = FALSE"))
        nan = Sql(f"v.{aggregate.nan_flag} = TRUE")
    elif aggregate.is_nullable:
        rank = Term(f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END", source=source, missing="2")
        # A bound, since SQLite would begin among the NULLs.
        number = replace(number, floor=Sql(f"{column} >= %s", (-math.inf,)))
        nan = Sql(f"{column} IS NULL")
    else:
        rank = Term("0", source=source, missing="2")
    if not aggregate.index:
        return FieldOrder((rank, value))
    return FieldOrder(
        (rank, value), (number, Walk(nan, rank=1, index=aggregate.index, source=source), without(source, rank=2))
    )


def natural_order(source: Source, *, is_descending: bool) -> FieldOrder:
    """Numbers, then text, then none."""
    rank = Term("CASE WHEN v.number IS NULL THEN 1 ELSE 0 END", source=source, missing="2")
    number = Term("v.number", is_descending, source)
    start, text = value_terms(source, is_descending=is_descending)
    numbers = Walk(
        Sql("v.number IS NOT NULL"),
        (number, start),
        rank=0,
        places=(1, 2),
        cut=(2,),
        index="param_number",
        source=source,
    )
    texts = Walk(Sql("v.number IS NULL"), (start,), rank=1, places=(2,), cut=(2,), index="param_value", source=source)
    return FieldOrder((rank, number, text), (numbers, texts, without(source, rank=2)))


def text_field(source: Source, *, is_descending: bool) -> FieldOrder:
    start, text = value_terms(source, is_descending=is_descending)
    present = Walk(TRUE, (start,), rank=0, places=(1,), cut=(1,), index=TEXT_INDEXES[source.table], source=source)
    return FieldOrder((Term("0", source=source, missing="1"), text), (present, without(source, rank=1)))


def without(source: Source, *, rank: int) -> Walk:
    """The runs that have no such row."""
    return Walk(rank=rank, source=source, is_missing=True)


def value_terms(source: Source, *, is_descending: bool) -> tuple[Term, Term]:
    """The indexed start of the text, and all of it."""
    start = Term(indexed_text("v.value"), is_descending, source)
    return start, Term(text_order("v.value"), is_descending, source)
