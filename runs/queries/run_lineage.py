"""What one run came from and what came of it: datasets, parent, children, models, and runs that read these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runs.models import LoggedModel, ModelInput, Run
from runs.queries.run_relations import ModelRow, datasets_of, models_of

# Of each kind so many are named; all are counted.
MOST = 200


class NodeKind(StrEnum):
    DATASET = "dataset"
    MODEL = "model"
    RUN = "run"
    VERSION = "version"
    ALIAS = "alias"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Node:
    """`note`: how it is related, in a word or two. A run has its `run`; a model its `owner`, the run that made it, and
    `is_known` unless nothing but its id is known here; a dataset as its `owner` the run that read it; a version of a
    registered model the name of that and its number.
    """

    kind: NodeKind
    name: str
    note: str
    run: Run | None = None
    model_id: str = ""
    owner: Run | None = None
    is_known: bool = True
    version: tuple[str, int] | None = None

    @property
    def key(self) -> str:
        number = f"/{self.version[1]}" if self.version else ""
        return f"{self.kind}:{self.run.run_id if self.run else self.model_id or self.name}{number}"


@dataclass(frozen=True, slots=True)
class Stage:
    """Nodes that stand under each other; `count` of them there are."""

    title: str
    nodes: tuple[Node, ...]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.nodes)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Stages from what was first to what came last, the run among them; those without nodes are left out.

    `links`: (key, key) of nodes of which the first led to the second.
    """

    stages: tuple[Stage, ...]
    links: tuple[tuple[str, str], ...]

    @property
    def others(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.title)


@dataclass(frozen=True, slots=True)
class Followers:
    """What others make of a run and its models: nodes, how many there are, and (key, key) of what led to which."""

    title: str
    nodes: Sequence[Node]
    count: int
    links: Sequence[tuple[str, str]]


# How other apps tell what came of a run: (the run, its models, for whom). They add to it when they are ready.
FOLLOWERS: list[Callable[[Node, Sequence[Node], object], Followers]] = []


def lineage_of(run: Run, *, user) -> Lineage:
    """Twelve statements at most, and those of FOLLOWERS."""
    me = Node(NodeKind.RUN, str(run), "this run", run)
    models = models_of(run)
    read = [row for row in models if not row.is_output]
    makers = makers_of([row.model_id for row in read], user)
    inputs = [
        *(Node(NodeKind.DATASET, row.name, row.context or row.digest, owner=run) for row in datasets_of(run)),
        *(model_node(row, "read", makers.get(row.model_id)) for row in read),
    ]
    above = {maker.pk: Node(NodeKind.RUN, str(maker), "made a model", maker) for maker in makers.values()}
    above.pop(run.pk, None)
    if run.parent:
        above[run.parent.pk] = Node(NodeKind.RUN, str(run.parent), "parent", run.parent)
    outputs = [
        model_node(row, f"made at step {row.step:,}" if row.step else "made", run) for row in models if row.is_output
    ]
    children, child_count = children_of(run, user)
    readers, reader_count, reads = readers_of([node.model_id for node in outputs], run, user)
    followers = [follow(me, outputs, user) for follow in FOLLOWERS]
    links = [
        *((node.key, me.key) for node in inputs),
        *((above[node.owner.pk].key, node.key) for node in inputs if node.owner and node.owner.pk in above),
        *((node.key, me.key) for node in above.values() if node.note == "parent"),
        *((me.key, node.key) for node in [*outputs, *children]),
        *reads,
        *(link for one in followers for link in one.links),
    ]
    found = (
        ("Runs before it", [*above.values()], len(above)),
        ("What it read", inputs, len(inputs)),
        ("", [me], 1),
        ("Models it made", outputs, len(outputs)),
        *((one.title, one.nodes, one.count) for one in followers),
        ("Child runs", children, child_count),
        ("Runs that read its models", readers, reader_count),
    )
    stages = tuple(Stage(title, tuple(nodes[:MOST]), count) for title, nodes, count in found if nodes)
    return Lineage(stages, tuple(dict.fromkeys(links)))


def model_node(row: ModelRow, note: str, owner: Run | None) -> Node:
    is_known = row.model is not None and row.model.deleted_time is None
    name = row.model.name if row.model else row.model_id
    return Node(NodeKind.MODEL, name, note, model_id=row.model_id, owner=owner, is_known=is_known)


def makers_of(model_ids: list[str], user) -> dict[str, Run]:
    """The run that made each model, where it is known. Two statements."""
    if not model_ids:
        return {}
    made = dict(LoggedModel.objects.filter(model_id__in=model_ids).values_list("model_id", "source_run_id"))
    runs = {run.run_id: run for run in Run.objects.visible_to(user).filter(run_id__in=filter(None, made.values()))}
    return {model_id: runs[run_id] for model_id, run_id in made.items() if run_id in runs}


def children_of(run: Run, user) -> tuple[list[Node], int]:
    """The newest, and how many there are."""
    children = Run.objects.visible_to(user).filter(parent=run).active().order_by("-start_time", "run_id")
    nodes = [Node(NodeKind.RUN, str(child), "child", child) for child in children[:MOST]]
    return nodes, children.count() if len(nodes) == MOST else len(nodes)


def readers_of(model_ids: list[str], run: Run | None, user) -> tuple[list[Node], int, list[tuple[str, str]]]:
    """The newest runs that read one of the models, how many there are, and which read which."""
    if not model_ids:
        return [], 0, []
    links = ModelInput.objects.filter(model_id__in=model_ids)
    links = links.exclude(run=run) if run else links
    readers = Run.objects.visible_to(user).filter(pk__in=links.values("run")).order_by("-start_time", "run_id")
    nodes = {reader.pk: Node(NodeKind.RUN, str(reader), "read it", reader) for reader in readers[:MOST]}
    reads = [
        (f"{NodeKind.MODEL}:{model_id}", nodes[pk].key)
        for pk, model_id in links.filter(run__in=nodes).values_list("run_id", "model_id")
        if pk in nodes
    ]
    return [*nodes.values()], readers.count() if len(nodes) == MOST else len(nodes), reads
