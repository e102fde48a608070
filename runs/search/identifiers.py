"""Names in a filter or an order over runs: what they stand for, and what may be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trackui.search.fields import unknown_attribute, unknown_entity
from trackui.search.nodes import Identifier


class Entity(StrEnum):
    """The names that MLflow lists in its messages."""

    METRIC = "metric"
    PARAM = "parameter"
    TAG = "tag"
    ATTRIBUTE = "attribute"
    DATASET = "dataset"


ENTITIES = {
    "metric": Entity.METRIC,
    "metrics": Entity.METRIC,
    "parameter": Entity.PARAM,
    "parameters": Entity.PARAM,
    "param": Entity.PARAM,
    "params": Entity.PARAM,
    "tag": Entity.TAG,
    "tags": Entity.TAG,
    "attribute": Entity.ATTRIBUTE,
    "attributes": Entity.ATTRIBUTE,
    "attr": Entity.ATTRIBUTE,
    "run": Entity.ATTRIBUTE,
    "dataset": Entity.DATASET,
    "datasets": Entity.DATASET,
}
ALIASES = {
    "created": "start_time",
    "Created": "start_time",
    "run name": "run_name",
    "Run name": "run_name",
    "Run Name": "run_name",
}
# MLflow takes these in an order too; the other aliases in filters only.
ORDER_ALIASES = {"created": "start_time", "Created": "start_time"}

TEXT_COLUMNS = {
    "run_id": "runs_run.run_id",
    "run_name": "runs_run.name",
    "user_id": "runs_run.user_id",
    "status": "runs_run.status",
    "artifact_uri": "runs_run.artifact_uri",
}
TIME_COLUMNS = {"start_time": "runs_run.start_time", "end_time": "runs_run.end_time"}
DURATION = "duration"
NULLABLE = ("end_time", DURATION)
ATTRIBUTES = (*TEXT_COLUMNS, *TIME_COLUMNS, DURATION)
DATASET_KEYS = ("name", "digest", "context")
LIST_ATTRIBUTES = ("run_id",)


@dataclass(frozen=True, slots=True)
class Field:
    """`key` is a column's name for attributes and datasets, else a key people chose."""

    entity: Entity
    key: str
    node: Identifier


def field(identifier: Identifier, *, aliases: dict[str, str] = ALIASES) -> Field:
    """What a name stands for; SearchSyntaxError when there is no such thing."""
    if identifier.entity is None:
        entity = Entity.ATTRIBUTE
    elif (found := ENTITIES.get(identifier.entity)) is not None:
        entity = found
    else:
        raise unknown_entity(identifier, [str(entity) for entity in Entity])
    key = identifier.key
    if entity is Entity.ATTRIBUTE:
        key = aliases.get(key, key)
        if key not in ATTRIBUTES:
            raise unknown_attribute(identifier, ATTRIBUTES)
    if entity is Entity.DATASET and key not in DATASET_KEYS:
        raise unknown_attribute(identifier, DATASET_KEYS, kind="dataset")
    return Field(entity, key, identifier)


def is_half_a_condition(identifier: Identifier) -> bool:
    """Whether a bare word is a name of ours, so that someone has not finished writing."""
    if identifier.entity is None:
        return identifier.key in ATTRIBUTES or (identifier.key in ENTITIES and identifier.key != "run")
    return identifier.entity in ENTITIES


# --- What is kept of a metric -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A column of the summary, and how it says that there is no number in it.

    `nan_flag`: a column that says it is NaN. `is_nullable`: NULL where all values were NaN.
    `index`: what has it in order for each metric of an experiment.
    """

    column: str
    nan_flag: str = ""
    is_nullable: bool = False
    index: str = ""


LAST = "last"
AGGREGATES = {
    LAST: Aggregate("last_value", nan_flag="last_is_nan", index="metric_last"),
    "first": Aggregate("first_value", nan_flag="first_is_nan"),
    "min": Aggregate("min_value", is_nullable=True, index="metric_min"),
    "max": Aggregate("max_value", is_nullable=True, index="metric_max"),
    "mean": Aggregate("mean_value", is_nullable=True, index="metric_mean"),
    "count": Aggregate("count"),
    "step": Aggregate("last_step"),
}


def aggregate_key(field: Field) -> tuple[str, str] | None:
    """`metrics.loss.min` as ("loss", "min"); None where the key is in quotes or ends otherwise."""
    key, dot, name = field.key.rpartition(".")
    return (key, name) if dot and key and name in AGGREGATES and not field.node.is_quoted else None
