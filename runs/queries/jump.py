"""Experiments and runs that a few words or an id may mean, for the jump box."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runs.models import Experiment, Run
from runs.models.access import readable_experiments
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of, contains

MOST_OF_EACH = 25
# Names of runs have no index of their parts: so many of the newest are looked through.
RUNS_LOOKED_THROUGH = 50_000
ID_START = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True, slots=True)
class JumpTargets:
    experiments: list[Experiment]
    runs: list[Run]

    @property
    def only(self) -> Experiment | Run | None:
        """The one thing that is meant, where there is no other."""
        found = [*self.experiments, *self.runs]
        return found[0] if len(found) == 1 else None


def jump_targets(user, text: str) -> JumpTargets:
    """Every word stands in the name, whatever its case, or the text starts a run's id. Five statements."""
    words = text.split()
    if not words:
        return JumpTargets([], [])
    return JumpTargets(_experiments(user, words), _runs(user, words, text.strip().lower()))


def _experiments(user, words: list[str]) -> list[Experiment]:
    where = all_of([Sql(*readable_experiments(user, "id")), *(contains("name", word) for word in words)])
    rows = fetch_all(
        f"SELECT id FROM runs_experiment WHERE lifecycle_stage = 'active' AND {where.text} ORDER BY id DESC LIMIT %s",
        (*where.params, MOST_OF_EACH),
    )
    return _in_order(Experiment.objects, [pk for (pk,) in rows])


def _runs(user, words: list[str], run_id: str) -> list[Run]:
    named = all_of(contains("name", word) for word in words)
    readable = Sql(*readable_experiments(user, "experiment_id"))
    rows = fetch_all(
        "SELECT id FROM (SELECT id, name FROM runs_run WHERE lifecycle_stage = 'active' AND "
        f"{readable.text} ORDER BY id DESC LIMIT %s) newest WHERE {named.text} ORDER BY id DESC LIMIT %s",
        (*readable.params, RUNS_LOOKED_THROUGH, *named.params, MOST_OF_EACH),
    )
    pks = [pk for (pk,) in rows]
    if ID_START.fullmatch(run_id):
        by_id = fetch_all(
            f"SELECT id FROM runs_run WHERE run_id >= %s AND run_id < %s AND {readable.text} LIMIT %s",
            (run_id, f"{run_id}g", *readable.params, MOST_OF_EACH),
        )
        pks = list(dict.fromkeys([*(pk for (pk,) in by_id), *pks]))[:MOST_OF_EACH]
    return _in_order(Run.objects.select_related("experiment"), pks)


def _in_order(objects, pks: list[int]) -> list:
    found = objects.in_bulk(pks) if pks else {}
    return [found[pk] for pk in pks if pk in found]
