"""Earlier runs of the experiment that were set up most like one run, and what the change of a param did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import LifecycleStage, MetricSummary, Param, Run
from runs.queries.headlines import headline_rank
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui.db import fetch_all
from trackui.formats import change, decimals_for
from trackui.search.sql import indexed_by

NEAREST = 8
# So many params are read at most, and so many runs compared: some 100 ms on either database.
MOST_PARAMS = 150_000
FEWEST_RUNS, MOST_RUNS = 500, 10_000
SHOWN_CHANGES = 4
OFFERED_METRICS = 50


@dataclass(frozen=True, slots=True)
class ChangedParam:
    """From the earlier run to this one; None where a run does not have it."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`differences`: how many params differ, of which `changes` are the first. `effect`: what became of the metric,
    in percent; `is_better` is None where that cannot be said."""

    run: Run
    differences: int
    changes: tuple[ChangedParam, ...]
    value: float | None
    effect: str
    is_better: bool | None

    @property
    def more(self) -> int:
        return self.differences - len(self.changes)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`compared`: how many earlier runs were looked at, the newest; `is_whole`: there are no others.

    `metric`: whose last values are set against each other, chosen among `metrics`; `value`: that of this run.
    """

    rows: tuple[Neighbour, ...]
    compared: int
    is_whole: bool
    metric: str
    metrics: tuple[str, ...]
    value: float | None
    decimals: int


def neighbours_of(
    run: Run, *, metric: str = "", limit: int = NEAREST, changes: int | None = SHOWN_CHANGES
) -> Neighbours:
    """Exact among the earlier runs that were compared; of equally near ones the newest. Six statements.

    A param differs where it has another value, and where only one of the runs has it.
    """
    own = Param.objects.filter(run=run).count()
    most = min(MOST_RUNS, max(FEWEST_RUNS, MOST_PARAMS // max(1, own)))
    nearest, compared = fewest_differences(run, own, most, limit)
    runs = Run.objects.in_bulk([pk for pk, _ in nearest])
    changed = changed_params(run, list(runs))
    metric, metrics, direction = headline(run, metric)
    values = last_values([run.pk, *runs], metric)
    after = values.get(run.pk)
    rows = tuple(
        Neighbour(
            run=runs[pk],
            differences=differences,
            changes=tuple(changed[pk][:changes]),
            value=values.get(pk),
            effect=change(after, values.get(pk)),
            is_better=is_better(values.get(pk), after, direction),
        )
        for pk, differences in nearest
        if pk in runs
    )
    return Neighbours(
        rows, compared, compared < most, metric, metrics, after, decimals_for([after, *(row.value for row in rows)])
    )


def fewest_differences(run: Run, own: int, most: int, limit: int) -> tuple[list[tuple[int, int]], int]:
    """(primary key, differing params) of the nearest of the `most` newest runs before this one, and how many there are.

    Of n own params and m of another, of which both have s, e of them equal, n + m - s - e differ.
    """
    earlier = (
        f"SELECT id, start_time FROM runs_run{indexed_by('run_newest')}"
        " WHERE experiment_id = %s AND lifecycle_stage = %s AND start_time <= %s AND (start_time < %s OR id < %s)"
        " ORDER BY start_time DESC, run_id LIMIT %s"
    )
    rows = fetch_all(
        "SELECT r.id, %s + COUNT(p.key_id) - COUNT(s.key_id)"
        " - SUM(CASE WHEN s.value = p.value THEN 1 ELSE 0 END) AS differences, COUNT(*) OVER ()"
        f" FROM ({earlier}) r LEFT JOIN runs_param p ON p.run_id = r.id"
        " LEFT JOIN runs_param s ON s.run_id = %s AND s.key_id = p.key_id"
        " GROUP BY r.id, r.start_time ORDER BY differences, r.start_time DESC, r.id DESC LIMIT %s",
        [
            own,
            *(run.experiment_id, LifecycleStage.ACTIVE, run.start_time, run.start_time, run.pk, most),
            run.pk,
            limit,
        ],
    )
    return [(pk, int(differences)) for pk, differences, _ in rows], rows[0][2] if rows else 0


def changed_params(run: Run, pks: Sequence[int]) -> dict[int, list[ChangedParam]]:
    """For each of the others what differs, params that both have first. One statement."""
    params: dict[int, dict[str, str]] = {pk: {} for pk in (run.pk, *pks)}
    for pk, key, value in Param.objects.filter(run__in=params).values_list("run_id", "key__name", "value"):
        params[pk][key] = value
    own = params[run.pk]
    changes = {}
    for pk in pks:
        other = params[pk]
        changed = [key for key in own.keys() | other.keys() if own.get(key) != other.get(key)]
        changed.sort(key=lambda key: (key not in own or key not in other, key))
        changes[pk] = [ChangedParam(key, other.get(key), own.get(key)) for key in changed]
    return changes


def headline(run: Run, asked: str) -> tuple[str, tuple[str, ...], DirectionOfMetric | None]:
    """The metric asked for where the run has it, else what people look at first; and all there is to ask for."""
    names = MetricSummary.objects.filter(run=run).exclude(key__name__startswith=SYSTEM_METRICS)
    keys = list(names.values_list("key__name", flat=True))
    known = directions(run.experiment_id, keys)
    keys.sort(key=lambda key: headline_rank(key, known[key]))
    metric = asked if asked in known else next(iter(keys), "")
    offered = tuple(dict.fromkeys([*keys[:OFFERED_METRICS], *([metric] if metric else [])]))
    return metric, offered, known.get(metric)


def last_values(pks: Sequence[int], metric: str) -> dict[int, float]:
    found = MetricSummary.objects.filter(run__in=pks, key__name=metric) if metric else ()
    return {summary.run_id: summary.last for summary in found}


def is_better(before: float | None, after: float | None, direction: DirectionOfMetric | None) -> bool | None:
    if before is None or after is None or math.isnan(before) or math.isnan(after) or before == after:
        return None
    if direction is None or direction.direction is None:
        return None
    return (after > before) == direction.higher_is_better
