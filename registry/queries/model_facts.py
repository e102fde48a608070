"""What lists say of registered models: versions, stages, aliases, tags, the last change. For a page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.models import ModelEvent, RegisteredModel, RegisteredModelTag, Stage
from trackui.db import fetch_all, in_list

# The stages that lists show, the one that counts most first.
SHOWN_STAGES = (Stage.PRODUCTION, Stage.STAGING)
HIDDEN_TAGS = "mlflow."


@dataclass(frozen=True, slots=True)
class InStage:
    """`version`: the highest of `count` versions in the stage."""

    stage: Stage
    version: int
    count: int = 1


@dataclass(slots=True)
class ModelRow:
    """`latest`: the highest number of a version, and when it was made; None without versions.

    `aliases`: with the version each points to. `last`: what happened to it last; None where nothing is known.
    """

    model: RegisteredModel
    version_count: int = 0
    latest: int | None = None
    latest_time: int | None = None
    stages: list[InStage] = field(default_factory=list)
    aliases: list[tuple[str, int]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    last: ModelEvent | None = None

    @property
    def last_time(self) -> int:
        return self.last.time if self.last else self.model.last_updated_time


def model_rows(pks: Sequence[int]) -> list[ModelRow]:
    """In the order of `pks`. Six statements, however many."""
    if not pks:
        return []
    rows = {pk: ModelRow(model) for pk, model in RegisteredModel.objects.in_bulk(list(pks)).items()}
    for pk, count, latest, time in _versions(pks):
        row = rows[pk]
        row.version_count, row.latest, row.latest_time = count, latest, time
    for pk, stage, version, count in _stages(pks):
        rows[pk].stages.append(InStage(Stage(stage), version, count))
    for pk, alias, version in _aliases(pks):
        rows[pk].aliases.append((alias, version))
    for pk, tags in _tags(pks).items():
        rows[pk].tags = tags
    for event in _last_events(pks):
        rows[event.registered_model_id].last = event
    for row in rows.values():
        row.stages.sort(key=lambda one: SHOWN_STAGES.index(one.stage))
    return [rows[pk] for pk in pks if pk in rows]


def _versions(pks: Sequence[int]) -> list[tuple[int, int, int | None, int | None]]:
    of = "FROM registry_modelversion x WHERE x.registered_model_id = m.id"
    return fetch_all(
        f"SELECT m.id, (SELECT COUNT(*) {of}), v.version, v.creation_time FROM registry_registeredmodel m"
        " LEFT JOIN registry_modelversion v ON v.registered_model_id = m.id"
        f" AND v.version = (SELECT MAX(x.version) {of}) WHERE m.id IN {in_list(pks)}",
        list(pks),
    )


def _stages(pks: Sequence[int]) -> list[tuple[int, str, int, int]]:
    stages = [stage.value for stage in SHOWN_STAGES]
    return fetch_all(
        "SELECT registered_model_id, stage, MAX(version), COUNT(*) FROM registry_modelversion"
        f" WHERE registered_model_id IN {in_list(pks)} AND stage IN {in_list(stages)} GROUP BY 1, 2",
        [*pks, *stages],
    )


def _aliases(pks: Sequence[int]) -> list[tuple[int, str, int]]:
    return fetch_all(
        "SELECT a.registered_model_id, a.alias, v.version FROM registry_modelalias a"
        " JOIN registry_modelversion v ON v.id = a.model_version_id"
        f" WHERE a.registered_model_id IN {in_list(pks)} ORDER BY v.version DESC, a.alias",
        list(pks),
    )


def _tags(pks: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    tags = RegisteredModelTag.objects.filter(registered_model__in=pks).exclude(key__startswith=HIDDEN_TAGS)
    for pk, key, value in tags.order_by("key").values_list("registered_model_id", "key", "value"):
        found[pk].append((key, value))
    return found


def _last_events(pks: Sequence[int]) -> list[ModelEvent]:
    last = fetch_all(
        "SELECT (SELECT e.id FROM registry_modelevent e WHERE e.registered_model_id = m.id"
        f" ORDER BY e.time DESC, e.id DESC LIMIT 1) FROM registry_registeredmodel m WHERE m.id IN {in_list(pks)}",
        list(pks),
    )
    return list(ModelEvent.objects.filter(pk__in=[pk for (pk,) in last if pk is not None]))
