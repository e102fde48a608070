"""One run with all that its page shows."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import Case, Q, QuerySet, Value, When

from runs.charts.svg import sparkline_path
from runs.ingest.limits import MAX_PARAM_VAL_LENGTH, MAX_TAG_VAL_LENGTH
from runs.metrics.direction import DirectionOfMetric, directions
from runs.metrics.sparkline import sparklines
from runs.models import LoggedModel, MetricSummary, ModelInput, ModelOutput, Param, Run, RunInput, RunTag
from runs.models.experiment import NOTE_TAG
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from trackui.formats import decimals_for

COMMIT = re.compile(r"[0-9a-fA-F]{6,64}")
SYSTEM_PREFIX = "mlflow."
SYSTEM_METRICS = "system/"
SOURCE_TAGS = {
    "mlflow.source.name": "name",
    "mlflow.source.type": "kind",
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    "mlflow.project.entryPoint": "entry_point",
}
# What the page shows in its own way, so that a list of tags need not.
SHOWN_ELSEWHERE = {NOTE_TAG, RUN_NAME_TAG, PARENT_RUN_TAG, "mlflow.user", "mlflow.log-model.history", *SOURCE_TAGS}
ROWS_A_PAGE = 200
METRICS_A_PAGE = 100
CHARTS_A_PAGE = 12
SINGLE_VALUES = 24
FIRST_PARAMS, FIRST_METRICS, FIRST_CHARTS, FIRST_CHILDREN = 16, 12, 4, 8


@dataclass(frozen=True)
class Source:
    """Where the code of a run was, as the client told it."""

    name: str = ""
    kind: str = ""
    commit: str = ""
    branch: str = ""
    repository: str = ""
    entry_point: str = ""

    @property
    def link(self) -> str:
        """The repository, where it is an address a browser may open."""
        return self.repository if self.repository.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class RunHead:
    """What every tab of a run's page shows above itself."""

    run: Run
    source: Source
    note: str
    param_count: int
    metric_count: int
    tag_count: int
    child_count: int

    @property
    def is_live(self) -> bool:
        return not self.run.is_finished and self.run.is_active


@dataclass(frozen=True)
class MetricRow:
    key: str
    summary: MetricSummary
    direction: DirectionOfMetric
    sparkline: str
    decimals: int

    @property
    def page_key(self) -> str:
        return page_key(self.key)

    @property
    def best_is_min(self) -> bool:
        return self.direction.lower_is_better and self.summary.count > 1

    @property
    def best_is_max(self) -> bool:
        return self.direction.higher_is_better and self.summary.count > 1


@dataclass(frozen=True)
class ParamRow:
    """A param, or the head of those whose keys start alike; `depth` says how far to indent.

    Values are cut at `limit` when they are logged, as MLflow does: one that long may be the beginning of a longer.
    """

    limit: ClassVar[int] = MAX_PARAM_VAL_LENGTH

    depth: int
    label: str
    key: str = ""
    value: str = ""

    @property
    def is_group(self) -> bool:
        return not self.key

    @property
    def is_cut(self) -> bool:
        return len(self.value) >= self.limit


@dataclass(frozen=True)
class TagRow:
    limit: ClassVar[int] = MAX_TAG_VAL_LENGTH

    key: str
    value: str

    @property
    def is_system(self) -> bool:
        return self.key.startswith(SYSTEM_PREFIX)

    @property
    def is_cut(self) -> bool:
        return len(self.value) >= self.limit


@dataclass(frozen=True)
class DatasetRow:
    name: str
    digest: str
    source_type: str
    source: str
    context: str


@dataclass(frozen=True)
class ModelRow:
    """A logged model that the run made or read; `model` is None where it is known by its id alone."""

    model_id: str
    model: LoggedModel | None
    step: int | None
    is_output: bool


@dataclass(frozen=True)
class ChildRow:
    run: Run
    params: tuple[str | None, ...]
    figures: tuple[tuple[float | None, int], ...]


@dataclass(frozen=True)
class Children:
    """The newest child runs, with what tells them apart and how they did."""

    rows: tuple[ChildRow, ...]
    param_keys: tuple[str, ...]
    metric_keys: tuple[str, ...]


def run_head(run: Run) -> RunHead:
    """Five statements; `run` with its experiment and parent."""
    tags = system_tags(run)
    return RunHead(
        run=run,
        source=Source(**{field: tags[tag] for tag, field in SOURCE_TAGS.items() if tag in tags}),
        note=tags.get(NOTE_TAG, ""),
        param_count=Param.objects.filter(run=run).count(),
        metric_count=MetricSummary.objects.filter(run=run).count(),
        tag_count=RunTag.objects.filter(run=run).exclude(key__name__in=SHOWN_ELSEWHERE).count(),
        child_count=Run.objects.filter(parent=run).active().count(),
    )


def system_tags(run: Run) -> dict[str, str]:
    wanted = RunTag.objects.filter(run=run, key__name__in=[NOTE_TAG, *SOURCE_TAGS])
    return dict(wanted.values_list("key__name", "value"))


@dataclass(frozen=True)
class RunOverview:
    """The first tab: the beginning of each of the others. Each part loads when the page asks for it."""

    head: RunHead

    @property
    def run(self) -> Run:
        return self.head.run

    @cached_property
    def metrics(self) -> list[MetricRow]:
        return metric_rows(self.run, metric_summaries(self.run)[:FIRST_METRICS])

    @cached_property
    def params(self) -> list[ParamRow]:
        params = params_of(self.run)[:FIRST_PARAMS]
        return [ParamRow(0, key, key, value) for key, value in params]

    @cached_property
    def tags(self) -> list[TagRow]:
        return [TagRow(*row) for row in tags_of(self.run).exclude(key__name__startswith=SYSTEM_PREFIX)[:30]]

    @cached_property
    def charts(self) -> list[MetricRow]:
        """A few metrics with a line, those that can be better or worse first."""
        rows = metric_rows(self.run, metric_summaries(self.run).filter(count__gt=1)[:CHARTS_A_PAGE])
        return sorted(rows, key=lambda row: row.direction.direction is None)[:FIRST_CHARTS]

    @cached_property
    def children(self) -> Children:
        return children_of(self.run)

    @cached_property
    def datasets(self) -> list[DatasetRow]:
        return datasets_of(self.run)

    @cached_property
    def models(self) -> list[ModelRow]:
        return models_of(self.run)

    @cached_property
    def reproduce(self) -> str:
        return reproduce_snippet(self.head.source, dict(params_of(self.run)[:200]))


# --- Params and tags ----------------------------------------------------------------------------


def params_of(run: Run, q: str = "") -> QuerySet:
    """(key, value) by key."""
    params = Param.objects.filter(run=run).order_by("key__name").values_list("key__name", "value")
    return params.filter(Q(key__name__icontains=q) | Q(value__icontains=q)) if q else params


def param_page(run: Run, *, q: str, number: object) -> tuple[Page, list[ParamRow]]:
    page = Paginator(params_of(run, q), ROWS_A_PAGE).get_page(number)
    return page, as_tree(page.object_list)


def as_tree(params: Iterable[tuple[str, str]]) -> list[ParamRow]:
    """Rows of sorted keys, those that share the parts before a dot or a slash under a head of their own."""
    params = list(params)
    # Only what at least two keys share is worth a head.
    shared = Counter(prefix for key, _ in params for prefix in prefixes(key))
    rows: list[ParamRow] = []
    open_heads: list[str] = []
    for key, value in params:
        heads = [prefix for prefix in prefixes(key) if shared[prefix] > 1]
        common = 0
        while common < min(len(heads), len(open_heads)) and heads[common] == open_heads[common]:
            common += 1
        for depth in range(common, len(heads)):
            above = heads[depth - 1] if depth else ""
            rows.append(ParamRow(depth, heads[depth][len(above) :]))
        open_heads = heads
        rows.append(ParamRow(len(heads), key[len(heads[-1]) if heads else 0 :], key, value))
    return rows


def prefixes(key: str) -> list[str]:
    """`model.layers/0.units` -> `model.`, `model.layers/`, `model.layers/0.`"""
    return [key[: at + 1] for at, mark in enumerate(key[:-1]) if mark in "./" and at]


def tags_of(run: Run) -> QuerySet:
    """(key, value) of tags that the page does not show in another way: those of people first, by key."""
    is_system = Case(When(key__name__startswith=SYSTEM_PREFIX, then=Value(1)), default=Value(0))
    tags = RunTag.objects.filter(run=run).exclude(key__name__in=SHOWN_ELSEWHERE)
    return tags.order_by(is_system, "key__name").values_list("key__name", "value")


def tag_page(run: Run, *, number: object) -> tuple[Page, list[TagRow]]:
    page = Paginator(tags_of(run), ROWS_A_PAGE).get_page(number)
    return page, [TagRow(*row) for row in page.object_list]


CHART_FILES = (".json", ".svg", ".csv")


def page_key(key: str) -> str:
    """A metric's key in the address of its page: a slash after it tells `odd.csv` from a file of `odd`."""
    return f"{key}/" if key.endswith(CHART_FILES) else key


# --- Metrics ------------------------------------------------------------------------------------


def metric_summaries(run: Run, q: str = "") -> QuerySet[MetricSummary]:
    """By key, those of the machine after those of the model."""
    is_system = Case(When(key__name__startswith=SYSTEM_METRICS, then=Value(1)), default=Value(0))
    summaries = MetricSummary.objects.filter(run=run).select_related("key").order_by(is_system, "key__name")
    return summaries.filter(key__name__icontains=q) if q else summaries


def metric_page(run: Run, *, q: str, number: object) -> tuple[Page, list[MetricRow]]:
    """Four statements, however many metrics and points."""
    page = Paginator(metric_summaries(run, q), METRICS_A_PAGE).get_page(number)
    return page, metric_rows(run, page.object_list)


def chart_page(run: Run, *, q: str, number: object) -> tuple[Page, list[MetricRow], list[MetricRow]]:
    """Metrics with a line to draw, a page of them, and the first of those with one point."""
    summaries = metric_summaries(run, q)
    page = Paginator(summaries.filter(count__gt=1), CHARTS_A_PAGE).get_page(number)
    single = summaries.filter(count=1)[:SINGLE_VALUES] if page.number == 1 else ()
    return page, metric_rows(run, page.object_list), metric_rows(run, single)


def metric_rows(run: Run, summaries: Iterable[MetricSummary]) -> list[MetricRow]:
    summaries = list(summaries)
    known = directions(run.experiment_id, [summary.key.name for summary in summaries])
    drawn = sparklines(summaries)
    return [
        MetricRow(
            key=summary.key.name,
            summary=summary,
            direction=known[summary.key.name],
            sparkline=sparkline_path(drawn.get((summary.run_id, summary.key_id), ())),
            decimals=decimals_for([summary.last, summary.min_value, summary.max_value, summary.mean_value]),
        )
        for summary in summaries
    ]


# --- What else belongs to a run -----------------------------------------------------------------


def datasets_of(run: Run) -> list[DatasetRow]:
    """Two statements."""
    inputs = RunInput.objects.filter(run=run).select_related("dataset").prefetch_related("tags").order_by("pk")
    rows = []
    for one in inputs:
        context = next((tag.value for tag in one.tags.all() if tag.name == "mlflow.data.context"), "")
        data = one.dataset
        rows.append(DatasetRow(data.name, data.digest, data.source_type, data.source, context))
    return rows


def models_of(run: Run) -> list[ModelRow]:
    """Models made, then models read. Three statements."""
    outputs = list(ModelOutput.objects.filter(run=run).order_by("step", "model_id").values_list("model_id", "step"))
    inputs = list(ModelInput.objects.filter(run=run).order_by("model_id").values_list("model_id", flat=True))
    ids = [model_id for model_id, _ in outputs] + inputs
    known = {model.model_id: model for model in LoggedModel.objects.filter(model_id__in=ids)} if ids else {}
    return [ModelRow(model_id, known.get(model_id), step, True) for model_id, step in outputs] + [
        ModelRow(model_id, known.get(model_id), None, False) for model_id in inputs
    ]


def children_of(run: Run) -> Children:
    """Three statements."""
    children = list(Run.objects.filter(parent=run).active().order_by("-start_time", "run_id")[:FIRST_CHILDREN])
    if not children:
        return Children((), (), ())
    pks = [child.pk for child in children]
    params = table_of(Param.objects.filter(run__in=pks).values_list("run_id", "key__name", "value"))
    metrics = table_of(
        (summary.run_id, summary.key.name, summary.last)
        for summary in MetricSummary.objects.filter(run__in=pks)
        .exclude(key__name__startswith=SYSTEM_METRICS)
        .select_related("key")
    )
    param_keys = sorted(
        key for key, values in params.items() if len(set(values.values())) > 1 or len(values) < len(pks)
    )[:4]
    metric_keys = most_telling(run, metrics)[:3]
    decimals = {key: decimals_for(metrics[key].values()) for key in metric_keys}
    return Children(
        rows=tuple(
            ChildRow(
                child,
                tuple(params[key].get(child.pk) for key in param_keys),
                tuple((metrics[key].get(child.pk), decimals[key]) for key in metric_keys),
            )
            for child in children
        ),
        param_keys=tuple(param_keys),
        metric_keys=tuple(metric_keys),
    )


def table_of(rows: Iterable[tuple[int, str, object]]) -> dict[str, dict[int, object]]:
    table: dict[str, dict[int, object]] = {}
    for run, key, value in rows:
        table.setdefault(key, {})[run] = value
    return table


def most_telling(run: Run, metrics: dict[str, dict[int, float]]) -> list[str]:
    """Metrics that most of the runs have, those that can be better or worse first."""
    known = directions(run.experiment_id, metrics)
    return sorted(metrics, key=lambda key: (known[key].direction is None, -len(metrics[key]), key))


def reproduce_snippet(source: Source, params: dict[str, str]) -> str:
    """Shell commands that bring back the code and start it; empty when the run does not say where it came from.

    What could be read as an option of these commands is left out, all else quoted.
    """
    quote = shlex.quote
    commit = source.commit if COMMIT.fullmatch(source.commit) else ""
    name = "" if source.name.startswith("-") else source.name
    if source.kind == "PROJECT" and name:
        options = [f"-e {quote(source.entry_point)}"] if source.entry_point else []
        options += [f"-v {commit}"] if commit else []
        options += [f"-P {quote(f'{key}={value}')}" for key, value in params.items() if len(value) < 200]
        return " \\\n  ".join([f"mlflow run {quote(name)}", *options])
    lines = [f"git clone {quote(source.link)} code", "cd code"] if source.link else []
    lines += [f"git checkout {commit}"] if commit else []
    lines += [f"python {quote(name)}"] if name.endswith(".py") else []
    return "\n".join(lines)
