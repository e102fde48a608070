"""Models and versions to the JSON shapes of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry.models import ModelVersion, RegisteredModel
from registry.queries.belongings import aliases_of_models, aliases_of_versions, tags_of_models, tags_of_versions
from registry.queries.latest_versions import latest_versions
from registry.queries.version_records import VersionRecord
from runs.mlflow_api.payloads import pairs, without_empty


def model_payloads(models: Sequence[RegisteredModel]) -> list[dict]:
    """Four statements, however many models."""
    pks = [model.pk for model in models]
    tags, aliases, latest = tags_of_models(pks), aliases_of_models(pks), latest_versions(pks)
    version_tags = tags_of_versions([version.pk for versions in latest.values() for version in versions])
    return [
        without_empty(
            {
                "name": model.name,
                "creation_timestamp": model.creation_time,
                "last_updated_timestamp": model.last_updated_time,
                "user_id": model.user_id,
                "description": model.description,
                "latest_versions": [
                    _version_payload(version, version_tags[version.pk], ())
                    for version in sorted(latest.get(model.pk, ()), key=lambda version: version.version)
                ],
                "tags": pairs(tags[model.pk]),
                "aliases": [{"alias": alias, "version": str(number)} for alias, number in aliases[model.pk]],
            }
        )
        for model in models
    ]


def version_payloads(versions: Sequence[ModelVersion | VersionRecord]) -> list[dict]:
    """Two statements, however many versions."""
    pks = [version.pk for version in versions]
    tags, aliases = tags_of_versions(pks), aliases_of_versions(pks)
    return [_version_payload(version, tags.get(version.pk, ()), aliases.get(version.pk, ())) for version in versions]


def _version_payload(
    version: ModelVersion | VersionRecord, tags: Iterable[tuple[str, str]], aliases: Sequence[str]
) -> dict:
    """Texts that are unset are there and blank: clients of all ages read them so."""
    payload = {
        "name": version.name,
        "version": str(version.version),
        "creation_timestamp": version.creation_time,
        "last_updated_timestamp": version.last_updated_time,
        "current_stage": version.stage,
        "description": version.description,
        "source": version.source,
        "run_id": version.run_id,
        "status": version.status,
        "run_link": version.run_link,
    }
    for name, value in (
        ("user_id", version.user_id),
        ("status_message", version.status_message),
        ("model_id", version.model_id),
        ("tags", pairs(tags)),
        ("aliases", aliases),
    ):
        if value:
            payload[name] = value
    return payload
