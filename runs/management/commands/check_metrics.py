"""check_metrics: are the stored points what they were?"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from runs.metrics.check import check_runs
from runs.models import Run

RUNS_AT_ONCE = 200


class Command(BaseCommand):
    help = (
        "Read all points of all metrics and hold them against their checksums, the heads of their blocks and their "
        "summaries. A line for each damage; exit status 1 when there is any. Changes nothing; the server may run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--experiment", metavar="ID", help="the runs of one experiment")
        parser.add_argument("--run", metavar="ID", help="one run")

    def handle(self, *, experiment: str | None, run: str | None, **options) -> None:
        runs = Run.objects.order_by("pk")
        if experiment is not None:
            runs = runs.filter(experiment_id=whole_number(experiment))
        if run is not None:
            runs = runs.filter(run_id=run)
        total, done, damages = runs.count(), 0, 0
        if not total:
            raise CommandError("There is no such run.")
        last = 0
        while pks := list(runs.filter(pk__gt=last).values_list("pk", flat=True)[:RUNS_AT_ONCE]):
            for damage in check_runs(pks):
                damages += 1
                self.stdout.write(str(damage))
            last, done = pks[-1], done + len(pks)
            self.stderr.write(f"{done:,} of {total:,} runs checked, {damages:,} damages")
        if damages:
            raise CommandError("Some metrics are damaged: restore what was named from a backup.", returncode=1)


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CommandError("The id of an experiment is a number.") from None
