"""Which runs an address compares, and which of them is the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from runs.models import Experiment, LifecycleStage, Run
from runs.models.fields import IndexedText
from runs.queries.baseline import find_baseline
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.jump import ID_START, RUNS_LOOKED_THROUGH
from trackui.db import fetch_all
from trackui.search.sql import INDEXED_CHARACTERS, all_of, contains, indexed_by

FEWEST, MOST = 2, 100
OFFERED = 20


@dataclass(frozen=True)
class ComparedRuns:
    """`runs`: the reference before the others, which keep the order of the address. `missing`: ids that are not here.

    `problem`: why the baseline that was asked for is not the reference. `has_baseline`: the reference is the baseline
    of the experiment, or one from beside the runs, and not one of them that was chosen to be it.
    """

    runs: list[Run]
    missing: tuple[str, ...] = ()
    problem: str = ""
    has_baseline: bool = False


def compared_runs(options: ComparisonOptions, *, user) -> ComparedRuns:
    """The runs named that are there for this caller. Two statements, one more for a baseline beside them."""
    found = {
        run.run_id: run
        for run in Run.objects.visible_to(user).select_related("experiment").filter(run_id__in=options.run_ids)
    }
    runs = [found[run_id] for run_id in options.run_ids if run_id in found]
    missing = tuple(run_id for run_id in options.run_ids if run_id not in found)
    experiments = {run.experiment_id: run.experiment for run in runs}
    experiment = next(iter(experiments.values())) if len(experiments) == 1 else None
    baseline = find_baseline(options.baseline, user=user, experiment=experiment) if runs else None
    if baseline is None or (baseline.is_of_experiment and (not baseline.run or baseline.run.run_id not in found)):
        return ComparedRuns(runs, missing)
    if baseline.run is None:
        return ComparedRuns(runs, missing, baseline.problem)
    reference = found.get(baseline.run.run_id, baseline.run)
    is_beside = reference not in runs
    others = [run for run in runs if run != reference]
    return ComparedRuns([reference, *others], missing, "", baseline.is_of_experiment or is_beside)


@dataclass(frozen=True)
class Named:
    """A run meant by a text; `count` runs have the same name, of which this is the newest."""

    run: Run | None
    count: int = 1


def named_run(text: str, *, user, near: int | None = None) -> Named:
    """By id, by the start of an id, else by name: the newest of those in the experiment `near`, then of any."""
    text = text.strip().replace("\0", "")
    runs = Run.objects.visible_to(user)
    found = runs.filter(run_id=text).first() if text else None
    if found or not text:
        return Named(found)
    for experiments in ([near] if near else [], Experiment.objects.visible_to(user).values("pk")):
        newest = runs_called(runs, text, experiments).order_by("-start_time", "-pk").first()
        if newest:
            return Named(newest, runs_called(runs, text, [newest.experiment_id]).aggregate(n=Count("pk"))["n"])
    if ID_START.fullmatch(text):
        by_start = list(runs.filter(run_id__gte=text, run_id__lt=f"{text}g")[:2])
        return Named(by_start[0] if len(by_start) == 1 else None)
    return Named(None)


def runs_called(runs: QuerySet[Run], name: str, experiments) -> QuerySet[Run]:
    """Active runs of this very name, by the index on its beginning."""
    named = runs.alias(name_start=IndexedText("name")).filter(name_start=name[:INDEXED_CHARACTERS], name=name)
    return named.filter(experiment__in=experiments, lifecycle_stage=LifecycleStage.ACTIVE)


def runs_offered(text: str, compared: Sequence[Run]) -> list[Run]:
    """Runs to add: the newest of the reference's experiment, with every word of the text in their names. Two
    statements."""
    if not compared:
        return []
    named = all_of(contains("name", word) for word in text.split())
    rows = fetch_all(
        f"SELECT id FROM (SELECT id, name, start_time, run_id FROM runs_run{indexed_by('run_newest')} WHERE "
        "experiment_id = %s AND lifecycle_stage = 'active' ORDER BY start_time DESC, run_id LIMIT %s) newest "
        f"WHERE {named.text} ORDER BY start_time DESC, run_id LIMIT %s",
        (compared[0].experiment_id, RUNS_LOOKED_THROUGH, *named.params, OFFERED + len(compared)),
    )
    known = {run.pk for run in compared}
    pks = [pk for (pk,) in rows if pk not in known][:OFFERED]
    found = Run.objects.in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]
