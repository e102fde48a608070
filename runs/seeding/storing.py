"""Whole runs, some hundred a transaction: past the services, which take one at a time, and by the same rooms' rules."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from runs.ingest.batch import number_in
from runs.ingest.writer import PARAM_COLUMNS, TAG_COLUMNS
from runs.keys import intern_keys
from runs.metrics.append import POINT_COLUMNS
from runs.metrics.blocks import WORTH_A_BLOCK, NewBlock, store_blocks
from runs.metrics.codec import Line
from runs.metrics.points import Columns
from runs.metrics.summary import Summary, summarise
from runs.models import Experiment, LifecycleStage
from runs.seeding.sweep import SweepRun
from runs.services.key_counts import count, keys_of
from runs.services.runs import run_location
from trackui.db import insert_rows, many_rows
from trackui.transactions import transactional

RUNS_A_TRANSACTION = 250
RUN_COLUMNS = (
    "run_id",
    "experiment_id",
    "name",
    "user_id",
    "status",
    "start_time",
    "end_time",
    "lifecycle_stage",
    "artifact_uri",
    "colour",
)
SUMMARY_COLUMNS = ("run_id", "key_id", "experiment_id", *Summary._fields, "unsealed_count", "next_block")


def store_runs(experiment: Experiment, runs: Iterable[SweepRun], tell: Callable[[int], None]) -> int:
    """All of them; `tell` hears how many each transaction stored."""
    total = 0
    with many_rows():
        for chunk in _chunks(iter(runs)):
            _store(experiment, chunk)
            total += len(chunk)
            tell(len(chunk))
    return total


def _chunks(runs: Iterator[SweepRun]) -> Iterator[list[SweepRun]]:
    while chunk := list(islice(runs, RUNS_A_TRANSACTION)):
        yield chunk


@transactional
def _store(experiment: Experiment, runs: Sequence[SweepRun]) -> None:
    ids = intern_keys({key for run in runs for key in (*run.params, *run.tags, *run.points)})
    numbered = [(pk, runs[place]) for place, pk in enumerate(_insert_runs(experiment, runs))]
    params = [
        row
        for pk, run in numbered
        for row in sorted((pk, ids[key], experiment.pk, value, number_in(value)) for key, value in run.params.items())
    ]
    tags = [
        row
        for pk, run in numbered
        for row in sorted((pk, ids[key], experiment.pk, value) for key, value in run.tags.items())
    ]
    summaries, points = [], []
    for pk, run in numbered:
        _store_points(experiment, pk, {ids[key]: columns for key, columns in run.points.items()}, summaries, points)
    insert_rows("runs_param", PARAM_COLUMNS, params)
    insert_rows("runs_runtag", TAG_COLUMNS, tags)
    insert_rows("runs_metricsummary", SUMMARY_COLUMNS, summaries)
    insert_rows("runs_metricpoint", POINT_COLUMNS, points)
    count(experiment.pk, keys_of([pk for pk, _ in numbered]))


def _insert_runs(experiment: Experiment, runs: Sequence[SweepRun]) -> list[int]:
    """Their primary keys, in their order."""
    rows = [
        (
            run.run_id,
            experiment.pk,
            run.name,
            run.user,
            run.status,
            run.start_time,
            run.end_time,
            LifecycleStage.ACTIVE.value,
            run_location(experiment.artifact_location, run.run_id),
            "",
        )
        for run in runs
    ]
    stored = dict(insert_rows("runs_run", RUN_COLUMNS, rows, returning="run_id, id"))
    return [stored[run.run_id] for run in runs]


def _store_points(
    experiment: Experiment, run: int, by_key: dict[int, Columns], summaries: list[tuple], points: list[tuple]
) -> None:
    """Long lines as sealed blocks, as those of a run that has ended; short ones as rows."""
    blocks = []
    for key, columns in sorted(by_key.items()):
        in_block = len(columns) >= WORTH_A_BLOCK
        unsealed = 0 if in_block else len(columns)
        summaries.append((run, key, experiment.pk, *summarise(columns), unsealed, int(in_block)))
        if in_block:
            blocks.append(NewBlock(key, 0, Line.of(*columns), is_sealed=True))
        else:
            points += [(run, key, *point) for point in columns.stored()]
    if blocks:
        store_blocks(run, blocks)
