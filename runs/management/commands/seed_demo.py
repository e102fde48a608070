"""seed_demo: an experiment with a large sweep, made up and stored in minutes."""

import sys
import time

from django.core.management.base import BaseCommand, CommandError

from runs.models import Experiment
from runs.seeding.storing import store_runs
from runs.seeding.sweep import FIXED, GRID, Shape, sweep
from runs.services.experiments import create_experiment
from trackui.clock import now_ms
from trackui.database_transfer.progress import Progress

TAGS = 4
NOTE = (
    "Made up by `manage.py seed_demo`: a sweep over models, rates and regularisation, **{seeds} seeds** each.\n\n"
    "Group by all params but `seed` to see which configuration is best, and whether it really is."
)


class Command(BaseCommand):
    help = "Fill a new experiment with a sweep over seeds: believable runs, params, metrics and histories."

    def add_arguments(self, parser) -> None:
        shape = Shape()
        parser.add_argument("--runs", type=int, default=shape.runs)
        parser.add_argument("--keys", type=int, default=40, help="of params, metrics and tags of a run together")
        parser.add_argument("--seeds", type=int, default=shape.seeds, help="runs of each configuration")
        parser.add_argument("--epochs", type=int, default=shape.epochs)
        parser.add_argument(
            "--histories",
            type=float,
            default=shape.histories,
            help="share of the configurations whose runs log every epoch (default: %(default)s)",
        )
        parser.add_argument("--days", type=int, default=shape.days, help="over which the runs started")
        parser.add_argument("--experiment", help="its name; must be new")
        parser.add_argument("--seed", type=int, default=1, help="of the numbers: the same makes the same sweep")

    def handle(self, *, runs, keys, seeds, epochs, histories, days, experiment, seed, **options) -> None:
        fewest = TAGS + 2 * (len(GRID) + len(FIXED) + 1)
        if not (1 <= runs <= 10_000_000 and fewest <= keys <= 30_000 and 1 <= seeds <= runs):
            raise CommandError(
                f"--runs is from 1 to 10,000,000, --keys from {fewest} to 30,000, --seeds at most --runs."
            )
        if not (1 <= epochs <= 4_096 and 0 <= histories <= 1 and 1 <= days <= 3_650):
            raise CommandError("--epochs is from 1 to 4,096, --histories from 0 to 1, --days from 1 to 3,650.")
        params = (keys - TAGS) // 2
        shape = Shape(runs, params, keys - TAGS - params, seeds, epochs, histories, days)
        made = create_experiment(
            experiment or new_name(runs), tags={"mlflow.note.content": NOTE.format(seeds=seeds)}, user=None
        )
        began = time.monotonic()
        with Progress(sys.stderr, "runs", runs) as progress:
            store_runs(made, sweep(shape, end=now_ms(), seed=seed), progress.advance)
        seconds = time.monotonic() - began
        self.stdout.write(f"Experiment {made.pk}, '{made.name}': {runs:,} runs of {keys} keys in {seconds:.0f} s.")


def new_name(runs: int) -> str:
    """`Sweep of 100,000 runs`, with a number where that is taken."""
    name = f"Sweep of {runs:,} runs"
    taken = Experiment.objects.filter(name__startswith=name).count()
    return f"{name} ({taken + 1})" if taken else name
