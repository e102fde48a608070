"""Fill an experiment of trackui's own database with seeded runs, past the server.

    TRACKUI_DATA=/tmp/large .venv/bin/python manage.py migrate
    TRACKUI_DATA=/tmp/large .venv/bin/python -m benchmarks.fill --runs 1000000

Goes to the database that trackui's settings name, SQLite or PostgreSQL, and expects nobody else there. Prints the
experiment's id, how long it took, and what the tables take on disk.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction

import benchmarks.own_database  # noqa: F401 - before models are imported
from benchmarks.bulk import bulk_load, continue_ids, copy_rows, next_id
from benchmarks.seeded import SeededRun, Shape, seeded_runs
from benchmarks.sizes import print_sizes
from benchmarks.table import print_table
from runs.ingest.batch import number_in
from runs.ingest.writer import EXPERIMENT_KEY_COLUMNS, PARAM_COLUMNS, TAG_COLUMNS
from runs.keys import intern_keys
from runs.metrics.append import POINT_COLUMNS
from runs.metrics.summary import Summary
from runs.models import Experiment, KeyKind, Run, RunStatus
from runs.models.run import RUN_NAME_TAG, USER_TAG
from runs.seeding.storing import RUN_COLUMNS as STORED_COLUMNS
from runs.services.experiments import create_experiment
from runs.services.runs import run_location
from trackui.db import insert_rows

RUNS_A_TRANSACTION = 10_000
SUMMARY_COLUMNS = ("run_id", "key_id", "experiment_id", *Summary._fields, "unsealed_count")
RUN_COLUMNS = ("id", *STORED_COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--metrics", type=int, default=8, help="a run, each with one point")
    parser.add_argument("--params", type=int, default=8)
    parser.add_argument("--tags", type=int, default=3, help="besides those of its name and user")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--experiment", help="its name; must be new")
    options = parser.parse_args()

    began = time.perf_counter()
    name = options.experiment or f"{options.runs:,} runs"
    shape = Shape(options.metrics, options.params, options.tags)
    experiment, loaded = fill(name, options.runs, seed=options.seed, shape=shape)
    seconds = time.perf_counter() - began
    print_table(
        f"Experiment {experiment.pk}: {options.runs:,} runs of {shape}",
        ("rows s", "indexes and statistics s", "runs/s"),
        [(round(loaded, 1), round(seconds - loaded, 1), round(options.runs / seconds))],
    )
    print_sizes()


def fill(name: str, runs: int, *, seed: int, shape: Shape) -> tuple[Experiment, float]:
    """The experiment, and the seconds until the rows were there without their indexes."""
    began = time.perf_counter()
    experiment = create_experiment(name, user=None)
    tables = ("runs_run", "runs_param", "runs_runtag", "runs_metricsummary", "runs_metricpoint")
    with bulk_load(tables):
        with transaction.atomic():
            ids = keys_of(experiment, runs, shape)
        pk = next_id("runs_run")
        for chunk in in_chunks(seeded_runs(0, runs, seed=seed, shape=shape)):
            with transaction.atomic():
                store(chunk, experiment, ids, pk)
            pk += len(chunk)
        continue_ids(Run)
        loaded = time.perf_counter() - began
    return experiment, loaded


def in_chunks(runs: Iterator[SeededRun]) -> Iterator[list[SeededRun]]:
    while chunk := list(islice(runs, RUNS_A_TRANSACTION)):
        yield chunk


def keys_of(experiment: Experiment, runs: int, shape: Shape) -> dict[str, int]:
    """Ids of all names, in the order in which a run's rows lie; each counted for all runs."""
    example = next(seeded_runs(0, 1, seed=0, shape=shape))
    named = {
        KeyKind.METRIC: dict.fromkeys(example.metrics, 0),
        KeyKind.PARAM: {key: int(number_in(value) is not None) for key, value in example.params.items()},
        KeyKind.TAG: dict.fromkeys(tags_of(example), 0),
    }
    ids = intern_keys(name for names in named.values() for name in names)
    rows = [
        (experiment.pk, kind.value, ids[name], runs, runs * is_numeric)
        for kind, names in named.items()
        for name, is_numeric in names.items()
    ]
    insert_rows("runs_experimentkey", EXPERIMENT_KEY_COLUMNS, rows)
    return ids


def tags_of(run: SeededRun) -> dict[str, str]:
    return {RUN_NAME_TAG: run.name, USER_TAG: run.user, **run.tags}


def store(runs: Sequence[SeededRun], experiment: Experiment, ids: dict[str, int], first_pk: int) -> None:
    """In the open transaction. Rows go in the order of their primary keys, so that pages are filled one by one."""
    numbered = list(enumerate(runs, first_pk))
    copy_rows("runs_run", RUN_COLUMNS, [run_row(pk, run, experiment) for pk, run in numbered])
    params, tags, summaries, points = [], [], [], []
    for pk, run in numbered:
        params += sorted((pk, ids[key], experiment.pk, value, number_in(value)) for key, value in run.params.items())
        tags += sorted((pk, ids[key], experiment.pk, value) for key, value in tags_of(run).items())
        for key, value in sorted((ids[key], value) for key, value in run.metrics.items()):
            summaries.append((pk, key, experiment.pk, *summary_of_one_point(value, run.start_time), 1))
            points.append((pk, key, 0, run.start_time, value, False))
    copy_rows("runs_param", PARAM_COLUMNS, params)
    copy_rows("runs_runtag", TAG_COLUMNS, tags)
    copy_rows("runs_metricsummary", SUMMARY_COLUMNS, summaries)
    copy_rows("runs_metricpoint", POINT_COLUMNS, points)


def run_row(pk: int, run: SeededRun, experiment: Experiment) -> tuple:
    """The values of RUN_COLUMNS."""
    return (
        pk,
        run.run_id,
        experiment.pk,
        run.name,
        run.user,
        RunStatus.FINISHED.value,
        run.start_time,
        run.end_time,
        "active",
        run_location(experiment.artifact_location, run.run_id),
        "",
    )


def summary_of_one_point(value: float, timestamp: int) -> tuple:
    """What `runs.metrics.summary.summarise` says of a finite value at step 0, without its work."""
    last = first = (value, False, 0, timestamp)
    low = high = (value, 0)
    counts = (1, 0, 0, 0)
    return (*last, *first, *low, *high, *counts, value, 0.0, value)


if __name__ == "__main__":
    main()
