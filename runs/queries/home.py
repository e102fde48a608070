"""What the first page shows: what runs now, what ran last, which experiments were used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runs.models import Experiment, Run, RunStatus
from runs.queries.experiment_list import ExperimentRow, latest_experiments
from runs.search.run_search import Scope, Total, compile_filter, compile_order_by, count_runs, search_run_ids

RUNNING = 8
LATEST = 12
EXPERIMENTS = 12


@dataclass(frozen=True, slots=True)
class Home:
    """`running` are the newest of `running_count`; `latest` the newest of all that have ended."""

    running: list[Run]
    running_count: Total
    latest: list[Run]
    experiments: list[ExperimentRow]
    experiment_count: int

    @property
    def is_empty(self) -> bool:
        """Nothing has been logged or made yet."""
        used = (row for row in self.experiments if row.runs.number or row.experiment.experiment_id != "0")
        return not self.running and not self.latest and not any(used)


def home(user) -> Home:
    """A number of statements that does not grow with the runs; some more where experiments are many."""
    scope = Scope(tuple(Experiment.objects.visible_to(user).active().order_by("pk").values_list("pk", flat=True)))
    newest = compile_order_by([], scope=scope)
    is_running = compile_filter(f"status = '{RunStatus.RUNNING}'", scope=scope)
    has_ended = compile_filter(f"status != '{RunStatus.RUNNING}'", scope=scope)
    running = search_run_ids(scope.experiments, is_running, newest, limit=RUNNING)
    latest = search_run_ids(scope.experiments, has_ended, newest, limit=LATEST)
    runs = _runs([*running, *latest])
    return Home(
        running=[runs[pk] for pk in running if pk in runs],
        running_count=count_runs(scope.experiments, is_running) if len(running) == RUNNING else Total(len(running)),
        latest=[runs[pk] for pk in latest if pk in runs],
        experiments=latest_experiments(user, limit=EXPERIMENTS),
        experiment_count=len(scope.experiments),
    )


def _runs(pks: Iterable[int]) -> dict[int, Run]:
    return {run.pk: run for run in Run.objects.select_related("experiment").filter(pk__in=list(pks))}
