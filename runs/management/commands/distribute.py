"""distribute: spread the big tables over the machines of a Citus cluster, by run."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from runs.distribution.coordinator import obstacle, references
from runs.distribution.plan import Step, as_text, plan

# More than machines, so that shards can move to machines that are added.
SHARDS = 32


class Command(BaseCommand):
    help = (
        "Spread the big tables over the machines of a Citus cluster, each run's rows together. Stop the server first. "
        "Read docs/scaling.md: it says what of the SQL a distributed database does not take yet."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--print", action="store_true", dest="prints", help="print the SQL, change nothing")
        parser.add_argument(
            "--shards", type=int, default=SHARDS, help=f"parts that each big table is cut into (default {SHARDS})"
        )

    def handle(self, *, prints: bool, shards: int, **options) -> None:
        if shards < 1:
            raise CommandError("--shards must be 1 or more.")
        problem = obstacle()
        if prints and connection.vendor == "postgresql":
            self.stdout.write(as_text(plan(references(), shards=shards)))
            if problem:
                self.stderr.write(self.style.WARNING(problem))
            return
        if problem:
            raise CommandError(problem)
        with transaction.atomic(durable=True):
            for step in plan(references(), shards=shards):
                self.run_step(step)
        self.stdout.write("The tables are distributed.")

    def run_step(self, step: Step) -> None:
        self.stdout.write(step.why)
        with connection.cursor() as cursor:
            for statement in step.statements:
                cursor.execute(statement)
