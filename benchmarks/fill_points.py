"""Fill an experiment of trackui's own database with long histories, past the server.

    TRACKUI_DATA=/tmp/large .venv/bin/python manage.py migrate
    TRACKUI_DATA=/tmp/large .venv/bin/python -m benchmarks.fill_points --runs 100 --points 1000000

Every run gets `--points` points of the metric `loss`, in the sealed blocks that the server makes of a finished run;
values are noise in all 64 bits, which packs worst. Prints how long it took and what a point takes on disk.
"""

import argparse
import time
from collections.abc import Iterator
from functools import reduce

import numpy as np
from django.db import transaction

import benchmarks.own_database  # noqa: F401 - before models are imported
from benchmarks.bulk import bulk_load
from benchmarks.fill import SUMMARY_COLUMNS, fill
from benchmarks.seeded import FIRST_START, Shape
from benchmarks.sizes import print_sizes
from benchmarks.table import print_table
from runs.ingest.writer import EXPERIMENT_KEY_COLUMNS
from runs.keys import intern_keys
from runs.metrics.blocks import FULL_BLOCK, NewBlock, store_blocks
from runs.metrics.codec import Line
from runs.metrics.points import Columns
from runs.metrics.summary import Summary, merge, summarise
from runs.models import Experiment, KeyKind
from trackui.db import insert_rows

METRIC = "loss"
MS_A_STEP = 250


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--points", type=int, default=1_000_000, help="of each run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--experiment", help="its name; must be new")
    options = parser.parse_args()

    began = time.perf_counter()
    name = options.experiment or f"{options.runs:,} histories of {options.points:,} points"
    experiment = fill_points(name, options.runs, options.points, seed=options.seed)
    seconds = time.perf_counter() - began
    total = options.runs * options.points
    print_table(
        f"Experiment {experiment.pk}: {name}",
        ("points", "s", "points/s"),
        [(total, round(seconds, 1), round(total / seconds))],
    )
    print_sizes()


def fill_points(name: str, runs: int, points: int, *, seed: int) -> Experiment:
    experiment, _ = fill(name, runs, seed=seed, shape=Shape())
    with bulk_load(("runs_metricsummary", "runs_metricblock", "runs_metricblockdata")):
        with transaction.atomic():
            key = intern_keys([METRIC])[METRIC]
            insert_rows("runs_experimentkey", EXPERIMENT_KEY_COLUMNS, [(experiment.pk, KeyKind.METRIC, key, runs, 0)])
        for run in experiment.runs.order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                store_history(run, key, experiment.pk, points, np.random.default_rng((seed, run)))
    return experiment


def store_history(run: int, key: int, experiment: int, points: int, rng: np.random.Generator) -> None:
    """In the open transaction; a block at a time, so that memory does not grow with the points."""
    summaries: list[Summary] = []
    for number, line in enumerate(seeded_lines(points, rng)):
        store_blocks(run, [NewBlock(key, number, line, is_sealed=True)])
        summaries.append(summarise(Columns(*(column.tolist() for column in line))))
    row = (run, key, experiment, *reduce(merge, summaries), 0, len(summaries))
    insert_rows("runs_metricsummary", (*SUMMARY_COLUMNS, "next_block"), [row])


def seeded_lines(points: int, rng: np.random.Generator) -> Iterator[Line]:
    """A falling curve with noise, in full blocks: a point each step, at times that jitter."""
    for first in range(0, points, FULL_BLOCK):
        steps = np.arange(first, min(first + FULL_BLOCK, points), dtype="i8")
        timestamps = FIRST_START + MS_A_STEP * steps + rng.integers(0, MS_A_STEP // 10, len(steps))
        yield Line(steps, timestamps, 2 / (1 + steps / 10_000) + 0.1 * rng.random(len(steps)))


if __name__ == "__main__":
    main()
