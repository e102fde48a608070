"""What the head of a page says of the runs of several experiments."""

from __future__ import annotations

from dataclasses import dataclass

from runs.models import LifecycleStage, Run, RunStatus
from runs.queries.run_scope import RunScope
from runs.search.run_search import Condition, Total, count_runs, in_scope
from runs.search.totals import EXACT_UP_TO
from trackui.db import fetch_all


@dataclass(frozen=True, slots=True)
class ScopeSummary:
    """Of active runs. `last_activity`: the start of the latest, in milliseconds. `running_count` stops at 10,001."""

    runs: Total
    running_count: int
    last_activity: int | None


def scope_summary(scope: RunScope) -> ScopeSummary:
    """A few statements; experiments of many runs cost a few more each."""
    if not scope.experiments:
        return ScopeSummary(Total(0), 0, None)
    where = in_scope(scope.experiments, (str(LifecycleStage.ACTIVE),))
    ((running,),) = fetch_all(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM runs_run WHERE {where.text} AND status = %s LIMIT %s) bounded",
        (*where.params, RunStatus.RUNNING, EXACT_UP_TO + 1),
    )
    latest = Run.objects.filter(pk__in=scope.newest[:1]).values_list("start_time", flat=True).first()
    return ScopeSummary(count_runs(scope.experiments, Condition()), running, latest)
