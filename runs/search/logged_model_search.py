"""Filters and orders over logged models, as SQL over the table runs_loggedmodel of the query around it.

Their grammar is narrower than that of runs: entities in the plural, text in single quotes only, and
metrics by their latest value, on the datasets asked for where there are any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import LoggedModelStatus
from trackui.errors import InvalidParameterValue, shorten
from trackui.search import limits
from trackui.search.errors import invalid_clause
from trackui.search.fields import (
    LIST_COMPARATORS,
    NUMBER_COMPARATORS,
    TEXT_COMPARATORS,
    check_comparator,
    null_check_refused,
    number_of,
    text_of,
    texts_of,
    timestamps_of,
    unknown_attribute,
    unknown_entity,
    wrong_value,
)
from trackui.search.nodes import Comparison, Has, Identifier, Node, NullCheck, Text, ValueList, Word
from trackui.search.parser import is_storable, parse
from trackui.search.sql import (
    TRUE,
    PlainTerm,
    Sql,
    all_of,
    any_of,
    contains,
    id_comparison,
    in_values,
    negated,
    number_comparison,
    text_comparison,
    text_order,
    time_comparison,
)
from trackui.search.tree import compiled

ENTITIES = ("attributes", "metrics", "params", "tags")
NAME = "runs_loggedmodel.name"
MODEL_ID = "runs_loggedmodel.model_id"
CREATED = "runs_loggedmodel.creation_time"
UPDATED = "runs_loggedmodel.last_updated_time"
TEXT_COLUMNS = {
    "name": NAME,
    "model_id": MODEL_ID,
    "model_type": "runs_loggedmodel.model_type",
    "source_run_id": "runs_loggedmodel.source_run_id",
}
# Empty where unset, and then they satisfy nothing.
OPTIONAL = ("model_type", "source_run_id")
TIME_COLUMNS = {
    "creation_timestamp": CREATED,
    "creation_timestamp_ms": CREATED,
    "creation_time": CREATED,
    "last_updated_timestamp": UPDATED,
    "last_updated_timestamp_ms": UPDATED,
    "last_updated_time": UPDATED,
}
STATUS = "runs_loggedmodel.status"
STATUSES = {
    "READY": LoggedModelStatus.READY,
    "PENDING": LoggedModelStatus.PENDING,
    "FAILED": LoggedModelStatus.FAILED,
}
EXPERIMENT = "runs_loggedmodel.experiment_id"
ATTRIBUTES = (*TEXT_COLUMNS, "status", "experiment_id", *TIME_COLUMNS)


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """Metrics on the dataset of this name, whatever its digest where that is empty."""

    name: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class LoggedModelOrder:
    """One entry of order_by as it travels."""

    field_name: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


def compile_logged_model_filter(text: str, *, datasets: Sequence[DatasetChoice] = ()) -> Sql:
    """The condition a filter means, for models with a metric on one of the datasets where any are given."""
    node = parse(text)
    on_datasets = any_of(map(dataset_condition, datasets)) if datasets else TRUE
    compiler = Compiler(text, on_datasets)
    conditions = [] if node is None else [compiled(node, compiler.leaf)]
    if datasets:
        before = "EXISTS (SELECT 1 FROM runs_loggedmodelmetric v WHERE v.model_id = runs_loggedmodel.id AND "
        conditions.append(on_datasets.wrapped(before, ")"))
    return all_of(conditions)


def dataset_condition(dataset: DatasetChoice) -> Sql:
    named = Sql("v.dataset_name = %s", (dataset.name,))
    return all_of([named, Sql("v.dataset_digest = %s", (dataset.digest,))]) if dataset.digest else named


def entity_of(name: Identifier) -> str:
    entity = name.entity or "attributes"
    if entity not in ENTITIES:
        raise unknown_entity(name, ENTITIES)
    if entity == "attributes" and name.key not in ATTRIBUTES:
        raise unknown_attribute(name, ATTRIBUTES)
    return entity


def plain_text(value: Text) -> str:
    """Double quotes are part of the text here."""
    return value.text if value.quote == "'" else value.source


class Compiler:
    def __init__(self, text: str, on_datasets: Sql) -> None:
        self.text = text
        self.on_datasets = on_datasets

    def leaf(self, node: Node) -> Sql:
        match node:
            case Word(identifier=name):
                if name is not None and (name.entity in ENTITIES or (name.entity is None and name.key in ATTRIBUTES)):
                    raise invalid_clause(
                        self.text, start=node.start, end=node.end, expected="a comparison such as = or < after it"
                    )
                return contains(NAME, node.text)
            case Has(identifier=name):
                return self.has(name)
            case NullCheck():
                raise null_check_refused(node, "runs and experiments")
            case Comparison():
                return self.comparison(node)
        raise TypeError(node)

    def has(self, name: Identifier) -> Sql:
        match entity_of(name):
            case "metrics":
                return probe("metric", name.key, self.on_datasets)
            case "params":
                return probe("param", name.key)
            case "tags":
                return probe("tag", name.key)
        return Sql(f"{TEXT_COLUMNS[name.key]} <> ''") if name.key in OPTIONAL else TRUE

    def comparison(self, node: Comparison) -> Sql:
        name = node.identifier
        match entity_of(name):
            case "metrics":
                return self.metric(node)
            case "params":
                return probe("param", name.key, text_condition(node, "v.value"))
            case "tags":
                return probe("tag", name.key, text_condition(node, "v.value"))
        if name.key in TIME_COLUMNS:
            start, span = timestamps_of(node.value, name.key)
            check_comparator(node, NUMBER_COMPARATORS)
            return time_comparison(TIME_COLUMNS[name.key], node.operator, start, span)
        if name.key == "status":
            return status(node)
        if name.key == "experiment_id":
            texts = texts_of(node.value) if isinstance(node.value, ValueList) else [text_of(node.value, "attributes")]
            check_comparator(node, ("=", "!=", *LIST_COMPARATORS))
            return id_comparison(EXPERIMENT, node.operator, texts)
        column = TEXT_COLUMNS[name.key]
        condition = text_condition(node, column)
        return condition.wrapped(f"({column} <> '' AND ", ")") if name.key in OPTIONAL else condition

    def metric(self, node: Comparison) -> Sql:
        number = float(number_of(node.value, "metric"))
        check_comparator(node, NUMBER_COMPARATORS)
        compared = number_comparison("v.value", node.operator, number)
        if node.operator == "!=":
            holds = compared.wrapped("v.is_nan OR ", "")
        else:
            holds = compared.wrapped("v.is_nan = FALSE AND ", "")
        expression = holds.wrapped("CASE WHEN ", " THEN 1 ELSE 0 END")
        return latest(expression, node.identifier.key, self.on_datasets).wrapped("COALESCE(", ", 0) = 1")


def probe(table: str, key: str, where: Sql = TRUE) -> Sql:
    before = (
        f"EXISTS (SELECT 1 FROM runs_loggedmodel{table} v WHERE v.model_id = runs_loggedmodel.id AND v.key = %s AND "
    )
    return where.wrapped(before, ")", params=(key,))


def latest(expression: Sql, key: str, where: Sql) -> Sql:
    """The expression over the newest point of a metric `v`; NULL without a point."""
    source = " FROM runs_loggedmodelmetric v WHERE v.model_id = runs_loggedmodel.id AND v.key = %s AND "
    order = " ORDER BY v.step DESC, v.timestamp DESC, v.is_nan DESC, v.value DESC LIMIT 1"
    return Sql(f"(SELECT {expression.text}{source}{where.text}{order})", (*expression.params, key, *where.params))


def text_condition(node: Comparison, column: str) -> Sql:
    if isinstance(node.value, ValueList):
        value: str | list[str] = texts_of(node.value)
        check_comparator(node, LIST_COMPARATORS)
    else:
        text_of(node.value, "attributes")
        value = plain_text(node.value)
        check_comparator(node, (*TEXT_COMPARATORS, *LIST_COMPARATORS))
    return text_comparison(column, node.operator, value)


def status(node: Comparison) -> Sql:
    if isinstance(node.value, ValueList):
        texts = texts_of(node.value)
        check_comparator(node, LIST_COMPARATORS)
    else:
        text_of(node.value, "attributes")
        texts = [plain_text(node.value)]
        check_comparator(node, ("=", "!=", *LIST_COMPARATORS))
    for text in texts:
        if text not in STATUSES:
            raise wrong_value(
                node.value,
                f"Invalid model status '{shorten(text, 100)}'. Valid values are {list(STATUSES)}",
                expected=f"one of {', '.join(STATUSES)}",
            )
    found = in_values(STATUS, [str(STATUSES[text]) for text in texts])
    return found if node.operator in ("=", "IN") else negated(found)


# --- Orders -----------------------------------------------------------------------------------


def compile_logged_model_order(order_by: Sequence[LoggedModelOrder]) -> list[PlainTerm]:
    """What is asked for, models without a value last; then newest first, then by model_id."""
    if len(order_by) > limits.ORDER_BY_COLUMNS:
        raise InvalidParameterValue(f"Invalid order by: at most {limits.ORDER_BY_COLUMNS} fields, got {len(order_by)}.")
    terms = [term for order in order_by for term in order_terms(order)]
    return [*terms, PlainTerm(Sql(CREATED), True), PlainTerm(Sql(text_order(MODEL_ID)))]


def order_terms(order: LoggedModelOrder) -> list[PlainTerm]:
    name = order.field_name.strip()
    if not is_storable(name) or len(name) > limits.FILTER_LENGTH:
        raise invalid_field("")
    if order.dataset_digest and not order.dataset_name:
        raise InvalidParameterValue("`dataset_digest` can only be specified if `dataset_name` is also specified.")
    entity, dot, key = name.partition(".")
    if dot and entity == "metrics" and key:
        return metric_terms(key.strip("`"), order)
    if dot and entity != "attributes":
        raise invalid_field(name, "Only metrics are supported.")
    return attribute_terms(key if dot else name, is_descending=not order.ascending)


def invalid_field(name: str, reason: str = "") -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid order by field name: {shorten(name, 100)}. {reason}".rstrip())


def attribute_terms(key: str, *, is_descending: bool) -> list[PlainTerm]:
    if key in TIME_COLUMNS:
        return [PlainTerm(Sql(TIME_COLUMNS[key]), is_descending)]
    if key == "experiment_id":
        return [PlainTerm(Sql(EXPERIMENT), is_descending)]
    if key != "status" and key not in TEXT_COLUMNS:
        raise invalid_field(key)
    column = STATUS if key == "status" else TEXT_COLUMNS[key]
    term = PlainTerm(Sql(text_order(column)), is_descending)
    is_missing = PlainTerm(Sql(f"CASE WHEN {column} = '' THEN 1 ELSE 0 END"))
    return [is_missing, term] if key in OPTIONAL else [term]


def metric_terms(key: str, order: LoggedModelOrder) -> list[PlainTerm]:
    where = TRUE
    if order.dataset_name:
        where = dataset_condition(DatasetChoice(order.dataset_name, order.dataset_digest))
    rank = latest(Sql("CASE WHEN v.is_nan THEN 1 ELSE 0 END"), key, where).wrapped("COALESCE(", ", 2)")
    value = latest(Sql("CASE WHEN v.is_nan THEN 0 ELSE v.value END"), key, where)
    return [PlainTerm(rank), PlainTerm(value, not order.ascending)]
