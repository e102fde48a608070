"""worker: do background jobs until told to stop."""

from django.core.management.base import BaseCommand

from runs.jobs.worker import Worker


class Command(BaseCommand):
    help = (
        "Do background jobs until told to stop. `serve` starts one beside itself; "
        "start more of them, on other machines too, where the database is PostgreSQL."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        # serve's own: end when that process has.
        parser.add_argument("--parent", type=int, help="end when the process of this number, which started it, has")

    def handle(self, *, parent: int | None, **options) -> None:
        if parent is None:
            self.stdout.write("Waiting for jobs  (stop: Ctrl-C)")
            self.stdout.flush()
        Worker(parent=parent).run()
