"""The newest version of each stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from registry.models import Stage
from registry.queries.version_records import COLUMNS, VersionRecord
from trackui.db import fetch_all, in_list


def latest_versions(models: Sequence[int], stages: Iterable[Stage] = tuple(Stage)) -> dict[int, list[VersionRecord]]:
    """By primary key of the model: of each stage that has any, the version with the highest number, in no order.

    One statement, which steps to the end of an index for each model and stage.
    """
    stages = [stage.value for stage in dict.fromkeys(stages)]
    if not models or not stages:
        return {}
    asked = " UNION ALL ".join(["SELECT %s AS stage"] * len(stages))
    highest = (
        "SELECT (SELECT v.id FROM registry_modelversion v"
        " WHERE v.registered_model_id = m.id AND v.stage = s.stage ORDER BY v.version DESC LIMIT 1)"
        f" FROM registry_registeredmodel m CROSS JOIN ({asked}) s WHERE m.id IN {in_list(models)}"
    )
    found: dict[int, list[VersionRecord]] = defaultdict(list)
    latest = f"SELECT registered_model_id, {COLUMNS} FROM registry_modelversion WHERE id IN ({highest})"
    for model, *version in fetch_all(latest, [*stages, *models]):
        found[model].append(VersionRecord._make(version))
    return found
