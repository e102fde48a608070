"""The newest children of one run, with what tells them apart and how they did."""

from __future__ import annotations

from dataclasses import dataclass

from runs.metrics.direction import directions
from runs.models import MetricSummary, Param, Run
from runs.queries.key_tables import table_of
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui.formats import decimals_for

FIRST_CHILDREN = 8


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


def most_telling(run: Run, metrics: dict[str, dict[int, float]]) -> list[str]:
    """Metrics that most of the runs have, those that can be better or worse first."""
    known = directions(run.experiment_id, metrics)
    return sorted(metrics, key=lambda key: (known[key].direction is None, -len(metrics[key]), key))
