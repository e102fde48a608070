"""Versions of registered models that were made of runs and logged models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from registry.models import ModelAlias, ModelVersion, Stage
from runs.queries.run_lineage import MOST, Followers, Node, NodeKind


@dataclass(frozen=True, slots=True)
class MadeVersions:
    """The newest, with their aliases; `count` of them there are."""

    versions: tuple[ModelVersion, ...]
    count: int


def made_versions(*, run_ids: Sequence[str], model_ids: Sequence[str], user) -> MadeVersions:
    """Of any of these runs or logged models. Two statements, three when there are many."""
    ways = []
    if run_ids := [run_id for run_id in run_ids if run_id]:
        ways.append(Q(run_id__in=run_ids))
    if model_ids := [model_id for model_id in model_ids if model_id]:
        ways.append(Q(model_id__in=model_ids))
    if not ways:
        return MadeVersions((), 0)
    found = ModelVersion.objects.visible_to(user).filter(ways[0] if len(ways) == 1 else ways[0] | ways[1])
    aliases = Prefetch("aliases", ModelAlias.objects.order_by("alias"))
    newest = tuple(found.prefetch_related(aliases).order_by("-creation_time", "name", "-version")[:MOST])
    return MadeVersions(newest, found.count() if len(newest) == MOST else len(newest))


def version_node(version: ModelVersion, *said: str) -> Node:
    """The number stands in the note, as names can be too long for a box; then what is `said`, else its standing."""
    note = ", ".join([f"version {version.version}", *(said or filter(None, [standing(version)]))])
    return Node(NodeKind.VERSION, version.name, note, version=(version.name, version.version))


def standing(version: ModelVersion) -> str:
    """`@champion, Production`; empty for a version without either. With its aliases loaded: no statement."""
    aliases = [f"@{one.alias}" for one in version.aliases.all()]
    return ", ".join([*aliases, *([version.stage] if version.stage != Stage.NONE else [])])


def versions_of_run(me: Node, models: Sequence[Node], user) -> Followers:
    """For the lineage of a run: versions made of it or of a model that it made. Three statements."""
    found = made_versions(run_ids=[me.run.run_id], model_ids=[node.model_id for node in models], user=user)
    by_model = {node.model_id: node.key for node in models}
    nodes = [version_node(version) for version in found.versions]
    links = [
        (by_model.get(version.model_id, me.key), node.key) for version, node in zip(found.versions, nodes, strict=True)
    ]
    return Followers("Versions made of it", nodes, found.count, links)
