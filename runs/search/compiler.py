"""A filter over runs as SQL over the table runs_run of the query around it.

A condition on a param, metric, tag or dataset is a probe of its table by run, so conditions are
independent of each other and a missing key satisfies none of them but IS NULL and NOT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.search.at_names import AtBest
from runs.search.computed import holding, runs_at_best
from runs.search.identifiers import (
    AGGREGATES,
    DURATION,
    LIST_ATTRIBUTES,
    NULLABLE,
    TEXT_COLUMNS,
    TIME_COLUMNS,
    Entity,
    Field,
    field,
    is_half_a_condition,
)
from runs.search.leads import AnyOf, Lead, OneOf, Rows
from runs.search.ordering import DURATION_COLUMN, INDEXES, TEXT_INDEXES
from runs.search.scope import Keys, Scope, keyed_fields
from trackui.search.errors import invalid_clause
from trackui.search.fields import (
    LIST_COMPARATORS,
    NUMBER_COMPARATORS,
    TEXT_COMPARATORS,
    check_comparator,
    list_refused,
    milliseconds_of,
    null_check_refused,
    number_of,
    stored_number,
    text_of,
    texts_of,
    timestamps_of,
)
from trackui.search.nodes import And, Comparison, Has, Node, Not, NullCheck, Number, Or, ValueList, Word
from trackui.search.parser import parse
from trackui.search.sql import (
    FALSE,
    TRUE,
    Sql,
    all_of,
    any_of,
    contains,
    in_values,
    indexed_equal,
    negated,
    number_comparison,
    probing,
    text_comparison,
    time_comparison,
)
from trackui.search.tree import identifiers

CONTEXT_TAG = "mlflow.data.context"
# Attributes that an index can start at.
TEXT_INDEXED = ("run_name", "user_id")
INDEXED = {**INDEXES, "status": "run_facets", "run_id": ""}


@dataclass(frozen=True, slots=True)
class Conjunct:
    sql: Sql
    lead: Lead | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`sql` over runs_run, true or false for every run; `params` are bound to its %s.

    `conjuncts` are what must all hold, for whoever wants to start from one of them. `fields` are
    the metrics, params and tags the filter names, for hints about keys nobody has logged.
    """

    conjuncts: tuple[Conjunct, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def where(self) -> Sql:
        return all_of(c.sql for c in self.conjuncts)

    @property
    def sql(self) -> str:
        return self.where.text

    @property
    def params(self) -> tuple:
        return self.where.params

    @property
    def is_empty(self) -> bool:
        """Whether every run satisfies it."""
        return not self.conjuncts

    @property
    def is_impossible(self) -> bool:
        """Whether it can be seen without looking that no run satisfies it."""
        return any(c.sql == FALSE for c in self.conjuncts)


def compile_filter(text: str, *, scope: Scope) -> Condition:
    """The condition a filter means for the runs in scope. SearchSyntaxError says what is wrong with it.

    Costs a query for the keys it names, and one more where a metric is named as `loss.min`.
    """
    node = parse(text)
    if node is None:
        return Condition()
    fields = keyed_fields(identifiers(node))
    compiler = Compiler(text, Keys(fields, scope))
    operands = node.operands if isinstance(node, And) else (node,)
    conjuncts = []
    # What is read from points comes last: fewer runs are left to read then.
    for operand in sorted(operands, key=compiler.is_computed):
        conjuncts.append(compiler.conjunct(operand))
        if not compiler.is_computed(operand):
            compiler.narrowed_by = all_of(c.sql for c in conjuncts)
    computed = [f for f in fields if f.entity is Entity.METRIC and compiler.keys.at_best(f)]
    return Condition(tuple(c for c in conjuncts if c.sql != TRUE), tuple(f for f in fields if f not in computed))


class Compiler:
    """`narrowed_by`: what is known to hold beside, so that fewer runs are read for what is computed."""

    def __init__(self, text: str, keys: Keys) -> None:
        self.text = text
        self.keys = keys
        self.narrowed_by = TRUE

    def is_computed(self, node: Node) -> bool:
        return any(
            found.entity is Entity.METRIC and self.keys.at_best(found) for found in map(field, identifiers(node))
        )

    def conjunct(self, node: Node) -> Conjunct:
        match node:
            case And() | Or() | Not():
                return self.combined(node)
            case Word():
                return self.word(node)
            case Has(identifier=name):
                return self.has(field(name))
            case NullCheck():
                return self.null_check(node)
            case Comparison():
                return self.comparison(node)
        raise TypeError(node)

    def combined(self, node: And | Or | Not) -> Conjunct:
        """The lead of an OR needs one of each of its parts, that of an AND one of any."""
        if isinstance(node, Not):
            return Conjunct(negated(self.conjunct(node.operand).sql))
        parts = [self.conjunct(operand) for operand in node.operands]
        if isinstance(node, Or):
            parts = [part for part in parts if part.sql != FALSE]
        leads = tuple(part.lead for part in parts if part.lead is not None)
        if isinstance(node, And):
            return Conjunct(all_of(part.sql for part in parts), OneOf(leads) if leads else None)
        has_all = bool(leads) and len(leads) == len(parts)
        return Conjunct(any_of(part.sql for part in parts), AnyOf(leads) if has_all else None)

    # --- Conditions without a value ------------------------------------------------------------

    def word(self, node: Word) -> Conjunct:
        if node.identifier is not None and is_half_a_condition(node.identifier):
            raise invalid_clause(
                self.text,
                start=node.start,
                end=node.end,
                expected="a comparison such as = or < after it, or quotes around it to search run names",
            )
        return of_run(contains("runs_run.name", node.text))

    def has(self, found: Field) -> Conjunct:
        match found.entity:
            case Entity.ATTRIBUTE:
                # A duration is there when the end is; the others always are.
                return of_run(Sql("runs_run.end_time IS NOT NULL")) if found.key in NULLABLE else Conjunct(TRUE)
            case Entity.DATASET:
                return dataset_probe(found.key, TRUE)
            case Entity.METRIC:
                if at := self.keys.at_best(found):
                    return self.among(list(self.at_best(at, found)))
                key, _ = self.keys.metric(found)
                return probe("runs_metricsummary", key)
            case Entity.PARAM:
                return probe("runs_param", self.keys.pk(found.key))
            case Entity.TAG:
                return probe("runs_runtag", self.keys.pk(found.key))

    def null_check(self, node: NullCheck) -> Conjunct:
        found = field(node.identifier)
        if found.entity not in (Entity.PARAM, Entity.TAG):
            raise null_check_refused(node, "tags and params")
        present = self.has(found)
        if node.is_negated:
            return present
        return Conjunct(TRUE if present.sql == FALSE else negated(present.sql))

    # --- Comparisons ---------------------------------------------------------------------------

    def comparison(self, node: Comparison) -> Conjunct:
        found = field(node.identifier)
        match found.entity:
            case Entity.METRIC:
                return self.metric(node, found)
            case Entity.PARAM:
                return self.param(node, found)
            case Entity.TAG:
                value = text_of(node.value, found.entity)
                check_comparator(node, TEXT_COMPARATORS)
                return self.text_probe("runs_runtag", found, node.operator, value)
            case Entity.DATASET:
                return dataset(node, found)
            case Entity.ATTRIBUTE:
                return attribute(node, found)

    def metric(self, node: Comparison, found: Field) -> Conjunct:
        number = float(number_of(node.value, "metric"))
        check_comparator(node, NUMBER_COMPARATORS)
        if at := self.keys.at_best(found):
            return self.among(holding(self.at_best(at, found), node, number))
        key, name = self.keys.metric(found)
        aggregate = AGGREGATES[name]
        compared = number_comparison(f"probe.{aggregate.column}", node.operator, number)
        if aggregate.nan_flag:
            if node.operator == "!=":  # NaN differs from every number
                where = compared.wrapped(f"(probe.{aggregate.nan_flag} OR ", ")")
            else:
                where = compared.wrapped(f"(probe.{aggregate.nan_flag} = FALSE AND ", ")")
        elif aggregate.is_nullable and node.operator == "!=":
            where = compared.wrapped(f"(probe.{aggregate.column} IS NULL OR ", ")")
        else:
            where = compared
        index = aggregate.index if aggregate.index and node.operator != "!=" else None
        return probe("runs_metricsummary", key, where, index=index)

    def at_best(self, at: AtBest, found: Field) -> dict[int, float]:
        return runs_at_best(at, found.node, scope=self.keys.scope, narrowed_by=self.narrowed_by)

    def among(self, runs: Sequence[int]) -> Conjunct:
        """Numbers from the database, written out: a condition is compared and remembered, so it holds no lists."""
        if not runs:
            return Conjunct(FALSE)
        return of_run(Sql(f"runs_run.id IN ({', '.join(map(str, runs))})"), index="")

    def param(self, node: Comparison, found: Field) -> Conjunct:
        """Text against text; a number, which MLflow refuses here, against the param's number."""
        if isinstance(node.value, Number) and node.operator not in ("LIKE", "ILIKE"):
            check_comparator(node, NUMBER_COMPARATORS)
            number = float(stored_number(node.value.number))
            where = number_comparison("probe.number", node.operator, number)
            index = "param_number" if node.operator != "!=" else None
            indexed = where.wrapped("(probe.number IS NOT NULL AND ", ")")
            return probe("runs_param", self.keys.pk(found.key), where, indexed=indexed, index=index)
        value = text_of(node.value, found.entity)
        hint = "Write the number without quotes to compare numbers." if node.operator in NUMBER_COMPARATORS else ""
        check_comparator(node, TEXT_COMPARATORS, hint=hint)
        return self.text_probe("runs_param", found, node.operator, value)

    def text_probe(self, table: str, found: Field, operator: str, value: str) -> Conjunct:
        where = text_comparison("probe.value", operator, value)
        if operator != "=":
            return probe(table, self.keys.pk(found.key), where, is_text=True)
        return probe(
            table,
            self.keys.pk(found.key),
            where,
            indexed=indexed_equal("probe.value", value),
            index=TEXT_INDEXES[table],
        )


def probe(
    table: str,
    key: int | None,
    where: Sql = TRUE,
    *,
    indexed: Sql | None = None,
    index: str | None = None,
    is_text: bool = False,
) -> Conjunct:
    """Runs with a row in a table keyed by (run, key); none where nobody has such a key.

    `indexed`: the same as `where`, as the index on (experiment, key, value) named `index` answers it. `is_text`: it is
    about the value alone, a text.
    """
    if key is None:
        return Conjunct(FALSE)
    keyed = Sql("probe.key_id = %s", (key,))
    lead = Rows(
        table,
        all_of(part for part in (keyed, indexed or where) if part != TRUE),
        "" if where == TRUE else index,
        key=key,
        value=where if is_text else None,
    )
    sql = all_of(part for part in (Sql("probe.run_id = runs_run.id"), keyed, where) if part != TRUE)
    return Conjunct(probing(table, sql), lead)


def dataset(node: Comparison, found: Field) -> Conjunct:
    comparators = (*TEXT_COMPARATORS, *LIST_COMPARATORS)
    if isinstance(node.value, ValueList):
        value: str | Sequence[str] = texts_of(node.value)
    else:
        value = text_of(node.value, "dataset attributes")
    check_comparator(node, comparators)
    column = "tag.value" if found.key == "context" else f"dataset.{found.key}"
    return dataset_probe(found.key, text_comparison(column, node.operator, value))


def dataset_probe(key: str, where: Sql) -> Conjunct:
    """Runs with some dataset input of which it holds."""
    joins = "JOIN runs_dataset dataset ON dataset.id = input.dataset_id"
    params: tuple = ()
    if key == "context":
        joins = "JOIN runs_inputtag tag ON tag.run_input_id = input.id AND tag.name = %s"
        params = (CONTEXT_TAG,)
    before = f"EXISTS (SELECT 1 FROM runs_runinput input {joins} WHERE input.run_id = runs_run.id AND "
    return Conjunct(where.wrapped(before, ")", params=params))


def attribute(node: Comparison, found: Field) -> Conjunct:
    indexed = None
    if found.key in TIME_COLUMNS:
        sql = time_attribute(node, found.key)
    elif found.key == DURATION:
        length = milliseconds_of(node.value, DURATION)
        check_comparator(node, NUMBER_COMPARATORS)
        sql = number_comparison(DURATION_COLUMN, node.operator, length)
    else:
        sql = text_attribute(node, found.key)
        if node.operator == "=" and found.key in TEXT_INDEXED:
            indexed = indexed_equal(TEXT_COLUMNS[found.key], sql.params[0])
    if found.key in NULLABLE:
        sql = sql.wrapped("(runs_run.end_time IS NOT NULL AND ", ")")
    is_ranged = node.operator in ("=", "IN", "<", "<=", ">", ">=") and found.key not in TEXT_INDEXED
    index = INDEXED.get(found.key) if indexed is not None or is_ranged else None
    return of_run(sql, indexed=indexed, index=index)


def of_run(sql: Sql, *, indexed: Sql | None = None, index: str | None = None) -> Conjunct:
    """A condition on the run itself. `indexed`: the same, as the index answers it."""
    lead = indexed or sql
    return Conjunct(sql, Rows("runs_run", Sql(lead.text.replace("runs_run.", "probe."), lead.params), index))


def time_attribute(node: Comparison, key: str) -> Sql:
    start, span = timestamps_of(node.value, key)
    check_comparator(node, NUMBER_COMPARATORS)
    return time_comparison(TIME_COLUMNS[key], node.operator, start, span)


def text_attribute(node: Comparison, key: str) -> Sql:
    column = TEXT_COLUMNS[key]
    if isinstance(node.value, ValueList):
        if key not in LIST_ATTRIBUTES:
            raise list_refused(node.value, LIST_ATTRIBUTES)
        values = texts_of(node.value)
        check_comparator(node, LIST_COMPARATORS)
        return negated(in_values(column, values)) if node.operator == "NOT IN" else in_values(column, values)
    value = text_of(node.value, "attributes")
    check_comparator(node, (*TEXT_COMPARATORS, *LIST_COMPARATORS) if key in LIST_ATTRIBUTES else TEXT_COMPARATORS)
    return text_comparison(column, node.operator, value)
