"""seal_metrics: pack what runs that have ended left unsealed."""

from django.core.management.base import BaseCommand

from runs.metrics import blocks
from runs.models import MetricSummary, Run, RunStatus
from runs.services.sealing import seal_piece

RUNS_AT_ONCE = 200
ENDED = (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)


class Command(BaseCommand):
    help = (
        "Pack the points of ended runs that were logged before there were blocks, or after their run had ended. "
        "In short transactions, so the server may run; stop it at any time, and start it again to go on."
    )

    def handle(self, **options) -> None:
        runs = Run.objects.filter(status__in=ENDED).order_by("pk")
        total, done, sealed, last = runs.count(), 0, 0, 0
        while pks := list(runs.filter(pk__gt=last).values_list("pk", flat=True)[:RUNS_AT_ONCE]):
            for pk in self.unsealed(pks):
                while seal_piece(pk):
                    pass
                sealed += 1
            last, done = pks[-1], done + len(pks)
            self.stderr.write(f"{done:,} of {total:,} runs looked at, {sealed:,} sealed")

    def unsealed(self, pks: list[int]) -> list[int]:
        waiting = MetricSummary.objects.filter(run__in=pks, unsealed_count__gte=blocks.WORTH_A_BLOCK)
        return sorted(set(waiting.values_list("run", flat=True)))
