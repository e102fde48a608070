"""All that a comparison knows of its versions, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import ModelVersion, ModelVersionTag
from registry.queries.compared_versions import ComparedVersion, compared_version
from registry.queries.version_folder import VersionFolder, environment_files, version_folder
from registry.queries.version_metrics import version_metrics, version_params
from runs.artifacts.mlmodel import ENVIRONMENT_FILES, ModelCard
from runs.artifacts.requirements import packages_of
from runs.models import LoggedModel, Run, RunTag
from runs.queries.comparison_data import dataset_table
from runs.queries.run_source import SOURCE_TAGS


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version. `size`: of its files in bytes, None where they are not here. Tables are key -> text."""

    version: ModelVersion
    run: Run | None
    card: ModelCard | None
    size: int | None
    metrics: dict[str, float]
    params: dict[str, str]
    packages: dict[str, str]
    datasets: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class VersionsData:
    """`tags_by_key`: tags of their runs that say where the code came from: key -> position -> text."""

    facts: tuple[VersionFacts, ...]
    shown: tuple[ComparedVersion, ...]
    tags_by_key: dict[str, dict[int, str]]
    experiment_id: int | None


def versions_data(versions: Sequence[ModelVersion], *, user) -> VersionsData:
    """Five statements, and some twenty for each version: its metrics and params, and the files that describe it."""
    runs = by_id(Run.objects.visible_to(user).select_related("experiment"), "run_id", versions)
    models = by_id(LoggedModel.objects.visible_to(user).active(), "model_id", versions)
    tags: dict[int, dict[str, str]] = {}
    for pk, key, value in ModelVersionTag.objects.filter(model_version__in=versions).values_list(
        "model_version_id", "key", "value"
    ):
        tags.setdefault(pk, {})[key] = value
    # Several versions can be of one run.
    pks = {run.pk: number for number, run in enumerate(runs.values())}
    datasets = dataset_table(list(pks), pks)
    facts = []
    for version in versions:
        run, model = runs.get(version.run_id), models.get(version.model_id)
        folder = version_folder(version, user=user)
        number = pks[run.pk] if run else None
        facts.append(
            VersionFacts(
                version=version,
                run=run,
                card=folder.card,
                size=folder.size if folder.files else None,
                metrics={one.key: one.value for one in version_metrics(model, run)},
                params={one.key: one.value for one in version_params(model, run)},
                packages=packages(folder, user=user),
                datasets={name: of_runs[number] for name, of_runs in datasets.items() if number in of_runs},
                tags=dict(sorted(tags.get(version.pk, {}).items())),
            )
        )
    first = runs.get(versions[0].run_id) or models.get(versions[0].model_id)
    return VersionsData(
        tuple(facts),
        tuple(compared_version(version) for version in versions),
        source_tags(facts),
        first.experiment_id if first else None,
    )


def by_id(found, field: str, versions: Sequence[ModelVersion]) -> dict:
    ids = {getattr(version, field) for version in versions} - {""}
    return {getattr(one, field): one for one in found.filter(**{f"{field}__in": ids})} if ids else {}


def packages(folder: VersionFolder, *, user) -> dict[str, str]:
    """Package -> version; what the first of the files says counts."""
    found: dict[str, str] = {}
    for file in environment_files(folder, user=user):
        name = file.name.rpartition("/")[2]
        if name in ENVIRONMENT_FILES:
            found = packages_of(name, file.text) | found
    return dict(sorted(found.items()))


def source_tags(facts: Sequence[VersionFacts]) -> dict[str, dict[int, str]]:
    pks = {one.run.pk for one in facts if one.run}
    tags = RunTag.objects.filter(run__in=pks, key__name__in=SOURCE_TAGS) if pks else RunTag.objects.none()
    of_run: dict[int, dict[str, str]] = {}
    for pk, key, value in tags.values_list("run_id", "key__name", "value"):
        of_run.setdefault(pk, {})[key] = value
    table: dict[str, dict[int, str]] = {}
    for at, one in enumerate(facts):
        for key, value in of_run.get(one.run.pk if one.run else 0, {}).items():
            table.setdefault(key, {})[at] = value
    return table
