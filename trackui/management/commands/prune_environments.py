"""prune_environments: remove virtual environments that nothing has used for long, or that take too much room."""

from django.core.management.base import BaseCommand

from trackui.environments.prepared import environments
from trackui.formats import filesize

DAY = 24 * 60 * 60


class Command(BaseCommand):
    help = "Remove virtual environments of models and projects that were not used for long; what is in use stays."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--older-than", type=float, default=30, metavar="DAYS", help="since the last use (30)")
        parser.add_argument("--more-than", type=float, metavar="GIB", help="then the longest unused, down to this much")

    def handle(self, *, older_than: float, more_than: float | None, **options) -> None:
        limit = None if more_than is None else int(more_than * 2**30)
        removed = environments().prune(older_than=older_than * DAY, more_than=limit)
        size = filesize(sum(entry.size for entry in removed))
        self.stdout.write(f"Removed {len(removed)} environment{'' if len(removed) == 1 else 's'}, {size}.")
