"""What one version came from and what came of it: datasets, run, logged model, aliases, stage, and who reads it."""

from __future__ import annotations

from registry.models import Stage
from registry.queries.made_versions import made_versions, version_node
from registry.queries.version_detail import VersionHead
from runs.models import LoggedModel, Run
from runs.queries.run_lineage import MOST, Lineage, Node, NodeKind, makers_of, model_node, readers_of
from runs.queries.run_lineage import Stage as Column
from runs.queries.run_relations import datasets_of, models_of


def version_lineage(head: VersionHead, *, user) -> Lineage:
    """Fifteen statements at most, however much there is."""
    version, run = head.version, head.run
    me = version_node(version, "this one")
    source = run_node(run) if run else None
    logged = logged_node(head.logged_model, run) if head.logged_model else None
    inputs = inputs_of(run, user) if run else []
    made = made_versions(run_ids=[version.run_id], model_ids=[version.model_id], user=user)
    others = [(one, version_node(one)) for one in made.versions if one.pk != version.pk]
    standing = standing_of(head)
    readers, reader_count, reads = readers_of([version.model_id] if version.model_id else [], run, user)

    links = [(node.key, source.key) for node in inputs] if source else []
    if source and logged:
        links.append((source.key, logged.key))
    for one, node in [(version, me), *others]:
        origin = logged if logged and one.model_id == version.model_id else source
        if origin:
            links.append((origin.key, node.key))
    links += [(me.key, node.key) for node in standing]
    links += reads
    columns = (
        ("What the run read", inputs, len(inputs)),
        ("Source run", [source] if source else [], 1),
        ("Logged model", [logged] if logged else [], 1),
        ("Versions made of the same", [me, *(node for _, node in others)], max(1, made.count)),
        ("What leads to it now", standing, len(standing)),
        ("Runs that read the model", readers, reader_count),
    )
    stages = tuple(Column(title, tuple(nodes[:MOST]), count) for title, nodes, count in columns if nodes)
    return Lineage(stages, tuple(dict.fromkeys(links)))


def run_node(run: Run) -> Node:
    return Node(NodeKind.RUN, str(run), "source run" if run.is_active else "source run, deleted", run)


def logged_node(model: LoggedModel, run: Run | None) -> Node:
    return Node(NodeKind.MODEL, model.name or model.model_id, "logged model", model_id=model.model_id, owner=run)


def inputs_of(run: Run, user) -> list[Node]:
    """Datasets, and models that it went on from."""
    read = [row for row in models_of(run) if not row.is_output]
    makers = makers_of([row.model_id for row in read], user)
    return [
        *(Node(NodeKind.DATASET, data.name, data.context or data.digest, owner=run) for data in datasets_of(run)),
        *(model_node(row, "read", makers.get(row.model_id)) for row in read),
    ]


def standing_of(head: VersionHead) -> list[Node]:
    """Its aliases and its stage."""
    nodes = [Node(NodeKind.ALIAS, f"@{alias}", "alias") for alias in head.aliases]
    if head.stage != Stage.NONE:
        nodes.append(Node(NodeKind.STAGE, head.stage, "stage"))
    return nodes
