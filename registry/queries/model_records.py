"""Registered models and versions with all that programs are told of them. For a page of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max

from registry.models import ModelAlias, ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag


@dataclass(slots=True)
class ModelRecord:
    """`latest_versions`: the highest number in each stage. `aliases`: to the numbers they point to."""

    model: RegisteredModel
    version_count: int = 0
    latest_versions: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class VersionRecord:
    version: ModelVersion
    aliases: list[str] = field(default_factory=list)
    tags: Mapping[str, str] = field(default_factory=dict)


def model_records(models: Sequence[RegisteredModel]) -> list[ModelRecord]:
    """Three statements, however many."""
    records = {model.pk: ModelRecord(model) for model in models}
    if not records:
        return []
    versions = ModelVersion.objects.filter(registered_model__in=records)
    stages = versions.values_list("registered_model_id", "stage").annotate(Max("version"), Count("pk"))
    for pk, stage, version, count in stages.order_by("stage"):
        records[pk].latest_versions[stage] = version
        records[pk].version_count += count
    aliases = ModelAlias.objects.filter(registered_model__in=records).order_by("alias")
    for pk, alias, version in aliases.values_list("registered_model_id", "alias", "model_version__version"):
        records[pk].aliases[alias] = version
    for pk, tags in _tags(RegisteredModelTag, "registered_model_id", list(records)).items():
        records[pk].tags = tags
    return list(records.values())


def version_records(versions: Sequence[ModelVersion]) -> list[VersionRecord]:
    """Two statements, however many."""
    records = {version.pk: VersionRecord(version) for version in versions}
    if not records:
        return []
    aliases = ModelAlias.objects.filter(model_version__in=records).order_by("alias")
    for pk, alias in aliases.values_list("model_version_id", "alias"):
        records[pk].aliases.append(alias)
    for pk, tags in _tags(ModelVersionTag, "model_version_id", list(records)).items():
        records[pk].tags = tags
    return list(records.values())


def _tags(table: type, owner: str, pks: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = table.objects.filter(**{f"{owner}__in": pks}).order_by("key")
    for pk, key, value in rows.values_list(owner, "key", "value"):
        found[pk][key] = value
    return found
